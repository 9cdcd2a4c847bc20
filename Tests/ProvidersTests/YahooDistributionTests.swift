import Market
import Providers
import Testing

/// What Yahoo pays by its events, and in which unit.
@Suite struct YahooDistributionTests {
    private let calendar = TradingCalendar.of(mic: "XLON")

    /// Consecutive days of opens and closes (an open below 0 is null) with events by the number of their day, from 0.
    private func parse(
        _ prices: [(open: Double, close: Double)], dividends: [Int: String], gains: [Int: String] = [:], currency: String = "USD"
    ) throws -> ParsedResponse {
        let calendar = try #require(calendar)
        let sessions = calendar.sessions(
            from: SessionDate(year: 2012, month: 1, day: 3), through: SessionDate(year: 2012, month: 6, day: 1))
        let stamps = sessions.prefix(prices.count).map { calendar.open(of: $0).seconds }
        var chart = ChartBody(stamps: stamps)
        chart.meta = "\"currency\":\"\(currency)\",\"exchangeTimezoneName\":\"Europe/London\",\"dataGranularity\":\"1d\""
        chart.columns["open"] = prices.map { $0.open < 0 ? "null" : "\($0.open)" }
        for name in ["high", "low", "close"] { chart.columns[name] = prices.map { "\($0.close)" } }
        chart.columns["volume"] = prices.map { _ in "100" }
        let members = { (events: [Int: String]) in
            events.sorted { $0.key < $1.key }.map { "\"\(stamps[$0.key])\":{\"amount\":\($0.value)}" }.joined(separator: ",")
        }
        chart.events = "\"dividends\":{\(members(dividends))},\"capitalGains\":{\(members(gains))}"
        return try YahooChart().parse(chart.bytes, calendar: calendar, asOf: try #require(Instant("2013-01-01T00:00:00Z")))
    }

    private func amounts(_ response: ParsedResponse, _ nature: CorporateAction.Nature = .ordinary) -> [String] {
        response.actions.filter { $0.nature == nature }.map { action in
            if case .dividend(let price) = action.kind { price.description } else { "" }
        }
    }

    @Test(
        arguments: [
            // Close before, open (0 and below: none) and close on the day, dividend, gain, what is left of the dividend.
            (16.92, 0.0, 16.22, "0.837", "0.417", "0.42"), (16.92, 16.1, 16.9, "0.837", "0.417", "0.42"),
            (16.92, 15.67, 16.9, "0.837", "0.417", "0.837"), (16.92, -1, 15.7, "0.837", "0.417", "0.837"),
            (16.92, 0.0, 15.67, "0.417", "0.837", "0.417"), (16.92, 0.0, 16.5, "0.417", "0.417", nil),
            (16.92, 0.0, 16.05, "0.417", "0.417", "0.417"),
        ] as [(Double, Double, Double, String, String, String?)])
    func `A dividend that includes the capital gain is reduced by it`(
        _ before: Double, _ open: Double, _ close: Double, _ dividend: String, _ gain: String, _ rest: String?
    ) throws {
        let response = try parse([(before, before), (open, close), (close, close)], dividends: [1: dividend], gains: [1: gain])
        #expect(amounts(response, .capitalGain) == [gain])
        #expect(amounts(response) == [rest].compactMap(\.self))
        let flagged = response.flaggedRows.filter { $0.rule == "dividend-with-gain" || $0.rule == "duplicate-action" }
        let rule = rest == nil ? "duplicate-action" : rest == dividend ? nil : "dividend-with-gain"
        #expect(flagged.map(\.rule) == [rule].compactMap(\.self))
        #expect(
            flagged.flatMap(\.repairs).map(\.description) == (rule == "dividend-with-gain" ? ["dividend \(dividend) \(rest ?? "")"] : []))
    }

    @Test func `Without prices the dividend includes the capital gain`() throws {
        let first = try parse([(16.22, 16.22), (16.3, 16.3)], dividends: [0: "0.837"], gains: [0: "0.417"])
        #expect(amounts(first) == ["0.42"] && amounts(first, .capitalGain) == ["0.417"])
    }

    private static let level = Array(repeating: (open: 250.0, close: 250.0), count: 60)

    @Test func `A small dividend beside prices in pence is in pounds where the others agree`() throws {
        let others = try parse(Self.level, dividends: [10: "3.5", 25: "0.0372", 40: "4.1"], currency: "GBp")
        #expect(amounts(others) == ["0.035", "0.0372", "0.041"])
        let flagged = others.flaggedRows.filter { $0.rule == "dividend-unit" }
        #expect(flagged.map(\.repairs) == [[Repair(field: .dividend, before: 0.0372, after: 0.0372 * 100)]])
    }

    @Test(arguments: [[10: "0.0372"], [10: "0.03", 25: "0.0372"], [10: "3.5", 25: "0.002"], [10: "0.08", 25: "0.3", 40: "0.31"]])
    func `Without a fall or agreeing dividends a small dividend is unchanged`(_ dividends: [Int: String]) throws {
        let response = try parse(Self.level, dividends: dividends, currency: "GBp")
        #expect(
            amounts(response) == dividends.sorted { $0.key < $1.key }.compactMap { Double($0.value).map { Price($0 / 100)!.description } })
        #expect(!response.flaggedRows.contains { $0.rule == "dividend-unit" })
    }

    @Test func `When all dividends are in pounds, half of the falls suffice`() throws {
        var prices = Self.level
        for day in [10, 25] { prices[day].open = 246.5 }
        let response = try parse(prices, dividends: [10: "0.035", 25: "0.0372", 40: "0.04"], currency: "GBp")
        #expect(amounts(response) == ["0.035", "0.0372", "0.04"])
        // One fall in three is the market's.
        prices[25].open = 250
        let other = try parse(prices, dividends: [10: "0.035", 25: "0.0372", 40: "0.04"], currency: "GBp")
        #expect(amounts(other) == ["0.00035", "0.000372", "0.0004"])
    }

    @Test func `A dividend in another currency than the prices is flagged`() throws {
        let response = try parse(
            Self.level, dividends: [10: "0.5,\"currency\":\"USD\"", 25: "0.04,\"currency\":\"GBP\"", 40: "4,\"currency\":\"GBp\""],
            gains: [10: "1.5,\"currency\":\"EUR\""], currency: "GBp")
        #expect(amounts(response) == ["0.04", "0.04"] && amounts(response, .capitalGain).isEmpty)
        let flagged = response.flaggedRows.filter { $0.rule == "dividend-currency" }
        #expect(flagged.map(\.detail) == ["paid in EUR, the prices are in GBP", "paid in USD, the prices are in GBP"])
        #expect(flagged.allSatisfy { $0.repairs.isEmpty } && flagged.last?.text.hasSuffix(",0.5,USD") == true)
    }
}
