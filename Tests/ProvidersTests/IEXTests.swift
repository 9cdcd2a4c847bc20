import Market
import Providers
import Testing

@Suite struct IEXExports {
    private let asOf = Instant(seconds: 1_800_000_000)

    private func parse(_ text: String, _ subject: IEXExport.Subject = .chart) throws -> ProviderAnswer {
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

    @Test func oneRowWithoutAsTradedPricesTakesThemFromItsOwnAndTheDaysAround() throws {
        let whole = try parse(rows(without: []))
        let answer = try parse(rows(without: [1, 5]))
        #expect(answer.bars == whole.bars && answer.adjusted.isEmpty && answer.basis == .asTraded)
        #expect(answer.rejected.map(\.rule) == ["not-as-traded", "not-as-traded"])
        #expect(answer.rejected[0].repairs.map(\.description).last == "volume null 50.0")
    }

    @Test func beforeASplitThatMayLieBetweenNothingIsGuessed() throws {
        let answer = try parse(rows(without: [0, 3]))
        #expect(answer.bars.count == 4)
        #expect(answer.rejected.map(\.rule) == [Validation.Rule.null, Validation.Rule.null])
        #expect(try parse(rows(without: [0, 1, 2])).basis == .splitAdjusted)
        #expect(try parse(rows(without: [0, 1, 2])).adjusted.count == 6)
    }

    @Test func aBatchAboutOneSymbolIsReadAndOneAboutSeveralIsRefused() throws {
        let list = rows(without: [])
        #expect(try parse("{\"AAPL\":{\"chart\":\(list)}}").bars.count == 6)
        let splits = "{\"AAPL\":{\"splits\":[{\"exDate\":\"2014-06-09\",\"toFactor\":7,\"fromFactor\":1}]}}"
        #expect(try parse(splits, .splits).actions.count == 1)
        let provider = IEXExport()
        let refusal = { (text: String) in provider.classify(status: 200, body: [UInt8](text.utf8), headers: []) }
        #expect(refusal("{\"AAPL\":{\"chart\":[]}}")?.kind == .emptyRange)
        let several = refusal("{\"AAPL\":{\"chart\":\(list)},\"IBM\":{\"chart\":\(list)}}")
        #expect(several?.kind == .malformed && several?.detail.contains("AAPL, IBM") == true)
    }

    @Test func aMinuteWithoutAnyTradeIsNoRow() throws {
        let answer = try parse(
            """
            [{"date":"2019-05-30","minute":"09:30","open":1,"high":1,"low":1,"close":1,"volume":5},
            {"date":"2019-05-30","minute":"09:31","open":null,"high":null,"low":null,"close":null,"volume":0,"marketClose":null}]
            """, .intraday)
        #expect(answer.intraday.count == 1 && answer.rejected.isEmpty)
    }
}
