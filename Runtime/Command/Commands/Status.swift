import ArgumentParser
import Emulator

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what runs, the virtual clock, and what is queued.", discussion: "Exits with 3 when nothing is running.")

    func run() async throws {
        let home = try Home.find()
        for server in LocalServers.running(inFolder: home.state) {
            Screen.result("\(server.name): port \(server.port), process \(server.process.pid)")
        }
        if let record = ServeRecord.running(home) {
            for sentence in LocalServers.fallen(inFolder: home.state) { Screen.result(sentence) }
            if !record.isReady { Screen.result("Emulator: process \(record.process.pid), being started") }
        }
        let deployment = try LocalDeployment.required(home)
        guard let status = await deployment.machine.status() else {
            throw CommandFailure("the emulator does not answer; its log is \(home.emulator)/serve.log")
        }
        Screen.result("Emulator: process \(deployment.record.process.pid), Lambda API http://127.0.0.1:\(deployment.record.apiPort)")
        Screen.result("Prices: \(deployment.record.source.rawValue)")
        Screen.result("Clock: \(status.clock.now), \(status.clock.isAdvancing ? "being advanced" : status.clock.mode)")
        Screen.result("Events: \(status.queue.depth) queued, \(status.queue.finished) finished, \(status.queue.deadLetters) given up")
        Screen.result("Dashboard: \(deployment.dashboard)")
        var table = TextTable(header: ["function", "invocations", "cold starts", "environments", "running", "peak MB"])
        for function in status.functions {
            table.rows.append(
                [function.name]
                    + [function.invocations, function.coldStarts, function.environments, function.running, function.peakMemory].map(
                        String.init))
        }
        Screen.result("")
        for line in table.lines { Screen.result(line) }
        for letter in status.deadLetters.suffix(5) { Screen.result("Given up: \(letter)") }
    }
}
