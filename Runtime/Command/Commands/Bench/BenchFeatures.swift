import ArgumentParser
import Backtest
import Kernels

struct BenchFeatures: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "features", abstract: "Measure the feature engine beside TA-Lib.",
        discussion: """
            Computes all 34 features of synthetic bars, 28 of each symbol and 6 of the cross-section; rounds alternate with TA-Lib, which \
            computes 30 rolling indicators, one call per symbol and indicator. One thread.
            """)

    @Option(help: "Rounds of each.") var rounds = 9
    @Option(help: "Symbols.") var symbols = 505
    @Option(help: "Sessions of each.") var sessions = 1259
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, symbols > 19, sessions > 0 else { throw ValidationError("Give at least one round, 20 symbols and one session.") }
    }

    func measure(_ paths: ProjectPaths) throws -> BenchReport {
        try Processor.check()
        var report = BenchReport("features")
        report.conditions["data"] = "\(symbols) symbols of \(sessions) sessions"
        report.conditions["rounds"] = "\(rounds) alternating, after a warm-up"
        report.conditions["threads"] = "1"
        let peer = try PeerProcess.start("features_talib.py", ["\(symbols)", "\(sessions)"], paths)
        defer { peer.end() }
        report.conditions["peer"] = peer.version
        let ours = NumericsBenchmark.features(symbols: symbols, sessions: sessions)
        _ = ours()
        let isReference = symbols == 505 && sessions == 1259
        try PeerComparison(figure: .cost(samples: Double(symbols * sessions), scale: 1, unit: "s"), rounds: rounds).run(
            ours, [PeerComparison.Peer(name: "TA-Lib", reference: isReference ? 0.08 : nil, round: peer.round)], into: &report)
        return report
    }
}
