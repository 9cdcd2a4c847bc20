import AWS
import ArgumentParser
import Formats
import Foundation

/// `bellwether invoke`: invokes one function.
struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Invoke a function, here or in AWS, and print its response.",
        discussion: """
            The event is JSON from a file, from standard input with --event -, or {}. An event without “time” gets the virtual \
            clock's time, in AWS the present: functions take business time from their event. The response is printed to standard \
            output. When the function fails, its error document is printed there, the error's type and message to standard \
            error, and the exit code is 1.

              bellwether invoke Train
              echo '{"symbols":["AAPL"],"from":"2000-01-01"}' | bellwether invoke Ingest --event -
              bellwether invoke Migrate --stack bellwether-prod --region eu-central-1

            In AWS, credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
            """)

    @Argument(help: "The function: its name or ARN, or the part after the stack's name, such as Train.") var function: String
    @Option(help: "A file with the event, or - for standard input.") var event: String?
    @Flag(name: .customLong("async"), help: "Queue the event instead of waiting for the response.") var isEvent = false
    @Flag(help: "Print the end of the invocation's log to standard error.") var log = false
    @OptionGroup var target: TargetStackOptions

    func run() async throws {
        let deployment = try await target.client()
        let name = try deployment.name(of: function)
        let payload = try Self.withTime(Array(try read()), "\(deployment.now)")
        let response: LambdaClient.Response
        do throws(AWSError) {
            response = try await deployment.client.invoke(
                name, payload: payload, type: isEvent ? .event : .requestResponse, wantsLogTail: log)
        } catch {
            throw failure(error, name, deployment.place)
        }
        if let tail = response.logTail { Console.message(tail) }
        if isEvent { Console.message("Queued for \(name).") }
        if !response.payload.isEmpty { Console.output(String(decoding: response.payload, as: UTF8.self)) }
        guard response.functionError != nil else { return }
        Console.message("\(name) failed: \(FunctionFailure.summary(response.payload))")
        throw ExitCode(1)
    }

    private func failure(_ error: AWSError, _ name: String, _ place: String) -> CommandError {
        switch error.code {
        case .resourceNotFound:
            CommandError(
                "there is no function \(name) in \(place): name the stack with --stack and the region with --region")
        case .tooManyRequests:
            CommandError(
                "\(name) is throttled by its reserved concurrency: try again in a moment, or use --async")
        default: CommandError("\(name) was not invoked in \(place): \(error)")
        }
    }

    private func read() throws -> Data {
        guard let event else { return Data("{}".utf8) }
        if event == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
        guard let data = FileManager.default.contents(atPath: event) else { throw CommandError("\(event) cannot be read") }
        return data
    }

    /// The event with the member `time`, if it is an object without one and no event of another service.
    ///
    /// - Throws: `CommandError` for bytes that are not JSON.
    static func withTime(_ event: [UInt8], _ now: String) throws(CommandError) -> [UInt8] {
        guard JSONDocument.isValid(event) else { throw CommandError("the event is not JSON in UTF-8") }
        guard let names = JSONDocument.memberNames(event), names.isDisjoint(with: ["time", "Records", "requestContext"]),
            let brace = event.firstIndex(of: UInt8(ascii: "{"))
        else { return event }
        // The rest stays as it is: another writer would change numbers.
        return event[...brace] + Array("\"time\":\"\(now)\"\(names.isEmpty ? "" : ",")".utf8) + event[(brace + 1)...]
    }
}

/// Reads the error document of a failed function.
enum FunctionFailure {
    private struct Document: Decodable { let errorType, errorMessage: String? }

    /// The error's type and message in one line.
    static func summary(_ payload: [UInt8]) -> String {
        let document = try? JSONDecoder().decode(Document.self, from: Data(payload))
        let parts = [document?.errorType, document?.errorMessage].compactMap { $0 }
        return parts.isEmpty ? String(decoding: payload, as: UTF8.self) : parts.joined(separator: ": ")
    }
}
