import ArgumentParser
import Emulator
import Foundation

/// `bellwether demo`: loads, trains and replays the sample prices and prints the scores.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the demonstration: real prices, a year of daily forecasts, the dashboard.",
        discussion: """
            Loads the prices of five shares from 2000 to 2011 in one run, trains the models, then replays every session to \
            2013-03-01: ingest, features and forecasts each evening, training each month, all by the functions that \
            template.yaml deploys. Prints the scores of the forecasts against a random walk and the latest forecasts; leaves the \
            dashboard running until Ctrl-C. A second run continues where an earlier run ended.
            """)

    @Flag(help: "Exit after the tables instead of leaving the dashboard running.") var exit = false
    @OptionGroup var options: UpOptions

    func validate() throws {
        if let source = options.source, source != .sample { throw ValidationError("The demonstration uses the sample prices only.") }
    }

    func run() async throws {
        let paths = try ProjectPaths.find()
        let wasRunning = try LocalDeployment.running(paths) != nil
        try await TerminationSignals.interruptible {
            try await run(paths, wasRunning: wasRunning)
        } cleanUp: {
            Console.message("Run the same command again to continue.")
            if wasRunning { await LocalDeployment.stopAdvance(paths) } else { await LocalDeployment.stopAfterStart(paths) }
        }
    }

    private func run(_ paths: ProjectPaths, wasRunning: Bool) async throws {
        let begun = ContinuousClock.now
        var request = options.request
        request.source = .sample
        let deployment = try await ProgressBar.expecting("Starting PostgreSQL, S3 and the emulator", seconds: 4) { [request] in
            try await LocalDeployment.start(paths, request)
        }
        do {
            try await DemoRun(emulator: deployment.emulator).run()
            try await DemoReport(deployment: deployment).print()
        } catch {
            if !wasRunning, !TerminationSignals.isReceived { _ = await LocalDeployment.stop(paths) }
            throw error
        }
        Console.message("The demonstration took \(Console.seconds(ContinuousClock.now - begun)).")
        if exit {
            if !wasRunning { _ = await LocalDeployment.stop(paths) }
            return
        }
        Console.output("\nDashboard: \(deployment.dashboard)", isBold: true)
        Console.message("Press Ctrl-C to stop.")
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}
