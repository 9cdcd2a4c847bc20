import ArgumentParser
import Emulator
import Foundation

struct BenchStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Measure the start of functions, and the runtime's loop.",
        discussion: """
            Starts the bundle's `bootstrap` as each function in turn, 21 times, against a Runtime API of this command, and prints the CPU \
            time from exec to the first request for an event and the resident memory then. After that, Authorize handles events without \
            a key, which it rejects by itself: the remaining time is the runtime's loop and the parsing of one event.
            """)

    static let functions = ["Authorize", "Dashboard", "Featurize", "Ingest", "Migrate", "Monitor", "Predict", "Train"]

    @Option(help: "Starts of each function.") var rounds = 21
    @Option(help: "Events for the warm loop, in each of 5 rounds.") var events = 5000
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard rounds > 0, events > 0 else { throw ValidationError("Give at least one round and one event.") }
    }

    func run() async throws {
        let paths = try ProjectPaths.find()
        guard FileManager.default.isExecutableFile(atPath: "\(paths.bundle)/bootstrap") else {
            throw CommandError("\(paths.bundle)/bootstrap is missing: run Runtime/bellwether build first")
        }
        // Off Swift's pool: everything here blocks.
        let report = try await withCheckedThrowingContinuation { waiting in
            Thread.detachNewThread { waiting.resume(with: Result { try measure(paths.bundle) }) }
        }
        try report.print(asJSON: options.json)
    }

    private func measure(_ bundle: String) throws -> BenchReport {
        var report = BenchReport("start")
        report.conditions["bundle"] = "\(bundle)/bootstrap, \(size(of: "\(bundle)/bootstrap") / 1_000_000) MB"
        report.conditions["rounds"] = "\(rounds) starts of each function in turn; \(events) events in each of 5 rounds"
        var starts: [String: [(milliseconds: Double, megabytes: Double)]] = [:]
        for _ in 0..<rounds {
            for function in Self.functions { starts[function, default: []].append(try start(function, bundle)) }
        }
        for function in Self.functions {
            let found = starts[function] ?? []
            report.add("\(function) start to ready", Measurements(found.map(\.milliseconds)).median, "ms of CPU", note: "target 9")
            report.add("\(function) resident memory when ready", Measurements(found.map(\.megabytes)).median, "MB")
        }
        report.add("warm round trip", Measurements(try warm(bundle)).median, "µs of CPU", note: "loop, event, response; in the function")
        return report
    }

    private func start(_ function: String, _ bundle: String) throws -> (milliseconds: Double, megabytes: Double) {
        let environment = try FunctionProcess.start(function, bundle: bundle)
        defer { environment.end() }
        guard let seconds = ProcessTable.threadSeconds(of: environment.pid),
            let megabytes = ProcessTable.residentMegabytes(of: environment.pid)
        else { throw CommandError("\(function) ended before it could be measured") }
        return (1000 * seconds, megabytes)
    }

    /// Microseconds of the function's CPU time for each event, by rounds.
    private func warm(_ bundle: String) throws -> [Double] {
        let environment = try FunctionProcess.start("Authorize", bundle: bundle)
        defer { environment.end() }
        var rounds: [Double] = []
        for round in 0...5 {
            let before = ProcessTable.threadSeconds(of: environment.pid) ?? 0
            for _ in 0..<events { try environment.serve(Self.event) }
            let after = ProcessTable.threadSeconds(of: environment.pid) ?? 0
            if round > 0 { rounds.append(1e6 * (after - before) / Double(events)) }
        }
        return rounds
    }

    private func size(of file: String) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? Int) ?? 0
    }

    private static let event = """
        {"version":"2.0","type":"REQUEST","routeArn":"arn:aws:execute-api:us-east-1:000000000000:local/$default/GET/v1/symbols",\
        "routeKey":"GET /v1/symbols","rawPath":"/v1/symbols","rawQueryString":"","headers":{"host":"127.0.0.1:8787","accept":"*/*"},\
        "requestContext":{"accountId":"000000000000","apiId":"local","domainName":"127.0.0.1","domainPrefix":"127",\
        "http":{"method":"GET","path":"/v1/symbols","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":"bench"},\
        "requestId":"AAAAAAAAAAAAAAA=","routeKey":"GET /v1/symbols","stage":"$default","time":"01/Mar/2013:23:00:00 +0000",\
        "timeEpoch":1362178800000}}
        """
}
