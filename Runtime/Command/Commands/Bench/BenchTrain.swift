import ArgumentParser
import Backtest
import Foundation

struct BenchTrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Measure training beside PyTorch, in the same run.",
        discussion: """
            Trains on random data (batch 256, window 60, 24 inputs, 21 quantiles, pinball loss, fp32), round by round by turns with \
            PyTorch doing the same, and tells samples per second of CPU time. The first run makes a Python environment for the peer \
            in the state folder, which takes a download of some hundred megabytes.
            """)

    enum Net: String, CaseIterable, ExpressibleByArgument { case lstm }

    /// Samples per second of CPU time that PyTorch 2.13.0 reached when the targets were set, one thread. A run in which the peer stays
    /// under nine tenths of it says little.
    static let expectedOfPeer: [Net: Double] = [.lstm: 5060]

    @Option(help: "The network: \(Net.allCases.map(\.rawValue).joined(separator: ", ")).") var net = Net.lstm
    @Option(help: "Rounds, each with both.") var rounds = 7
    @Option(help: "Updates in a round.") var batches = 40
    @Option(help: "Threads of both.") var threads = 1
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, batches > 0, threads > 0 else { throw ValidationError("Give at least one round, one update and one thread.") }
    }

    func run() async throws {
        let home = try Home.find()
        let report = try await withCheckedThrowingContinuation { waiting in
            Thread.detachNewThread { waiting.resume(with: Result { try measure(home) }) }
        }
        try report.print(asJSON: options.json)
    }

    private func measure(_ home: Home) throws -> BenchReport {
        let peer = try PeerProcess.start("train_torch.py", [net.rawValue, "\(batches)", "\(threads)"], home)
        defer { peer.end() }
        var report = BenchReport("train")
        report.conditions["net"] = "\(net.rawValue): batch 256, window 60, 24 inputs, hidden 64, 21 outputs, fp32"
        report.conditions["rounds"] = "\(rounds) by turns, \(batches) updates each, after a warm-up"
        report.conditions["threads"] = "\(threads)"
        report.conditions["peer"] = peer.greeting
        var ours: [(perSecond: Double, perProcessorSecond: Double)] = []
        var theirs: [(perSecond: Double, perProcessorSecond: Double)] = []
        for _ in 0..<rounds {
            ours.append(try BacktestBench.training(batches: batches, threads: threads))
            theirs.append(try peer.round())
        }
        let own = Measurements(ours.map(\.perProcessorSecond)).median
        let torch = Measurements(theirs.map(\.perProcessorSecond)).median
        report.add("Bellwether", own, "samples/s of CPU")
        report.add("Bellwether by the clock", Measurements(ours.map(\.perSecond)).median, "samples/s")
        report.add("PyTorch", torch, "samples/s of CPU", note: verdict(on: torch))
        report.add("PyTorch by the clock", Measurements(theirs.map(\.perSecond)).median, "samples/s")
        report.add("Bellwether over PyTorch", own / torch, "times")
        return report
    }

    private func verdict(on torch: Double) -> String {
        guard threads == 1, let expected = Self.expectedOfPeer[net] else { return "no figure to hold it against" }
        let share = Int((100 * torch / expected).rounded())
        return torch >= 0.9 * expected
            ? "\(share) % of its reference, \(Int(expected)): the run counts"
            : "only \(share) % of its reference, \(Int(expected)): the run does not count"
    }
}
