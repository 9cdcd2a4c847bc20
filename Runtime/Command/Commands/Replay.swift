import ArgumentParser
import Emulator

/// `YYYY-MM-DD`, checked.
struct DayArgument: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard argument.count == 10, VirtualTime(argument) != nil else { return nil }
        text = argument
    }

    /// Midnight UTC.
    var start: VirtualTime { VirtualTime(text) ?? VirtualTime(milliseconds: 0) }
    /// When the evening's schedules in New York are over: 05:00 UTC of the day after.
    var evening: VirtualTime { VirtualTime(milliseconds: start.milliseconds + 29 * 3_600_000) }
}

struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let the schedules of past days happen, as fast as the machine can.",
        discussion: """
            Puts the virtual clock to the first day and moves it through the last: every schedule of template.yaml fires at its \
            virtual time, and time waits until all that it caused is done. What has happened before changes nothing.
            """)

    @Option(help: "The first day, YYYY-MM-DD.") var from: DayArgument
    @Option(help: "The last day, YYYY-MM-DD; its evening is included.") var to: DayArgument
    @OptionGroup var options: UpOptions

    func validate() throws {
        if from.start > to.start { throw ValidationError("--from lies after --to.") }
    }

    func run() async throws {
        let deployment = try await LocalDeployment.start(try ProjectPaths.find(), options.request)
        let before = await deployment.emulator.status()?.queue.finished ?? 0
        try await deployment.emulator.hold(at: from.start)
        try await ReplayRun.through(deployment.emulator, from: from.start, to: to.evening, title: "Replaying \(from.text) to \(to.text)")
        let after = await deployment.emulator.status()?.queue.finished ?? 0
        Console.output("\(after - before) events; the clock stands at \(to.evening).")
    }
}

/// Advances under a bar.
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
            bar.abandon()
            throw error
        }
    }
}
