import ArgumentParser
import Emulator
import Foundation

struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Call a function and print its answer.",
        discussion: """
            The event is JSON from a file, or from standard input with --event -, or {}. An event that says no “time” gets the \
            virtual clock's: functions take business time from their event. Exits with 1 when the function failed.

              bellwether invoke Train
              echo '{"symbols":["AAPL"],"from":"2000-01-01"}' | bellwether invoke Ingest --event -
            """)

    @Argument(help: "The function: its name, or the part after the stack's name, such as Train.") var function: String
    @Option(help: "A file with the event, or - for standard input.") var event: String?
    @Flag(name: .customLong("async"), help: "Queue the event instead of waiting for the answer.") var isEvent = false
    @Flag(help: "Print the end of the invocation's log to standard error.") var log = false

    func run() async throws {
        let home = try Home.find()
        let deployment = try LocalDeployment.required(home)
        guard let status = await deployment.machine.status() else { throw CommandFailure("the emulator does not answer") }
        let name = try resolve(among: status.functions.map(\.name))
        let payload = try withTime(try read(), status.clock.now)
        let answer = try await deployment.machine.invoke(name, payload: payload, isEvent: isEvent)
        if log { Screen.say(answer.logTail) }
        guard answer.status < 300 else {
            throw CommandFailure("\(name) was not invoked (\(answer.status)): \(String(decoding: answer.payload, as: UTF8.self))")
        }
        if !answer.payload.isEmpty { Screen.result(String(decoding: answer.payload, as: UTF8.self)) }
        if answer.functionError != nil { throw ExitCode(1) }
    }

    private func resolve(among names: [String]) throws -> String {
        let wanted = function.lowercased()
        if let name = names.first(where: { $0.lowercased() == wanted || $0.lowercased().hasSuffix("-" + wanted) }) { return name }
        throw CommandFailure("there is no function “\(function)”; there are \(names.sorted().joined(separator: ", "))")
    }

    private func read() throws -> Data {
        guard let event else { return Data("{}".utf8) }
        if event == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
        guard let data = FileManager.default.contents(atPath: event) else { throw CommandFailure("\(event) cannot be read") }
        return data
    }

    private func withTime(_ event: Data, _ now: String) throws -> Data {
        guard let value = try? JSONSerialization.jsonObject(with: event, options: .fragmentsAllowed) else {
            throw CommandFailure("the event is not JSON")
        }
        guard var object = value as? [String: Any], object["time"] == nil, object["Records"] == nil, object["requestContext"] == nil else {
            return event
        }
        object["time"] = now
        return try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    }
}
