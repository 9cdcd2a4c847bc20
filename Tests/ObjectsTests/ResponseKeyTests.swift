import Market
import Objects
import Testing

@Suite struct ResponseKeyTests {
    static let sha = String(repeating: "0a", count: 32)

    @Test(arguments: ["XNAS:AAPL", "XNYS:BRK/B", "INDEX:^GSPC", "odd%2Fname", nil])
    func `A key is parsed from its text`(_ instrument: String?) throws {
        let date = try #require(SessionDate("2012-01-03"))
        let key = ResponseKey(provider: "yahoo", kind: "chart", instrument: instrument, date: date, sha256: Self.sha)
        #expect(ResponseKey(key.description) == key)
        #expect(key.description.split(separator: "/", omittingEmptySubsequences: false).count == 6)
    }

    @Test func `A key has the documented layout`() throws {
        let date = try #require(SessionDate("2012-01-03"))
        let key = ResponseKey(provider: "yahoo", kind: "chart", instrument: "XNAS:AAPL", date: date, sha256: Self.sha)
        #expect(key.description == "raw/yahoo/chart/XNAS:AAPL/2012-01-03/\(Self.sha).0")
    }

    @Test(arguments: [
        "raw/yahoo/chart/A/2012-01-03/abc.0", "models/x/model.safetensors", "raw/a/b/c/yesterday/\(sha).0", "raw/a/b/c/2012-01-03/\(sha)",
        "",
    ])
    func `Other text is not parsed as a key`(_ text: String) {
        #expect(ResponseKey(text) == nil)
    }
}
