import Forecasting
import Market
import Testing

@testable import Backtest

@Suite struct MaturingForecastTests {
    private func histories() throws -> [History] {
        try HistoryBuilder.histories(SyntheticTable.table(symbols: 2, sessions: 200), progress: { _ in })
    }

    private func forecast(_ width: Double) throws -> QuantileForecast {
        try QuantileForecast((0..<3).flatMap { _ in (-3...3).map { Double($0) * width } })
    }

    @Test func `A matured origin is returned once and never before its horizon`() throws {
        let histories = try histories()
        var maturing = MaturingForecasts()
        let entries = try (0..<2).map {
            MaturingForecasts.Entry(history: $0, row: 100, members: [try forecast(0.01), nil], published: try forecast(1), scale: 0.01)
        }
        maturing.add(entries, session: SyntheticTable.start.advanced(by: 100), clock: 100)
        var seen: [Int: Int] = [:]
        for clock in 100..<130 {
            for origin in maturing.matured(histories, session: SyntheticTable.start.advanced(by: clock), clock: clock) {
                seen[Quantiles.horizons[origin.horizonIndex]] = clock
                #expect(origin.inside == 1 && origin.session == SyntheticTable.start.advanced(by: 100))
                #expect(origin.losses.count == 2 && origin.losses[0] != nil && origin.losses[1] == nil)
            }
        }
        #expect(seen == [1: 101, 5: 105, 20: 120])
    }

    @Test func `Losses are scaled so that volatile and quiet symbols count equally`() throws {
        let histories = try histories()
        var maturing = MaturingForecasts()
        let outcome = histories[0].outcome(at: 100, horizon: 1)
        maturing.add(
            [.init(history: 0, row: 100, members: [try forecast(0.01)], published: try forecast(0.01), scale: 0.02)],
            session: SyntheticTable.start.advanced(by: 100), clock: 0)
        let origin = try #require(maturing.matured(histories, session: SyntheticTable.start.advanced(by: 101), clock: 1).first)
        let plain = Evaluation.pinball(outcome, try forecast(0.01), horizonIndex: 0)
        #expect(abs((origin.losses[0] ?? 0) - plain / 0.02) < 1e-12)
    }

    /// The second symbol's market is closed on day 103, and it is not listed after day 111.
    @Test func `An origin waits for a lagging calendar but not for ever`() throws {
        let table = SyntheticTable.table(symbols: 2, sessions: 200) { symbol, day, bar in
            symbol == 1 && (day == 103 || day > 111) ? nil : bar
        }
        let histories = try HistoryBuilder.histories(table, progress: { _ in })
        var maturing = MaturingForecasts()
        var seen: [[Int]] = []
        for clock in 100..<150 {
            let session = SyntheticTable.start.advanced(by: clock)
            for origin in maturing.matured(histories, session: session, clock: clock) {
                let day = Int(origin.session.day - SyntheticTable.start.day)
                // All outcomes are inside the first symbol's range and outside the second's.
                seen.append([Quantiles.horizons[origin.horizonIndex], day, clock, Int(100 * origin.inside)])
            }
            guard [100, 101, 105].contains(clock) else { continue }
            maturing.add(
                try histories.indices.map { history in
                    let row = try #require(histories[history].index(atOrBefore: session))
                    let published = try forecast(history == 0 ? 1 : 1e-9)
                    return .init(history: history, row: row, members: [try forecast(0.01)], published: published, scale: 0.01)
                }, session: session, clock: clock)
        }
        #expect(seen.filter { $0[0] == 1 } == [[1, 100, 101, 50], [1, 101, 102, 50], [1, 105, 106, 50]])
        #expect(seen.filter { $0[0] == 5 } == [[5, 100, 106, 50], [5, 101, 107, 50], [5, 105, 110, 50]])
        #expect(seen.filter { $0[0] == 20 } == [[20, 100, 132, 100], [20, 101, 133, 100], [20, 105, 137, 100]])
    }

    @Test func `Later origins wait for earlier ones`() throws {
        let table = SyntheticTable.table(symbols: 2, sessions: 200) { symbol, day, bar in symbol == 1 && day > 100 ? nil : bar }
        let histories = try HistoryBuilder.histories(table, progress: { _ in })
        var maturing = MaturingForecasts()
        func entry(_ history: Int, _ row: Int) throws -> MaturingForecasts.Entry {
            .init(history: history, row: row, members: [try forecast(0.01)], published: try forecast(1), scale: 0.01)
        }
        maturing.add([try entry(0, 100), try entry(1, 100)], session: SyntheticTable.start.advanced(by: 100), clock: 100)
        maturing.add([try entry(0, 105)], session: SyntheticTable.start.advanced(by: 105), clock: 105)
        var origins: [Int: [Int]] = [:]
        for clock in 101..<150 {
            for origin in maturing.matured(histories, session: SyntheticTable.start.advanced(by: clock), clock: clock)
            where origin.horizonIndex == 0 {
                origins[clock, default: []].append(Int(origin.session.day - SyntheticTable.start.day))
            }
        }
        #expect(origins == [113: [100, 105]])
    }
}
