import ArgumentParser
import Backtest

struct BenchGBDT: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "gbdt", abstract: "Measure boosted quantile trees beside LightGBM, in the same run.",
        discussion: """
            Fits one model of \(NumericsBenchmark.treesPerModel) trees of 15 leaves to random rows, round by round by turns with LightGBM fitting \
            rows of the same kind with the same settings. Bins are made before. One thread.
            """)

    @Option(help: "Rounds, each with both.") var rounds = 5
    @Option(help: "Rows.") var rows = 91_666
    @Option(help: "Inputs.") var inputs = 43
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, rows > 999, inputs > 1 else { throw ValidationError("Give at least one round, 1,000 rows and two inputs.") }
    }

    func measure(_ paths: ProjectPaths) throws -> BenchReport {
        var report = BenchReport("gbdt")
        report.conditions["data"] = "\(rows) rows of \(inputs) inputs"
        report.conditions["rounds"] = "\(rounds) by turns, one model each"
        report.conditions["threads"] = "1"
        let peer = try PeerProcess.start("gbdt_lightgbm.py", ["\(rows)", "\(inputs)", "\(NumericsBenchmark.treesPerModel)"], paths)
        defer { peer.end() }
        report.conditions["peer"] = peer.greeting
        let ours = try NumericsBenchmark.trees(rows: rows, inputs: inputs)
        let isReference = rows == 91_666 && inputs == 43
        try Comparison(figure: .cost(samples: 1, scale: 1, unit: "s a model"), rounds: rounds).run(
            ours, [Comparison.Contender(name: "LightGBM", reference: isReference ? 0.71 : nil, round: peer.round)], into: &report)
        return report
    }
}
