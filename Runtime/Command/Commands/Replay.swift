import ArgumentParser
import Emulator

/// A date argument, `YYYY-MM-DD`.
struct DayArgument: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard argument.count == 10, VirtualTime(argument) != nil else { return nil }
        text = argument
    }

    /// Midnight UTC.
    var start: VirtualTime { VirtualTime(text) ?? VirtualTime(milliseconds: 0) }
    /// 05:00 UTC of the next day, after the evening's schedules in New York.
    var evening: VirtualTime { VirtualTime(milliseconds: start.milliseconds + 29 * 3_600_000) }
}

/// `bellwether replay`: replays schedules between two days.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replay the schedules of past days as fast as the machine can.",
        discussion: """
            Sets the virtual clock to the first day and advances it through the last: every schedule of template.yaml fires at its \
            virtual time, and the clock waits until all its events are processed. Events that were processed before are ignored. Ctrl-C \
            stops the clock where it is and leaves the deployment running.
            """)

    @Option(help: "The first day, YYYY-MM-DD.") var from: DayArgument
    @Option(help: "The last day, YYYY-MM-DD, including its evening.") var to: DayArgument
    @OptionGroup var options: UpOptions

    func validate() throws {
        if from.start > to.start { throw ValidationError("--from is after --to.") }
    }

    func run() async throws {
        let paths = try ProjectPaths.find()
        let wasRunning = ServeRecord.running(paths) != nil
        try await TerminationSignals.interruptible {
            try await run(paths)
        } cleanUp: {
            if !(await LocalDeployment.stopAdvance(paths)), !wasRunning { await LocalDeployment.stopAfterStart(paths) }
        }
    }

    private func run(_ paths: ProjectPaths) async throws {
        let deployment = try await LocalDeployment.start(paths, options.request)
        let before = await deployment.emulator.status()?.queue.finished ?? 0
        try await deployment.emulator.hold(at: from.start)
        try await ReplayRun.through(deployment.emulator, from: from.start, to: to.evening, title: "Replaying \(from.text) to \(to.text)")
        let after = await deployment.emulator.status()?.queue.finished ?? 0
        Console.output("\(after - before) events; the clock is at \(to.evening).")
    }
}

/// Advances the virtual clock under a progress bar.
enum ReplayRun {
    static func through(_ emulator: EmulatorClient, from: VirtualTime, to target: VirtualTime, title: String) async throws {
        let bar = ProgressBar(title)
        let span = Double(max(1, target.milliseconds - from.milliseconds))
        do {
            try await emulator.advance(to: target) { now in
                bar.update(Double(now.milliseconds - from.milliseconds) / span, note: String("\(now)".prefix(10)))
            }
            bar.finish()
        } catch {
            bar.remove()
            throw error
        }
    }
}
