import Backtest
import Testing

@Suite struct TrainingBenchmarkTests {
    @Test func `A family is trained and timed and an unknown one is an error`() throws {
        let speed = try TrainingBenchmark(symbols: 2, sessions: 300) { _ in }
        let round = try speed.train("random-walk") { _ in }
        #expect(round.samples == 1 && round.seconds > 0)
        #expect(throws: BacktestError.self) { try speed.train("oracle") { _ in } }
        #expect(TrainingBenchmark.families.count == 9)
    }
}
