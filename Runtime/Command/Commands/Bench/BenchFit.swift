import ArgumentParser
import Backtest
import Foundation
import Kernels

struct BenchFit: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Measure whole fits of every model family, as a training makes them.",
        discussion: """
            Fits each family once, from features to the model, on made-up bars, with the threads of a training. A function has 900 seconds \
            for each family; the networks go on from a checkpoint in the next invocation when that is not enough.
            """)

    @Option(help: "Symbols.") var symbols = 500
    @Option(help: "Sessions of each; a year has about 252.") var sessions = 2520
    @Option(help: "A family, may be repeated; all when absent.") var family: [String] = []
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard symbols > 0, sessions > 250 else { throw ValidationError("Give at least one symbol and 251 sessions.") }
        for family in family where !TrainingBenchmark.families.contains(family) {
            throw ValidationError("There is no family \"\(family)\"; there are \(TrainingBenchmark.families.joined(separator: ", ")).")
        }
    }

    func measure(_ paths: ProjectPaths) throws -> BenchReport {
        try Processor.check()
        var report = BenchReport("fit")
        report.conditions["data"] = "\(symbols) symbols of \(sessions) sessions"
        let families = family.isEmpty ? TrainingBenchmark.families : family
        let bar = ProgressBar("Fitting \(families.count) families")
        let benchmark = try TrainingBenchmark(symbols: symbols, sessions: sessions) { bar.update(0.1 * $0, note: "making features") }
        for (i, family) in families.enumerated() {
            do {
                let round = try benchmark.train(family) { bar.update(0.1 + 0.9 * (Double(i) + $0) / Double(families.count), note: family) }
                report.add(family, round.seconds, "s by the clock")
                report.add(family, round.processorSeconds, "s of CPU")
            } catch {
                Console.message("\(family) was not fitted: \(error)")
            }
        }
        bar.finish("\(families.count) families")
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        report.add("most memory of the process, all features included", Double(usage.ru_maxrss) / 1024, "MB")
        return report
    }
}
