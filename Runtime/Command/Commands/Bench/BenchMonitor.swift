import ArgumentParser
import Backtest
import Emulator
import Foundation

struct BenchMonitor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Measure the scoring of an evening and a review, with a long history of synthetic forecasts.",
        discussion: """
            Starts a local system in a folder that is deleted afterwards, and writes forecasts of every model family for the given symbols \
            and evenings into its database, with their scores except for the last sessions. Then Monitor scores these sessions one by one, \
            updates the calibration factors and checks the champion, as on each evening, and compares every challenger with it, as in each \
            month. 500 symbols and 260 evenings are 3.5 million forecasts: a few minutes and 5 GB of disk.
            """)

    @Option(help: "Symbols.") var symbols = 500
    @Option(help: "Evenings with forecasts; a year has about 260 weekdays.") var evenings = 260
    @Option(help: "Evenings that are scored, one after the other.") var rounds = 3
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard symbols > 0, rounds > 0, evenings >= rounds + 20 else {
            throw ValidationError("Give at least one symbol, one round, and twenty evenings more than rounds: the longest horizon.")
        }
    }

    func run() async throws {
        let paths = try ProjectPaths.find()
        try await paths.withEmptyState(named: "bench-monitor") { try await measure($0) }.print(asJSON: options.json)
    }

    private func measure(_ paths: ProjectPaths) async throws -> BenchReport {
        let deployment = try await LocalDeployment.start(paths, UpRequest(source: .sample))
        let history = SyntheticForecasts(symbols: symbols, evenings: evenings, unscored: rounds)
        var report = BenchReport("monitor")
        report.conditions["history"] =
            "\(symbols) symbols, \(evenings) evenings, \(SyntheticForecasts.families.count) families, horizons 1, 5 and 20"
        Console.message("Writing \(symbols * evenings * SyntheticForecasts.families.count * 3) forecasts and their scores …")
        try await LocalServers.run(history.script, in: paths.state)

        let log = ReportLog(folder: "\(paths.emulator)/logs")
        let seen = log.counts()
        for session in history.sessions.suffix(rounds) {
            let scored = try await call(#"{"time":"\#(session)T23:45:00Z"}"#, deployment.emulator).scored ?? 0
            let expected = symbols * SyntheticForecasts.families.count * 3
            guard scored == expected else { throw CommandError("\(scored) forecasts were scored on \(session) and not \(expected)") }
        }
        try await add("an evening", rounds, log, after: seen, &report)
        let before = log.counts()
        let challengers =
            try await call(#"{"time":"\#(SyntheticForecasts.review)","review":true}"#, deployment.emulator).evidence?.count ?? 0
        // All but the champion and the fallback.
        guard challengers == SyntheticForecasts.families.count - 2 else { throw CommandError("\(challengers) challengers were reviewed") }
        try await add("a review of \(challengers) challengers", 1, log, after: before, &report)
        return report
    }

    private func add(
        _ name: String, _ count: Int, _ log: ReportLog, after seen: [String: Int], _ report: inout BenchReport
    ) async throws {
        var lines: [ReportLog.Line] = []
        // The emulator buffers lines before it writes them.
        for _ in 0..<100 where lines.count < count {
            try await Task.sleep(for: .milliseconds(20))
            lines = log.lines(after: seen)["Monitor"] ?? []
        }
        guard lines.count == count, !lines.contains(where: \.isFailure) else {
            throw CommandError("\(log.folder) does not have \(count) successful invocations of Monitor")
        }
        report.add(name, Measurements(lines.map { $0.milliseconds / 1000 }).median, "s by the clock", note: "\(count) invocations")
        report.add("\(name): peak memory", lines.map(\.megabytes).max() ?? .nan, "MB")
    }

    private struct Summary: Decodable {
        let scored: Int?
        let evidence: [Evidence]?
        struct Evidence: Decodable {}
    }

    private func call(_ event: String, _ emulator: EmulatorClient) async throws -> Summary {
        try JSONDecoder().decode(Summary.self, from: await emulator.call("Monitor", Data(event.utf8)))
    }
}
