import ArgumentParser
import Emulator
import Foundation
import HTTP
import Kernels

struct BenchServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Measure the warm forecast endpoint through the emulator.",
        discussion: """
            Requests one symbol's forecast over loopback connections, one request at a time on each, and prints requests a second, latency \
            and CPU time by process. Uses the running local system, or starts it and stops it again; it must have forecasts, as after \
            `bellwether demo --exit`. The load generator runs on the same processors.
            """)

    @Option(help: "Connections at once.") var connections = 8
    @Option(help: "Measured rounds, after a warm-up round.") var rounds = 5
    @Option(help: "Seconds a round.") var seconds = 4.0
    @Option(help: "The symbol to request.") var symbol = "AAPL"
    @OptionGroup var options: BenchOptions

    func validate() throws {
        guard (1...256).contains(connections), rounds > 0, (0.1...60).contains(seconds) else {
            throw ValidationError("Give 1 to 256 connections, at least one round, and 0.1 to 60 seconds.")
        }
    }

    func run() async throws {
        let paths = try ProjectPaths.find()
        let wasRunning = ServeRecord.running(paths) != nil
        let end = { @Sendable in if !wasRunning { await LocalDeployment.stopAfterStart(paths) } }
        let report = try await TerminationSignals.interruptible {
            let outcome: Result<BenchReport, any Error>
            do { outcome = .success(try await measure(paths, LocalDeployment.start(paths, UpRequest()))) } catch {
                outcome = .failure(error)
            }
            if !TerminationSignals.isReceived { await end() }
            return try outcome.get()
        } cleanUp: {
            await end()
        }
        try report.print(asJSON: options.json)
    }

    private func measure(_ paths: ProjectPaths, _ deployment: LocalDeployment) async throws -> BenchReport {
        let path = "/v1/forecasts/\(symbol)"
        let key = deployment.secrets.apiKey
        let response = try await LoopbackHTTP.send("GET", deployment.url + path, headers: ["x-api-key": key])
        guard response.status == 200 else {
            throw CommandError("\(path) returned \(response.status): \(response.problem) Load data first: `bellwether demo --exit`.")
        }
        let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(deployment.record.gatewayPort)\r\nx-api-key: \(key)\r\n\r\n"
        let load = LoopbackLoad(port: deployment.record.gatewayPort, request: Array(request.utf8), connections: connections)
        let processes = ServeProcesses(paths, deployment)
        _ = try await load.run(for: .seconds(max(1, seconds / 2)))
        try await processes.waitUntilIdle(atMost: .seconds(60))
        var report = BenchReport("serve")
        report.conditions["request"] = "GET \(path), \(response.body.count) bytes of response"
        report.conditions["load"] = "\(connections) connections, \(rounds) rounds of \(seconds) s, on the same processors"
        var found: [ServeRound] = []
        for _ in 0..<rounds { found.append(try await ServeRound.measure(load, .seconds(seconds), processes)) }
        guard found.allSatisfy({ $0.failures == 0 }) else {
            throw CommandError("\(found.reduce(0) { $0 + $1.failures }) requests did not return 200")
        }
        func median(_ figure: (ServeRound) -> Double) -> Double { Measurements(found.map(figure)).median }
        report.add("requests", median(\.perSecond), "1/s")
        report.add("latency p50", median(\.p50), "ms")
        report.add("latency p99", median(\.p99), "ms")
        report.add("CPU of the emulator", median(\.emulator), "µs/request")
        report.add("CPU of the functions", median(\.functions), "µs/request")
        report.add("CPU of Postgres", median(\.postgres), "µs/request")
        report.add("CPU of the load", median(\.load), "µs/request")
        return report
    }
}

/// One round's figures; CPU times in microseconds a request.
private struct ServeRound {
    let perSecond, p50, p99: Double
    let emulator, functions, postgres, load: Double
    let failures: Int

    static func measure(_ load: LoopbackLoad, _ duration: Duration, _ processes: ServeProcesses) async throws -> ServeRound {
        let (before, own) = (processes.times(), processorTime())
        let outcome = try await load.run(for: duration)
        let (spent, used) = (processes.times() - before, processorTime() - own)
        let latencies = Measurements(outcome.latencies)
        let each = 1e6 / Double(latencies.count)
        return ServeRound(
            perSecond: Double(latencies.count) / outcome.seconds, p50: 1000 * latencies.percentile(0.5),
            p99: 1000 * latencies.percentile(0.99), emulator: spent.emulator * each, functions: spent.functions * each,
            postgres: spent.postgres * each, load: used * each, failures: outcome.failures)
    }
}
