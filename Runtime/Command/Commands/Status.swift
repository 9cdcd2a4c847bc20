import ArgumentParser
import Emulator

/// `bellwether status`: shows servers, clock, queue and functions.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what runs, the virtual clock and the event queue.", discussion: "Exits with 3 when nothing is running.")

    func run() async throws {
        let paths = try ProjectPaths.find()
        if let problem = DiskSpace.problem(of: paths.state) { Console.output("Problem: \(problem)") }
        for server in LocalServers.running(in: paths.state) {
            Console.output("\(server.name): port \(server.port), process \(server.process.pid)")
        }
        if let record = ServeRecord.running(paths) {
            for message in LocalServers.stoppedServers(in: paths.state) { Console.output(message) }
            if !record.isReady { Console.output("Emulator: process \(record.process.pid), starting") }
        }
        let deployment = try LocalDeployment.required(paths)
        guard let status = await deployment.emulator.status() else {
            throw CommandError("the emulator does not respond; see its log, \(paths.emulator)/serve.log")
        }
        Console.output("Emulator: process \(deployment.record.process.pid), Lambda API http://127.0.0.1:\(deployment.record.apiPort)")
        Console.output("Prices: \(deployment.record.source.rawValue)")
        if let parameters = deployment.record.parameters {
            Console.output("Parameters: \(parameters.map { "\($0)=\($1)" }.sorted().joined(separator: ", "))")
        }
        Console.output("Clock: \(status.clock.now), \(status.clock.isAdvancing ? "being advanced" : status.clock.mode)")
        Console.output("Events: \(status.queue.depth) queued, \(status.queue.finished) finished, \(status.queue.deadLetters) failed")
        for problem in status.problems { Console.output("Problem: \(problem)") }
        Console.output("Dashboard: \(deployment.dashboard)")
        var table = TextTable(header: ["function", "invocations", "cold starts", "environments", "running", "peak MB"])
        for function in status.functions {
            table.rows.append(
                [function.name]
                    + [function.invocations, function.coldStarts, function.environments, function.running, function.peakMemory].map(
                        String.init))
        }
        Console.output("")
        for line in table.lines { Console.output(line) }
        for letter in status.deadLetters.suffix(5) {
            Console.output(
                "Failed event \(letter.shortID) of \(letter.function): \(FunctionFailure.summary(Array(letter.error.utf8)).prefix(200))")
        }
        if status.queue.deadLetters > 0 { Console.output("`bellwether failed` lists, shows, retries and discards failed events.") }
    }
}
