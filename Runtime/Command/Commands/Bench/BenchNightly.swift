import ArgumentParser
import Emulator
import Foundation
import HTTP
import SampleMarket

struct BenchNightly: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nightly", abstract: "Measure one evening with a large synthetic universe: time and memory of every function.",
        discussion: """
            Starts a local system in a folder that is deleted afterwards, loads half a year of synthetic prices of the given number of \
            symbols and trains the random walk and the first champion. Then the clock advances over one evening: prices of every symbol \
            are fetched and become bars, features, cross-sections and forecasts. The figures of the evening are from the emulator's REPORT \
            lines. Ten thousand symbols take a long time.
            """)

    @Option(help: "Symbols, at most 99999.") var symbols = 10_000
    @Flag(help: "Leave the system running, in bench-nightly in the state folder.") var keep = false
    @OptionGroup var options: BenchOptions

    private static let backfill = DemoPlan.backfill
    private static let before = VirtualTime(milliseconds: 1_325_631_600_000)  // 2012-01-03T23:00:00Z
    private static let after = VirtualTime(milliseconds: 1_325_646_000_000)  // 2012-01-04T03:00:00Z, cut-off included

    func validate() throws {
        guard (1...99_999).contains(symbols) else { throw ValidationError("Give one to 99999 symbols.") }
    }

    func run() async throws {
        let paths = try ProjectPaths.find()
        let report = try await paths.withEmptyState(named: "bench-nightly", isKept: keep) { try await measure($0) }
        try report.print(asJSON: options.json)
    }

    private func measure(_ paths: ProjectPaths) async throws -> BenchReport {
        let deployment = try await LocalDeployment.start(paths, UpRequest(source: .sample))
        let emulator = deployment.emulator
        let names = SyntheticSeries.symbols(symbols)
        var report = BenchReport("nightly")
        report.conditions["symbols"] = "\(symbols), half a year of history, one evening"

        try await emulator.hold(at: Self.backfill)
        let load = try await timed("Loading history") {
            // The template's own symbols too; otherwise their first evening would load a history since 2000.
            try await fetch(["AAPL", "GOOG", "IBM", "MSFT"], exchange: nil, emulator)
            for start in stride(from: 0, to: symbols, by: 500) {
                try await fetch(Array(names[start..<min(start + 500, symbols)]), exchange: "XNAS", emulator)
            }
        }
        report.add("history of all symbols", load, "s by the clock")
        for family in ["random-walk", "blended-fhs"] {
            try await emulator.call("Train", Data(#"{"time":"\#(Self.backfill)","families":["\#(family)"]}"#.utf8))
        }

        try await emulator.hold(at: Self.before)
        let log = ReportLog(folder: "\(paths.emulator)/logs")
        let seen = log.counts()
        let processes = ServeProcesses(paths, deployment)
        let start = processes.times()
        let night = try await timed("The evening") { try await emulator.advance(to: Self.after) }
        let spent = processes.times() - start
        report.add("the evening", night, "s by the clock")
        report.add("CPU of the functions", spent.functions * 1000 / Double(symbols), "ms a symbol")
        report.add("CPU of Postgres", spent.postgres * 1000 / Double(symbols), "ms a symbol")
        report.add("CPU of the emulator", spent.emulator * 1000 / Double(symbols), "ms a symbol")
        for (function, lines) in log.lines(after: seen).sorted(by: { $0.key < $1.key }) {
            report.add("\(function): invocations", Double(lines.count), "", note: "\(lines.count { $0.isFailure }) failed or timed out")
            report.add(
                "\(function): longest", lines.map(\.milliseconds).max() ?? 0, "ms",
                note: "median \(BenchReport.text(Measurements(lines.map(\.milliseconds)).median))")
            report.add("\(function): peak memory", lines.map(\.megabytes).max() ?? 0, "MB")
        }
        var missing: [String] = []
        for name in Set([names[0], names[symbols / 2], names[symbols - 1]]) {
            let response = try await LoopbackHTTP.send(
                "GET", "\(deployment.url)/v1/forecasts/\(name)", headers: ["x-api-key": deployment.secrets.apiKey])
            if response.status != 200 || !String(decoding: response.body, as: UTF8.self).contains("2012-01-03") { missing.append(name) }
        }
        guard missing.isEmpty else { throw CommandError("no forecast of the evening for \(missing.joined(separator: ", "))") }
        return report
    }

    private func fetch(_ symbols: [String], exchange: String?, _ emulator: EmulatorClient) async throws {
        let list = symbols.map { "\"\($0)\"" }.joined(separator: ",")
        let place = exchange.map { #""exchange":"\#($0)","# } ?? ""
        try await emulator.call("Ingest", Data(#"{"symbols":[\#(list)],\#(place)"from":"2011-07-01","time":"\#(Self.backfill)"}"#.utf8))
        try await emulator.advance(to: Self.backfill)
    }

    private func timed(_ what: String, _ body: () async throws -> Void) async throws -> Double {
        let begun = ContinuousClock.now
        try await body()
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        Console.message("\(what): \(Console.fixed(seconds, 1)) s")
        return seconds
    }
}
