import ArgumentParser
import Backtest
import Foundation

struct BenchGARCH: BlockingBench {
    static let configuration = CommandConfiguration(
        commandName: "garch", abstract: "Measure estimates of GARCH(1,1)-t beside arch.",
        discussion: """
            Estimates the model from simulated series of 1,500 returns; rounds alternate with arch on the same series. One thread.
            """)

    @Option(help: "Rounds of each.") var rounds = 9
    @Option(help: "Estimates in a round.") var fits = 40
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, fits > 0 else { throw ValidationError("Give at least one round and one estimate.") }
    }

    func measure(_ paths: ProjectPaths) throws -> BenchReport {
        let length = 1_500
        var report = BenchReport("garch")
        report.conditions["data"] = "20 series of \(length) simulated returns"
        report.conditions["rounds"] = "\(rounds) alternating, \(fits) estimates each, after a warm-up"
        report.conditions["threads"] = "1"
        let series = NumericsBenchmark.garchSeries(20, length: length)
        let file = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString).bin")
        try series.flatMap { $0 }.withUnsafeBytes { Data($0) }.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let peer = try PeerProcess.start("garch_arch.py", [file.path, "\(length)", "\(fits)"], paths)
        defer { peer.end() }
        report.conditions["peer"] = peer.version
        let ours = NumericsBenchmark.garch(series, fits: fits)
        _ = ours()
        try PeerComparison(figure: .cost(samples: 1, scale: 1000, unit: "ms an estimate"), rounds: rounds).run(
            ours, [PeerComparison.Peer(name: "arch", reference: 14.5, round: peer.round)], into: &report)
        return report
    }
}
