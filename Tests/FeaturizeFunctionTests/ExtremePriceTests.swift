import Market
import Objects
import Postgres
import Providers
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// Prices, dividends and splits of markets far from the usual ones, from the provider's bytes to the features.
@Suite struct ExtremePriceTests {
    let instrument = ResponseMarket.instrument(1)

    /// Replaces the dividend and the split coefficient in a session's row.
    private func response(
        _ rows: some Sequence<Row>, knownAt: Instant, changing changes: [SessionDate: String]
    ) -> ArchivedResponse {
        let response = ResponseMarket.response(rows, about: instrument, knownAt: knownAt)
        let lines = String(decoding: response.body, as: UTF8.self).split(separator: "\r\n").map { line in
            guard let change = changes.first(where: { line.hasPrefix($0.key.description) })?.value else { return String(line) }
            return (line.split(separator: ",").dropLast(2) + [Substring(change)]).joined(separator: ",")
        }
        return ResponseMarket.object("alphavantage", "daily-adjusted", lines.joined(separator: "\r\n"), instrument, knownAt)
    }

    /// Each change is of a dividend and a split coefficient. `rule` is the rule that refuses it; nil where it is stored as it came.
    @Test(arguments: [
        ("92233720368.54776,1.0", nil), ("9.5e17,1.0", nil), ("1e19,1.0", "bad-dividend"), ("1e308,1.0", "bad-dividend"),
        ("0,1e308", "bad-split"), ("0,1e-308", "bad-split"), ("0,1e12", "event-without-split"),
    ])
    func `An impossible action is kept or refused by name and later events go on`(_ change: String, _ rule: String?) async throws {
        let rows = ResponseMarket.rows(62, seed: 3)
        var harness = try await ProjectionHarness([instrument])
        let changes = [rows[40].session: change]
        for last in [57, 59, 61] {
            let evening = ResponseMarket.evening(rows[last].session)
            let summary = try await harness.add(response(rows[(last < 58 ? 0 : 30)...last], knownAt: evening, changing: changes))
            #expect(summary.bars == (last < 58 ? 58 : 2))
        }
        let asOf = AsOf.recorded(ResponseMarket.evening(rows[61].session))
        let bars = try await Bars(harness.database).read(instrument.id, asOf)
        #expect(bars.map(\.close.double) == rows.map { Double($0.close) / 100 })
        let features = try await harness.features(instrument, asOf)
        #expect(features.count == 62)
        let actions = try await CorporateActions(harness.database).read(instrument.id, asOf)
        let rules = try await harness.database.query("SELECT DISTINCT rule FROM quarantine WHERE disposition = 'quarantined'").all {
            row throws(PostgresError) in
            try row[0] as String
        }
        if let rule {
            #expect(actions.isEmpty && rules == [rule], "\(actions) \(rules)")
        } else {
            let amount = try #require(Double(change.split(separator: ",")[0]))
            #expect(actions.map(\.kind) == [.dividend(Price(amount)!)] && rules.isEmpty, "\(rules)")
        }
    }

    /// A fund with thirteen reverse splits, whose product is 1.5 · 10¹⁰.
    private static let ratios: [(exDate: SessionDate, ratio: Double)] = [
        ("2012-03-08", 6), ("2012-09-07", 10), ("2013-06-10", 10), ("2014-01-24", 4), ("2015-05-20", 5), ("2016-07-25", 5),
        ("2017-01-12", 5), ("2017-07-17", 4), ("2018-09-18", 5), ("2021-05-26", 10), ("2023-06-23", 10), ("2024-04-11", 5),
        ("2025-11-20", 5),
    ]

    private struct Fund {
        /// As traded, with volumes in whole shares.
        let rows: [Row]
        let knownAt = ResponseMarket.evening("2026-11-30")

        init() {
            let early = ResponseMarket.rows(38, seed: 7, from: "2011-10-04").map { $0.scaled(4000, 6400) }
            let late = ResponseMarket.rows(40, seed: 8, from: "2026-10-01").map { $0.scaled(3100, 6400) }
            rows = (early + late).map {
                var row = $0
                row.dividend = 0
                return row
            }
        }

        func factor(_ session: SessionDate) -> Double { ratios.reduce(1) { $1.exDate > session ? $0 * $1.ratio : $0 } }
        func adjusted(_ cents: Int, _ session: SessionDate) -> Double { Double(cents) / 100 * factor(session) }
        func volume(_ row: Row) -> Int { Int(Double(row.volume) / factor(row.session)) }

