import Forecasting
import Market
import Testing

@testable import Backtest

@Suite struct MaturingTests {
    private func histories() throws -> [History] {
        try HistoryBuilder.histories(SyntheticTable.table(symbols: 2, sessions: 200), progress: { _ in })
    }

    private func forecast(_ width: Double) throws -> QuantileForecast {
        try QuantileForecast((0..<3).flatMap { _ in (-3...3).map { Double($0) * width } })
    }

    @Test func aLessonComesOnceAndNeverBeforeItsHorizonHasPassed() throws {
        let histories = try histories()
        var maturing = MaturingForecasts()
        let entries = try (0..<2).map {
            MaturingForecasts.Entry(history: $0, row: 100, members: [try forecast(0.01), nil], issued: try forecast(1), scale: 0.01)
        }
        maturing.add(entries, session: SyntheticTable.start.advanced(by: 100), clock: 100)
        var seen: [Int: Int] = [:]
        for clock in 100..<130 {
            for lesson in maturing.lessons(histories, session: SyntheticTable.start.advanced(by: clock), clock: clock) {
                seen[Quantiles.horizons[lesson.horizonIndex]] = clock
                #expect(lesson.inside == 1 && lesson.origin == SyntheticTable.start.advanced(by: 100))
                #expect(lesson.losses.count == 2 && lesson.losses[0] != nil && lesson.losses[1] == nil)
            }
        }
        #expect(seen == [1: 101, 5: 105, 20: 120])
    }

    @Test func lossesAreScaledSoThatALoudSymbolCountsNoMoreThanACalmOne() throws {
        let histories = try histories()
        var maturing = MaturingForecasts()
        let outcome = histories[0].outcome(at: 100, horizon: 1)
        maturing.add(
            [.init(history: 0, row: 100, members: [try forecast(0.01)], issued: try forecast(0.01), scale: 0.02)],
            session: SyntheticTable.start.advanced(by: 100), clock: 0)
        let lesson = try #require(maturing.lessons(histories, session: SyntheticTable.start.advanced(by: 101), clock: 1).first)
        let plain = Evaluation.pinball(outcome, try forecast(0.01), horizonIndex: 0)
        #expect(abs((lesson.losses[0] ?? 0) - plain / 0.02) < 1e-12)
    }
}
