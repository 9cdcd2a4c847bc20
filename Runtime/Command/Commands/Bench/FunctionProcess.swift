import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A process of one function, and the Runtime API that it calls, on this thread.
final class FunctionProcess {
    let pid: Int32
    private let process: Process
    private var connection: MessageSocket
    private var served = 0

    private init(_ process: Process, _ connection: consuming MessageSocket) {
        self.process = process
        self.connection = connection
        pid = process.processIdentifier
    }

    /// Starts the process and returns when it has requested its first event.
    static func start(_ function: String, bundle: String) throws -> FunctionProcess {
        let listener = try MessageListener.open()
        let process = Process()
        process.executableURL = URL(filePath: "\(bundle)/bootstrap")
        process.environment = environment(function, bundle, port: listener.port)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        do {
            let environment = FunctionProcess(process, try listener.accept())
            let head = try environment.connection.receive()
            guard head.hasPrefix("GET /2018-06-01/runtime/invocation/next ") else {
                throw CommandError("\(function) did not start: its first call was \(head.prefix { $0 != "\r\n" })")
            }
            return environment
        } catch {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            throw error
        }
    }

    /// Sends one event, receives the response, and returns when the next event is requested.
    func serve(_ event: String) throws {
        served += 1
        let deadline = Int64(Date.now.timeIntervalSince1970 * 1000) + 30_000
        let head = """
            HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(event.utf8.count)\r\n\
            Lambda-Runtime-Aws-Request-Id: bench-\(served)\r\nLambda-Runtime-Deadline-Ms: \(deadline)\r\n\r\n
            """
        try connection.send(Array((head + event).utf8))
        let response = try connection.receive()
        guard response.hasPrefix("POST /2018-06-01/runtime/invocation/bench-\(served)/response ") else {
            throw CommandError("an event got no response: \(response.prefix { $0 != "\r\n" })")
        }
        try connection.send(Array("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".utf8))
        _ = try connection.receive()
    }

    func end() {
        kill(pid, SIGKILL)
        process.waitUntilExit()
    }

    /// No server listens at these addresses: a function must start without them.
    private static func environment(_ function: String, _ bundle: String, port: Int) -> [String: String] {
        [
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(port)", "_HANDLER": function, "LAMBDA_TASK_ROOT": bundle,
            "AWS_LAMBDA_FUNCTION_NAME": "bench-\(function)", "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench", "BUCKET": "bench", "DATABASE_URL": "postgres://bench@127.0.0.1:1/bench?sslmode=disable",
            "PROVIDER": "yahoo", "UNIVERSE": "AAPL:XNAS", "FEATURIZE_FUNCTION": "bench-Featurize", "PREDICT_FUNCTION": "bench-Predict",
            "TZ": ":UTC",
        ]
    }
}
