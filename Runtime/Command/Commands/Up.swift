import ArgumentParser
import Emulator

/// The options of commands that start the deployment.
struct UpOptions: ParsableArguments {
    @Option(help: "The source of prices: sample (the built-in market, in virtual time) or a provider's name (yahoo …, in real time).")
    var source: LocalSettings.Source?

    @Option(
        name: .customLong("parameter"),
        help: ArgumentHelp(
            "A value for a parameter of template.yaml, such as Universe=IBM:XNYS. May be repeated; is kept until NAME= restores the default.",
            valueName: "NAME=VALUE"))
    var parameters: [ParameterAssignment] = []

    @Option(help: "The port of the dashboard and its API; 8787 if it is free.")
    var port: Int?

    @Flag(help: .hidden) var fast = false
    @Option(help: .hidden) var faults: UInt64?

    func validate() throws {
        if let port, !(1...65_535).contains(port) { throw ValidationError("--port is a number from 1 to 65535, not \(port).") }
    }

    var request: UpRequest { UpRequest(source: source, parameters: parameters, port: port, isFast: fast, faults: faults) }
}

extension LocalSettings.Source: ExpressibleByArgument {}

/// `bellwether up`: starts the deployment and leaves it running.
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start everything and leave it running.",
        discussion: """
            Starts PostgreSQL, SeaweedFS (S3), the emulator with the functions of template.yaml, and in sample mode the sample \
            market; returns when all are ready and prints the dashboard's address with the local API key. Servers that run already \
            are adopted; killed ones are restarted without loss of data. Data stays in .bellwether between runs.

            A provider's API key is read from BELLWETHER_PROVIDER_KEY.
            """)

    @OptionGroup var options: UpOptions

    func run() async throws {
        let paths = try ProjectPaths.find()
        let wasRunning = ServeRecord.running(paths) != nil
        let request = options.request
        let deployment = try await TerminationSignals.interruptible {
            try await ProgressBar.expecting("Starting", seconds: 4) { try await LocalDeployment.start(paths, request) }
        } cleanUp: {
            if !wasRunning { await LocalDeployment.stopAfterStart(paths) }
        }
        Console.output("Dashboard: \(deployment.dashboard)")
        Console.output("Lambda API: http://127.0.0.1:\(deployment.record.apiPort) (AWS_ENDPOINT_URL_LAMBDA)")
    }
}

/// `bellwether down`: stops the deployment.
struct Down: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Stop everything.",
        discussion: "Stops the emulator, then the servers. Data stays; delete .bellwether to start again from nothing.")

    func run() async throws {
        let paths = try ProjectPaths.find()
        Console.message(await LocalDeployment.stop(paths) ? "Stopped." : "Nothing was running.")
    }
}
