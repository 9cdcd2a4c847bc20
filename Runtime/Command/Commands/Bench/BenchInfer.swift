import ArgumentParser
import Backtest
import Foundation

struct BenchInfer: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Measure forecasts of a network beside ONNX Runtime.",
        discussion: """
            Runs one network (window 60, 24 inputs, width 64, 21 outputs, fp32) on random windows, one at a time and 512 at a time; rounds \
            alternate with ONNX Runtime, which runs the same network from our own export. One thread.
            """)

    @Option(help: "The network: \(NumericsBenchmark.Net.allCases.map(\.rawValue).joined(separator: ", ")).") var net = NumericsBenchmark.Net
        .lstm
    @Option(help: "Rounds of each.") var rounds = 9
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("Give at least one round.") }
    }

    /// Milliseconds of CPU of ONNX Runtime when the targets were set, on one thread.
    private func reference(_ batch: Int) -> Double {
        switch net {
        case .lstm: batch == 1 ? 0.056 : 17.0
        case .transformer: batch == 1 ? 0.080 : 12.1
        }
    }

    func measure(_ paths: ProjectPaths) throws -> BenchReport {
        var report = BenchReport("infer")
        report.conditions["net"] = "\(net.rawValue): window 60, 24 inputs, width 64, 21 outputs, fp32"
        report.conditions["rounds"] = "\(rounds) alternating, 2,000 runs of batch 1, 20 of batch 512, after a warm-up"
        report.conditions["threads"] = "1"
        let file = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString).onnx")
        try Data(NumericsBenchmark.onnx(net)).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        for (batch, runs) in [(1, 2_000), (512, 20)] {
            let peer = try PeerProcess.start("infer_onnxruntime.py", [file.path, "\(batch)", "\(runs)", "1"], paths)
            defer { peer.end() }
            report.conditions["peer"] = peer.version
            let figure = PeerComparison.Figure.cost(samples: Double(batch), scale: 1000, unit: "ms")
            try PeerComparison(figure: figure, rounds: rounds, about: "batch \(batch)").run(
                try NumericsBenchmark.inference(net, batch: batch, runs: runs),
                [PeerComparison.Peer(name: "onnxruntime", reference: reference(batch), round: peer.round)], into: &report)
        }
        return report
    }
}
