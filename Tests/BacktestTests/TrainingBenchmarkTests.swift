import Backtest
import Testing

@Suite struct FitSpeedTests {
    @Test func `A family is fitted and timed and an unknown one refused`() throws {
        let speed = try TrainingBenchmark(symbols: 2, sessions: 300) { _ in }
        let round = try speed.fit("random-walk") { _ in }
        #expect(round.samples == 1 && round.seconds > 0)
        #expect(throws: BacktestError.self) { try speed.fit("oracle") { _ in } }
        #expect(TrainingBenchmark.families.count == 9)
    }
}
