import Foundation
import Logging
import Synchronization
import Testing
import Threads

@testable import LambdaRuntime

/// What came of running the runtime against a server until it ended.
struct Run {
    let code: ExitCode
    let requests: [RuntimeServer.Request]
    let connections: Int
    let log: [[String: String]]
    /// Exit codes asked for because a handler was stuck.
    let stuck: [ExitCode]
    var posts: [RuntimeServer.Request] { requests.filter { $0.method == "POST" } }
}

/// Runs the functions in this process, on a thread of their own, until the runtime ends.
func run(
    _ functions: [String: any Function.Type], handler: String, _ server: RuntimeServer, api: String? = nil, margin: Duration? = nil
) async -> Run {
    var environment: [String: String] = [:]
    environment["AWS_LAMBDA_RUNTIME_API"] = api ?? "127.0.0.1:\(server.port)"
    environment["_HANDLER"] = handler
    var settings = RuntimeSettings(environment)
    settings.firstPause = .milliseconds(1)
    if let margin { (settings.margin, settings.marginShare) = (margin, 1) }
    let lines = LogFile()
    let output = LogOutput(environment, descriptor: lines.descriptor)
    let logger = Logger(label: "runtime") { output.handler($0) }
    let stuck = Box(Mutex<[ExitCode]>([]))
    let (functionsCopy, environmentCopy, settingsCopy) = (functions, environment, settings)
    let code = await withCheckedContinuation { continuation in
        Foundation.Thread.detachNewThread {
            let code = Runtime.run(functionsCopy, environment: environmentCopy, settings: settingsCopy, logger: logger) { code in
                stuck.value.withLock { $0.append(code) }
            }
            continuation.resume(returning: code)
        }
    }
    let text = String(decoding: lines.contents(), as: UTF8.self)
    let log = text.split(separator: "\n").map { line in
        let object = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] ?? ["unreadable": String(line)]
        return object.mapValues { "\($0)" }
    }
    return Run(code: code, requests: server.requests, connections: server.connectionCount, log: log, stuck: stuck.value.withLock { $0 })
}

/// A file for log lines: unlike a pipe's, its end does not wait for children of other tests that inherited it.
struct LogFile {
    private let url = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)")
    let descriptor: CInt

    init() { descriptor = open(url.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) }

    /// What was written. Closes and removes the file.
    func contents() -> Data {
        defer {
            close(descriptor)
            try? FileManager.default.removeItem(at: url)
        }
        return (try? Data(contentsOf: url)) ?? Data()
    }
}

/// The same with a function that returns its event.
func run(_ server: RuntimeServer, api: String? = nil) async -> Run { await run(["Echo": Echo.self], handler: "Echo", server, api: api) }

struct Echo: Function {
    init(_ environment: [String: String]) async throws {}
    func handle(_ event: RawBytes, _ context: Context) async throws -> RawBytes { event }
}

struct Named: Codable, Sendable, Equatable {
    struct Inner: Codable, Sendable, Equatable { let count: Int }
    let name: String
    var list: [Inner] = []
}

struct Greet: Function {
    enum Failure: Error { case unknownName(String), quiet }
    init(_ environment: [String: String]) async throws {}
    func handle(_ event: Named, _ context: Context) async throws -> Named {
        switch event.name {
        case "bad": throw Failure.unknownName("a \"quoted\"\nline\u{1}\u{7f} ü")
        case "quiet": throw Failure.quiet
        case "hop": return await Task.detached { Named(name: "hopped") }.value
        default: return Named(name: "hello " + event.name, list: event.list)
        }
    }
}
