import ArgumentParser
import Backtest
import Foundation
import Kernels

struct BenchFit: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Measure the training of every model family, as in a deployment.",
        discussion: """
            Trains each family once on synthetic bars, from features to the model. A Lambda function has 900 seconds for each family; a \
            network continues from a checkpoint in the next invocation if that is not enough.
            """)

    @Option(help: "Symbols.") var symbols = 500
    @Option(help: "Sessions of each; a year has about 252.") var sessions = 2520
    @Option(help: "A model family; may be repeated. Default: all.") var family: [String] = []
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard symbols > 0, sessions > 250 else { throw ValidationError("Give at least one symbol and 251 sessions.") }
        for family in family where !TrainingBenchmark.families.contains(family) {
            throw ValidationError(
                "There is no model family \"\(family)\"; there are \(TrainingBenchmark.families.joined(separator: ", ")).")
        }
    }

    func measure(_ paths: ProjectPaths) throws -> BenchReport {
        try Processor.check()
        var report = BenchReport("fit")
        report.conditions["data"] = "\(symbols) symbols of \(sessions) sessions"
        let families = family.isEmpty ? TrainingBenchmark.families : family
        let bar = ProgressBar("Training \(families.count) families")
        let benchmark = try TrainingBenchmark(symbols: symbols, sessions: sessions) { bar.update(0.1 * $0, note: "computing features") }
        for (i, family) in families.enumerated() {
            do {
                let round = try benchmark.train(family) { bar.update(0.1 + 0.9 * (Double(i) + $0) / Double(families.count), note: family) }
                report.add(family, round.seconds, "s by the clock")
                report.add(family, round.processorSeconds, "s of CPU")
            } catch {
                Console.message("training of \(family) failed: \(error)")
            }
        }
        bar.finish("\(families.count) families")
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        report.add("peak memory of the process, with all features", Double(usage.ru_maxrss) / 1024, "MB")
        return report
    }
}