        /// Split-adjusted prices and the splits.
        func yahoo(_ instrument: Instrument) -> ArchivedResponse {
            let calendar = ResponseMarket.calendar
            func column(_ cents: KeyPath<Row, Int>) -> String {
                rows.map { "\(adjusted($0[keyPath: cents], $0.session))" }.joined(separator: ",")
            }
            let splits = ratios.map { split in
                let stamp = calendar.open(of: split.exDate).seconds
                return
                    "\"\(stamp)\":{\"date\":\(stamp),\"numerator\":1.0,\"denominator\":\(split.ratio),\"splitRatio\":\"1:\(Int(split.ratio))\"}"
            }
            let body =
                "{\"chart\":{\"error\":null,\"result\":[{\"meta\":{\"currency\":\"USD\",\"symbol\":\"T\",\"exchangeTimezoneName\":\"America/New_York\"},"
                + "\"timestamp\":[\(rows.map { "\(calendar.open(of: $0.session).seconds)" }.joined(separator: ","))],"
                + "\"events\":{\"splits\":{\(splits.joined(separator: ","))}},\"indicators\":{\"quote\":[{\"open\":[\(column(\.open))],"
                + "\"high\":[\(column(\.high))],\"low\":[\(column(\.low))],\"close\":[\(column(\.close))],"
                + "\"volume\":[\(rows.map { "\(volume($0))" }.joined(separator: ","))]}]}}]}}"
            return ResponseMarket.object("yahoo", "chart-1d", body, instrument, knownAt)
        }

        /// Split-adjusted prices without splits.
        func twelveData(_ instrument: Instrument) -> ArchivedResponse {
            let values = rows.reversed().map { row in
                let prices = [("open", row.open), ("high", row.high), ("low", row.low), ("close", row.close)]
                return "{\"datetime\":\"\(row.session)\","
                    + prices.map { "\"\($0)\":\"\(adjusted($1, row.session))\"" }.joined(separator: ",") + ",\"volume\":\"\(volume(row))\"}"
            }
            let body =
                "{\"meta\":{\"symbol\":\"T\",\"interval\":\"1day\",\"currency\":\"USD\",\"exchange_timezone\":\"America/New_York\"},"
                + "\"values\":[\(values.joined(separator: ","))],\"status\":\"ok\"}"
            return ResponseMarket.object("twelvedata", "series-1day", body, instrument, knownAt.adding(seconds: 60))
        }
    }

    @Test func `Thirteen reverse splits come back to the traded prices where the splits are known`() async throws {
        let fund = Fund()
        var harness = try await ProjectionHarness([instrument], providers: "yahoo,twelvedata")
        try await harness.add(fund.yahoo(instrument))
        try await harness.add(fund.twelveData(instrument))
        let asOf = AsOf.recorded(fund.knownAt.adding(seconds: 60))
        for source in ["yahoo", "twelvedata"] {
            let bars = try await Bars(harness.database).read(instrument.id, asOf, precedence: [source])
            #expect(bars.map(\.close.double) == fund.rows.map { Double($0.close) / 100 }, "\(source)")
            #expect(bars.map(\.open.double) == fund.rows.map { Double($0.open) / 100 }, "\(source)")
        }
        #expect(try await harness.features(instrument, asOf).count == fund.rows.count)
    }

    @Test func `Without the splits the adjusted prices are stored as they came`() async throws {
        let fund = Fund()
        var harness = try await ProjectionHarness([instrument], providers: "twelvedata")
        try await harness.add(fund.twelveData(instrument))
        let asOf = AsOf.recorded(fund.knownAt.adding(seconds: 60))
        let bars = try await Bars(harness.database).read(instrument.id, asOf)
        #expect(fund.adjusted(fund.rows[0].close, fund.rows[0].session) > 4e11)
        #expect(bars.map(\.close.double) == fund.rows.map { fund.adjusted($0.close, $0.session) })
    }

    @Test func `A coin at a billionth of a dollar has prices and returns to seven digits`() async throws {
        let coin = Instrument(id: "CRYPTO:BABX-USD", symbol: "BABX-USD", exchange: "CRYPTO", currency: "USD", name: "BABX")
        var harness = try await ProjectionHarness([coin], providers: "yahoo")
        let first: SessionDate = "2023-09-01"
        let walk = ResponseMarket.rows(106, seed: 9)
        let closes = walk.map { Double($0.close) / 6400 * 1.300_123_4e-9 }
        let stamps = closes.indices.map { "\(Instant.utcMidnight(first.advanced(by: $0)).seconds)" }
        func column(_ factor: Double) -> String { closes.map { "\($0 * factor)" }.joined(separator: ",") }
        let body =
            "{\"chart\":{\"result\":[{\"meta\":{\"currency\":\"USD\",\"symbol\":\"BABX-USD\",\"exchangeTimezoneName\":\"UTC\",\"gmtoffset\":0,"
            + "\"dataGranularity\":\"1d\"},\"timestamp\":[\(stamps.joined(separator: ","))],\"indicators\":{\"quote\":[{\"open\":[\(column(1))],"
            + "\"high\":[\(column(1.011))],\"low\":[\(column(0.989))],\"close\":[\(column(1))],"
            + "\"volume\":[\(walk.map { "\($0.volume * 100)" }.joined(separator: ","))]}]}}],\"error\":null}}"
        let knownAt = Instant.utcMidnight(first.advanced(by: 106)).adding(seconds: 43_200)
        let summary = try await harness.add(ResponseMarket.object("yahoo", "chart-1d", body, coin, knownAt))
        let bars = try await Bars(harness.database).read(coin.id, .recorded(knownAt))
        #expect(bars.count == 106 && summary.quarantined == 0)
        for (bar, close) in zip(bars, closes) { #expect(abs(bar.close.double / close - 1) < 2e-7) }
        let table = try #require(try await harness.projector.store.read([coin.id], .recorded(knownAt)).first)
        #expect(table.sessions.count == 106)
    }
}
