import ArgumentParser
import Emulator

struct UpOptions: ParsableArguments {
    @Option(help: "Where prices come from: sample (the built-in market, in virtual time), yahoo or alphavantage (in real time).")
    var source: LocalSettings.Source?

    @Option(help: "The port of the dashboard and its API; 8787 when it is free.")
    var port: Int?

    @Flag(help: .hidden) var fast = false
    @Option(help: .hidden) var faults: UInt64?

    var request: UpRequest { UpRequest(source: source, port: port, isFast: fast, faults: faults) }
}

extension LocalSettings.Source: ExpressibleByArgument {}

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start everything and leave it running.",
        discussion: """
            Starts PostgreSQL, SeaweedFS (S3), the emulator with the functions of template.yaml, and in sample mode the sample \
            market; returns when all of them answer and prints the dashboard's address with this machine's key. What runs already \
            is kept; what was killed is taken over or started again, and loses nothing. Data stays in .bellwether between runs.

            Alpha Vantage wants a key: give it in BELLWETHER_PROVIDER_KEY.
            """)

    @OptionGroup var options: UpOptions

    func run() async throws {
        let paths = try ProjectPaths.find()
        let wasRunning = ServeRecord.running(paths) != nil
        let watching = TerminationSignals.whenInterrupted {
            Console.message("\nInterrupted.")
            if !wasRunning { _ = await LocalDeployment.stop(paths) }
        }
        defer { watching.cancel() }
        let deployment = try await ProgressBar.expecting("Starting", seconds: 4) {
            try await LocalDeployment.start(paths, options.request)
        }
        Console.output("Dashboard: \(deployment.dashboard)")
        Console.output("Lambda API: http://127.0.0.1:\(deployment.record.apiPort) (AWS_ENDPOINT_URL_LAMBDA)")
    }
}

struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop everything.",
        discussion: "Ends the emulator and the servers in order. Data stays; delete .bellwether to start afresh.")

    func run() async throws {
        let paths = try ProjectPaths.find()
        Console.message(await LocalDeployment.stop(paths) ? "Stopped." : "Nothing was running.")
    }
}
