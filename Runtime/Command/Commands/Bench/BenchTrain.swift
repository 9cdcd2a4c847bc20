import ArgumentParser
import Backtest
import Kernels

struct BenchTrain: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Measure training beside PyTorch and Keras.",
        discussion: """
            Trains on random data (batch 256, window 60, 24 inputs, 21 quantiles, pinball loss, AdamW, fp32); rounds alternate with the peers, \
            which do the same. Prints samples per second of CPU time. The LSTM has hidden 64; the Transformer reads 12 patches of 5 days \
            with width 64, 4 heads, 2 layers. With one thread, our training is measured on two threads as well.
            """)

    @Option(help: "The network: \(NumericsBenchmark.Net.allCases.map(\.rawValue).joined(separator: ", ")).") var net = NumericsBenchmark.Net
        .lstm
    @Option(help: "Rounds of each.") var rounds = 7
    @Option(help: "Updates in a round.") var batches = 40
    @Option(help: "Threads of each.") var threads = 1
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, batches > 0, threads > 0 else { throw ValidationError("Give at least one round, one update and one thread.") }
    }

    /// The peers' scripts, and their samples per second of CPU time when the targets were set, on one thread.
    private var peers: [(name: String, script: String, reference: Double)] {
        switch net {
        case .lstm: [("PyTorch", "train_torch.py", 5060), ("Keras", "train_keras.py", 9400)]
        case .transformer: [("PyTorch", "train_torch.py", 5140)]
        }
    }

    func measure(_ paths: ProjectPaths) throws -> BenchReport {
        var report = BenchReport("train")
        report.conditions["net"] = "\(net.rawValue): batch 256, window 60, 24 inputs, width 64, 21 outputs, fp32"
        report.conditions["rounds"] = "\(rounds) alternating, \(batches) updates each, after a warm-up"
        report.conditions["threads"] = "\(threads)"
        let ours = try NumericsBenchmark.training(net, batches: batches, threads: threads)
        try compare(ours, paths, &report)
        // The peers have ended by now; their threads may wait actively.
        if threads == 1 { try measureTwoThreads(ours, &report) }
        return report
    }

    private func compare(_ ours: () -> PeerComparison.Round, _ paths: ProjectPaths, _ report: inout BenchReport) throws {
        let processes = try peers.map { try PeerProcess.start($0.script, [net.rawValue, "\(batches)", "\(threads)"], paths) }
        defer { processes.forEach { $0.end() } }
        for (peer, process) in zip(peers, processes) { report.conditions["peer_\(peer.name.lowercased())"] = process.version }
        try PeerComparison(figure: .speed, rounds: rounds).run(
            ours,
            zip(peers, processes).map { peer, process in
                PeerComparison.Peer(name: peer.name, reference: threads == 1 ? peer.reference : nil, round: process.round)
            }, into: &report)
    }

    private func measureTwoThreads(_ single: () -> PeerComparison.Round, _ report: inout BenchReport) throws {
        let double = try NumericsBenchmark.training(net, batches: batches, threads: 2)
        var (byClock, byThread): ([Double], [Double]) = ([], [])
        for _ in 0..<rounds {
            let (one, begun) = (single(), threadTime())
            let two = double()
            byClock.append(one.seconds / two.seconds)
            byThread.append(one.processorSeconds / (threadTime() - begun))
        }
        report.add(
            "Bellwether on two threads over one, by the clock", Measurements(byClock).median, "times", note: "needs two idle processors")
        report.add(
            "the same by CPU time of the thread that also does the serial part", Measurements(byThread).median, "times",
            note: "on any machine")
    }
}

extension NumericsBenchmark.Net: ExpressibleByArgument {}
