import ArgumentParser
import Backtest
import Foundation
import Kernels

struct BenchFit: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Measure whole fits of every kind of model, as a training makes them.",
        discussion: """
            Fits each kind once, from features to the model, on made-up bars, with the threads of a training. A function has 900 seconds \
            for each kind; the networks go on from a checkpoint in the next invocation when that is not enough.
            """)

    @Option(help: "Symbols.") var symbols = 500
    @Option(help: "Sessions of each; a year has about 252.") var sessions = 2520
    @Option(help: "A kind, may be repeated; all when absent.") var kind: [String] = []
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard symbols > 0, sessions > 250 else { throw ValidationError("Give at least one symbol and 251 sessions.") }
        for kind in kind where !FitSpeed.kinds.contains(kind) {
            throw ValidationError("There is no kind \"\(kind)\"; there are \(FitSpeed.kinds.joined(separator: ", ")).")
        }
    }

    func measure(_ home: Home) throws -> BenchReport {
        try Processor.check()
        var report = BenchReport("fit")
        report.conditions["data"] = "\(symbols) symbols of \(sessions) sessions"
        let kinds = kind.isEmpty ? FitSpeed.kinds : kind
        let bar = ProgressBar("Fitting \(kinds.count) kinds")
        let speed = try FitSpeed(symbols: symbols, sessions: sessions) { bar.update(0.1 * $0, note: "making features") }
        for (i, kind) in kinds.enumerated() {
            do {
                let round = try speed.fit(kind) { bar.update(0.1 + 0.9 * (Double(i) + $0) / Double(kinds.count), note: kind) }
                report.add(kind, round.seconds, "s by the clock")
                report.add(kind, round.processorSeconds, "s of CPU")
            } catch {
                Screen.say("\(kind) was not fitted: \(error)")
            }
        }
        bar.finish("\(kinds.count) kinds")
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        report.add("most memory of the process, all features included", Double(usage.ru_maxrss) / 1024, "MB")
        return report
    }
}
