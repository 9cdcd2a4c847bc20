import Foundation
import Market
import Providers
import Testing

/// Responses of Yahoo in forms that are no defects of single rows.
@Suite struct YahooFormTests {
    private let calendar = TradingCalendar.of(mic: "XNAS")
    private let days = ["2012-01-03", "2012-01-04", "2012-01-05"]

    private func chart(
        _ columns: [String: [String]], meta: String? = nil, events: String = "", at time: String = "T14:30:00Z"
    ) throws -> [UInt8] {
        var body = ChartBody(columns: columns, events: events)
        if let meta { body.meta = meta }
        body.stamps = try days.map { try #require(Instant($0 + time)).seconds }
        return body.bytes
    }

    private func parse(_ body: [UInt8], _ calendar: TradingCalendar?) throws -> ParsedResponse {
        try YahooChart().parse(body, calendar: calendar, asOf: try #require(Instant("2012-01-10T00:00:00Z")))
    }

    @Test(arguments: [nil, ["null", "null", "null"], []] as [[String]?])
    func `A response of closes alone has flat bars, recorded once`(_ rest: [String]?) throws {
        var columns = ["close": ["10", "10.5", "null"]]
        if let rest { for name in ["open", "high", "low", "volume"] { columns[name] = rest } }
        let response = try parse(try chart(columns), calendar)
        let prices = response.bars.map { [$0.open, $0.high, $0.low, $0.close].map(\.description) }
        #expect(prices == [["10", "10", "10", "10"], ["10.5", "10.5", "10.5", "10.5"]])
        #expect(response.bars.map(\.volume) == [0, 0])
        #expect(response.flaggedRows.map(\.rule) == ["absent-column", ValidationRuleName.nullField])
        let flagged = response.flaggedRows[0]
        #expect(flagged.ordinal == 1 && flagged.detail.contains("open, high, low, volume: 2 rows"))
        #expect(flagged.repairs.map(\.description) == ["open null 10.5", "high null 10.5", "low null 10.5", "volume null 0.0"])
        #expect(flagged.text.hasSuffix(",,,10.5,"))
    }

    @Test func `Missing volumes are filled, and a null among volumes is flagged`() throws {
        var columns = Dictionary(uniqueKeysWithValues: ["open", "high", "low", "close"].map { ($0, ["10", "10", "10"]) })
        let without = try parse(try chart(columns), calendar)
        #expect(without.bars.count == 3 && without.flaggedRows.map(\.rule) == ["absent-column"])
        columns["volume"] = ["100", "null", "100"]
        let hole = try parse(try chart(columns), calendar)
        #expect(hole.bars.count == 2 && hole.flaggedRows.map(\.rule) == [ValidationRuleName.nullField])
        columns["open"] = nil
        (columns["high"], columns["volume"]) = (["11", "11", "11"], ["1", "1", "1"])
        #expect(try parse(try chart(columns), calendar).bars.map(\.open.description) == ["10", "10", "10"])
    }

    private static func flat(_ price: String) -> [String: [String]] {
        Dictionary(uniqueKeysWithValues: ["open", "high", "low", "close", "volume"].map { ($0, [price, price, price]) })
    }

    @Test func `A capital gain is a dividend of its own nature`() throws {
        let events = """
            "capitalGains":{"1325687400":{"amount":1.5,"date":1325687400},"1325773800":{"amount":0,"date":1325773800}},
            "dividends":{"1325687400":{"amount":0.25,"date":1325687400}}
            """
        let response = try parse(try chart(Self.flat("50"), events: events), calendar)
        let exDate = SessionDate(year: 2012, month: 1, day: 4)
        #expect(
            Set(response.actions) == [
                CorporateAction(exDate: exDate, kind: .dividend(Price(1.5)!), nature: .capitalGain),
                CorporateAction(exDate: exDate, kind: .dividend(Price(0.25)!)),
            ])
        #expect(response.flaggedRows.map(\.rule) == ["bad-capital-gain"])
        let twice = events.replacingOccurrences(of: "0.25", with: "1.5")
        let once = try parse(try chart(Self.flat("50"), events: twice), calendar)
        #expect(once.actions.map(\.nature) == [.capitalGain] && once.flaggedRows.map(\.rule).contains("duplicate-action"))
    }

    @Test(arguments: [
        // Amount, price before, open on the day, what one share gets in pounds, repaired or not.
        (0.0372, 250.0, 247.0, "0.0372", true), (3.72, 250.0, 247.0, "0.0372", false), (0.2, 250.0, 235.0, "0.2", true),
        (0.2, 250.0, 251.0, "0.002", false),
    ])
    func `A dividend in pounds beside prices in pence is converted`(
        _ amount: Double, _ before: Double, _ open: Double, _ pounds: String, _ isMended: Bool
    ) throws {
        let prices = ["\(before)", "\(open)", "\(open)"]
        let columns = Dictionary(uniqueKeysWithValues: ["open", "high", "low", "close", "volume"].map { ($0, prices) })
        let meta = #""currency":"GBp","exchangeTimezoneName":"Europe/London","dataGranularity":"1d""#
        let events = "\"dividends\":{\"x\":{\"amount\":\(amount),\"date\":1325664000}}"
        let response = try parse(
            try chart(columns, meta: meta, events: events, at: "T08:00:00Z"), TradingCalendar.of(mic: "XLON"))
        #expect(response.actions.map(\.kind) == [.dividend(Price(try #require(Double(pounds)))!)])
        #expect(response.flaggedRows.map(\.rule) == (isMended ? ["dividend-unit"] : []))
        #expect(response.flaggedRows.allSatisfy { $0.repairs == [Repair(field: .dividend, before: amount, after: amount * 100)] })
    }

    @Test func `An unknown time zone is replaced by the calendar's or by the offset`() throws {
        let meta = #""currency":"USD","exchangeTimezoneName":"Mars/Base","gmtoffset":39600,"dataGranularity":"1d""#
        let body = try chart(Self.flat("50"), meta: meta, at: "T23:00:00Z")
        let byOffset = try parse(body, nil)
        #expect(byOffset.bars.map(\.session.description) == ["2012-01-04", "2012-01-05", "2012-01-06"])
        #expect(byOffset.flaggedRows.map(\.rule) == ["unknown-zone"])
        #expect(byOffset.flaggedRows[0].repairs.map(\.description) == ["offset null 39600.0"])
        let byCalendar = try parse(try chart(Self.flat("50"), meta: meta), calendar)
        #expect(byCalendar.bars.map(\.session.description) == days)
        #expect(byCalendar.flaggedRows.map(\.rule) == ["unknown-zone"] && byCalendar.flaggedRows[0].detail.contains("America/New_York"))
        let without = meta.replacingOccurrences(of: "gmtoffset", with: "other")
        #expect(throws: ProviderError.self) { try parse(try chart(Self.flat("50"), meta: without), nil) }
    }
}
