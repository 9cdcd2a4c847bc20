import Market
import Providers
import Testing

@Suite struct IEXTests {
    private let asOf = Instant(seconds: 1_800_000_000)

    private func parse(_ text: String, _ subject: IEXExport.Subject = .chart) throws -> ParsedResponse {
        try IEXExport(subject: subject).parse([UInt8](text.utf8), calendar: TradingCalendar.of(mic: "XNAS"), asOf: asOf)
    }

    /// Split 2 for 1 on 2012-01-06: plain prices are half of those before.
    private func rows(without missing: Set<Int>) -> String {
        let days = ["2012-01-03", "2012-01-04", "2012-01-05", "2012-01-06", "2012-01-09", "2012-01-10"]
        let rows = days.enumerated().map { index, day in
            let (traded, volume) = index < 3 ? (20, 50) : (10, 100)
            let names = ["Open", "High", "Low", "Close"]
            let own = names.map { "\"u\($0)\":\(traded)," }.joined() + "\"uVolume\":\(volume),"
            let plain = names.map { "\"\($0.lowercased())\":10," }.joined() + "\"volume\":100"
            return "{\"date\":\"\(day)\",\(missing.contains(index) ? "" : own)\(plain)}"
        }
        return "[\(rows.joined(separator: ","))]"
    }

    @Test func `A row without as-traded prices gets them from its plain prices and the rows around`() throws {
        let whole = try parse(rows(without: []))
        let response = try parse(rows(without: [1, 5]))
        #expect(response.bars == whole.bars && response.adjusted.isEmpty && response.basis == .asTraded)
        #expect(response.flaggedRows.map(\.rule) == ["not-as-traded", "not-as-traded"])
        #expect(response.flaggedRows[0].repairs.map(\.description).last == "volume null 50.0")
    }

    @Test func `Nothing is computed where a split may lie between the rows`() throws {
        let response = try parse(rows(without: [0, 3]))
        #expect(response.bars.count == 4)
        #expect(response.flaggedRows.map(\.rule) == [ValidationRuleName.nullField, ValidationRuleName.nullField])
        #expect(try parse(rows(without: [0, 1, 2])).basis == .splitAdjusted)
        #expect(try parse(rows(without: [0, 1, 2])).adjusted.count == 6)
    }

    /// The rows of a split 7 for 1, both prices in cents, with a stretch without as-traded ones.
    @Test(arguments: [7.0, 1.05, 1])
    func `A stretch without as-traded prices is filled although both sides are rounded to cents`(_ ratio: Double) throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNAS"))
        let days = calendar.sessions(from: SessionDate(year: 2012, month: 1, day: 3), through: SessionDate(year: 2012, month: 6, day: 1))
        let cents = { (price: Double) in (price * 100).rounded() / 100 }
        let rows = days.enumerated().map { index, day in
            let traded = 64.57 + Double(index * 37 % 100) / 100
            let fields = { (prefix: (String) -> String, price: Double) in
                ["open", "high", "low", "close"].map { "\"\(prefix($0))\":\(price)," }.joined()
            }
            let own = fields({ "u" + $0.prefix(1).uppercased() + $0.dropFirst() }, traded) + "\"uVolume\":100,"
            let isMissing = (20..<60).contains(index)
            return "{\(isMissing ? "" : own)\(fields({ $0 }, cents(traded / ratio)))\"volume\":\(100 * ratio),\"date\":\"\(day)\"}"
        }
        let response = try parse("[\(rows.joined(separator: ","))]")
        #expect(response.bars.count == days.count && response.basis == .asTraded)
        for (index, bar) in response.bars.enumerated() {
            #expect(abs(bar.close.double / (64.57 + Double(index * 37 % 100) / 100) - 1) < 0.002)
        }
        #expect(response.flaggedRows.map(\.rule) == Array(repeating: "not-as-traded", count: 40))
    }

    @Test func `A small split in prices of a cent is still a split`() throws {
        let rows = (3..<13).map { day in
            let own = day == 5 ? "" : ["uOpen", "uHigh", "uLow", "uClose"].map { "\"\($0)\":\(day < 5 ? 0.42 : 0.4)," }.joined()
            let plain = ["open", "high", "low", "close"].map { "\"\($0)\":0.4," }.joined()
            return "{\(own)\(day == 5 ? "" : "\"uVolume\":5,")\(plain)\"volume\":5,\"date\":\"2012-01-\(day < 10 ? "0" : "")\(day)\"}"
        }
        let provider = IEXExport()
        let response = try provider.parse([UInt8]("[\(rows.joined(separator: ","))]".utf8), calendar: nil, asOf: asOf)
        #expect(response.bars.count == 9 && response.flaggedRows.map(\.rule) == [ValidationRuleName.nullField])
    }

    @Test func `A batch about one symbol is read, and one about several is rejected`() throws {
        let list = rows(without: [])
        #expect(try parse("{\"AAPL\":{\"chart\":\(list)}}").bars.count == 6)
        let splits = "{\"AAPL\":{\"splits\":[{\"exDate\":\"2014-06-09\",\"toFactor\":7,\"fromFactor\":1}]}}"
        #expect(try parse(splits, .splits).actions.count == 1)
        let provider = IEXExport()
        let error = { (text: String) in provider.error(in: [UInt8](text.utf8)) }
        #expect(error("{\"AAPL\":{\"chart\":[]}}")?.kind == .emptyRange)
        let several = error("{\"AAPL\":{\"chart\":\(list)},\"IBM\":{\"chart\":\(list)}}")
        #expect(several?.kind == .malformed && several?.detail.contains("AAPL, IBM") == true)
    }

    @Test func `A minute without a trade is skipped`() throws {
        let response = try parse(
            """
            [{"date":"2019-05-30","minute":"09:30","open":1,"high":1,"low":1,"close":1,"volume":5},
            {"date":"2019-05-30","minute":"09:31","open":null,"high":null,"low":null,"close":null,"volume":0,"marketClose":null}]
            """, .intraday)
        #expect(response.intraday.count == 1 && response.flaggedRows.isEmpty)
    }
}
