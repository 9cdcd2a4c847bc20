import ArgumentParser
import Backtest

struct BenchGBDT: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "gbdt", abstract: "Measure boosted quantile trees beside LightGBM.",
        discussion: """
            Trains one model of \(NumericsBenchmark.treesPerModel) trees of 15 leaves on random rows; rounds alternate with LightGBM on rows of the \
            same distribution with the same settings. Rows are binned beforehand. One thread.
            """)

    @Option(help: "Rounds of each.") var rounds = 5
    @Option(help: "Rows.") var rows = 91_666
    @Option(help: "Inputs.") var inputs = 43
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, rows > 999, inputs > 1 else { throw ValidationError("Give at least one round, 1,000 rows and two inputs.") }
    }

    func measure(_ paths: ProjectPaths) throws -> BenchReport {
        var report = BenchReport("gbdt")
        report.conditions["data"] = "\(rows) rows of \(inputs) inputs"
        report.conditions["rounds"] = "\(rounds) alternating, one model each"
        report.conditions["threads"] = "1"
        let peer = try PeerProcess.start("gbdt_lightgbm.py", ["\(rows)", "\(inputs)", "\(NumericsBenchmark.treesPerModel)"], paths)
        defer { peer.end() }
        report.conditions["peer"] = peer.version
        let ours = try NumericsBenchmark.trees(rows: rows, inputs: inputs)
        let isReference = rows == 91_666 && inputs == 43
        try PeerComparison(figure: .cost(samples: 1, scale: 1, unit: "s a model"), rounds: rounds).run(
            ours, [PeerComparison.Peer(name: "LightGBM", reference: isReference ? 0.71 : nil, round: peer.round)], into: &report)
        return report
    }
}
