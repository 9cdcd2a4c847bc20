import Foundation
import Market
import Providers
import Testing

/// The tests that a provider needs, by the example of the documentation.
@Suite struct ToyDailyTests {
    private let provider = ToyDaily(key: "SECRETKEY99")
    private let asOf = Instant(seconds: 1_325_980_800)  // 2012-01-08

    private func parse(_ body: String, asOf: Instant? = nil) throws -> ParsedResponse {
        try provider.parse([UInt8](body.utf8), calendar: TradingCalendar.of(mic: "XLON"), asOf: asOf ?? self.asOf)
    }

    private func body(_ rows: [String], currency: String = "GBp", _ more: String = "") -> String {
        "{\"currency\":\"\(currency)\",\"prices\":[\(rows.joined(separator: ","))]\(more)}"
    }

    private func row(_ date: String, _ close: String = "1050") -> String {
        "{\"date\":\"\(date)\",\"open\":1000,\"high\":1100,\"low\":900,\"close\":\(close),\"volume\":100}"
    }

    @Test func `Prices, splits and dividends are read, in pounds`() throws {
        let actions = #","splits":[{"date":"2012-01-04","new":2,"old":1}],"dividends":[{"date":"2012-01-05","amount":12.5}]"#
        let response = try parse(body([row("2012-01-04"), row("2012-01-05")], actions))
        #expect(response.bars.map(\.session.description) == ["2012-01-04", "2012-01-05"])
        #expect(response.bars[0].close.description == "10.5" && response.bars[0].volume == 100)
        #expect(response.currency == "GBP" && response.basis == .asTraded && response.flaggedRows.isEmpty)
        #expect(
            response.actions == [
                CorporateAction(exDate: SessionDate(year: 2012, month: 1, day: 4), kind: .split(numerator: 2, denominator: 1)),
                CorporateAction(exDate: SessionDate(year: 2012, month: 1, day: 5), kind: .dividend(Price(0.125)!)),
            ])
    }

    @Test(arguments: [("2012-01-05T16:00:00Z", 1), ("2012-01-05T17:00:00Z", 0)])
    func `A session is provisional until it has closed`(_ asOf: String, _ provisional: Int) throws {
        let time: Instant = try #require(Instant(asOf))
        let response = try parse(body([row("2012-01-04"), row("2012-01-05")]), asOf: time)
        #expect(response.provisional.count == provisional && response.bars.count == 2 - provisional)
    }

    @Test func `Damaged rows are flagged and the others are used`() throws {
        let actions = #","splits":[{"date":"2012-01-04","new":0,"old":1}],"dividends":[{"amount":1}]"#
        let response = try parse(body([row("2012-01-04"), row("soon"), row("2012-01-05", "null"), row("2012-01-07")], actions))
        #expect(response.bars.count == 1 && response.actions.isEmpty)
        #expect(
            response.flaggedRows.map(\.rule) == [
                ValidationRuleName.badDate, ValidationRuleName.nullField, ValidationRuleName.notASession, ValidationRuleName.badSplit,
                ValidationRuleName.badDividend,
            ])
        #expect(response.flaggedRows.map(\.ordinal) == [1, 2, 3, 4, 5])
    }

    @Test(arguments: [
        (#"{"prices":[]}"#, 200, "empty-range"), (#"{"rows":[]}"#, 200, "malformed"), ("[", 200, "malformed"),
        (#"{"message":"who?"}"#, 404, "unknown-symbol"), (#"{"error":"invalid api key"}"#, 200, "bad-key"),
        ("{}", 429, "rate-limited"), ("<html>", 503, "server-error"), ("<html>", 200, "unexpected-page"), ("{}", 401, "bad-key"),
    ])
    func `A response without data is an error`(_ body: String, _ status: Int, _ kind: String) {
        let error = provider.error(in: [UInt8](body.utf8), status: status, headers: [(name: "Retry-After", value: "7")])
        #expect(error?.kind.name == kind)
        #expect(error?.retryAfter == (status == 429 || status == 503 ? 7 : nil))
    }

    @Test func `A request has the range in its address and the key in a header`() throws {
        let all = provider.request(symbol: "A&B", from: nil, asOf: asOf)
        #expect(all.url == "https://api.toy.example/prices?symbol=A%26B&from=1990-01-02&to=2012-01-08" && all.storedURL == all.url)
        #expect(all.headers.map(\.name) == ["Accept", "X-Toy-Key"] && all.headers[1].value == "SECRETKEY99")
        let some = ToyDaily(baseURL: "http://127.0.0.1:1", key: nil).request(symbol: "A", from: SessionDate("2012-01-03"), asOf: asOf)
        #expect(some.url == "http://127.0.0.1:1/prices?symbol=A&from=2012-01-03&to=2012-01-08" && some.headers.count == 1)
    }

    @Test func `The documentation has the same provider`() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let example = try String(contentsOf: tests.appending(path: "ToyDaily.swift"), encoding: .utf8)
        let page = tests.appending(path: "../../Shared/Providers/DataProvider.swift").standardizedFileURL
        let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        let shown = lines.filter { $0.hasPrefix("///") }.map { $0.dropFirst(4) }.joined(separator: "\n")
        let start = try #require(example.firstRange(of: "/// Toy's daily prices"))
        #expect(shown.contains(example[start.lowerBound...]))
    }
}
