import Formats
import FoundationEssentials
import Glibc
package import Logging

/// Where log records go and in which form, read from the environment.
package struct LogOutput: Sendable {
    enum Form: Sendable { case json, text }

    let form: Form
    let level: Logger.Level
    let sink: LogSink

    /// Reads `AWS_LAMBDA_LOG_FORMAT` (JSON unless it is `Text`), `AWS_LAMBDA_LOG_LEVEL` and `LOG_LEVEL`: with JSON the first level wins, with
    /// text the second.
    ///
    /// - Parameter descriptor: the open file that records are written to.
    package init(_ environment: [String: String], descriptor: Int32 = STDOUT_FILENO) {
        form = environment["AWS_LAMBDA_LOG_FORMAT"]?.lowercased() == "text" ? .text : .json
        let lambda = environment["AWS_LAMBDA_LOG_LEVEL"].flatMap(Logger.Level.init(name:))
        let own = environment["LOG_LEVEL"].flatMap(Logger.Level.init(name:))
        level = (form == .json ? lambda ?? own : own ?? lambda) ?? .info
        if let text = environment["_LAMBDA_TELEMETRY_LOG_FD"], let framed = Int32(text) {
            sink = LogSink(descriptor: framed, framed: true)
        } else {
            sink = LogSink(descriptor: descriptor, framed: false)
        }
    }

    /// A handler for one label, for `LoggingSystem.bootstrap` or a logger of a test's own.
    package func handler(_ label: String) -> any LogHandler { LineLogHandler(label: label, output: self) }

    /// Makes this the log handler of the whole process. Call once.
    static func install(_ environment: [String: String]) {
        let output = LogOutput(environment)
        unsetenv("_LAMBDA_TELEMETRY_LOG_FD")
        LoggingSystem.bootstrap { output.handler($0) }
    }
}

extension Logger.Level {
    /// Lambda's names and swift-log's own, in any case.
    init?(name: String) {
        switch name.lowercased() {
        case "trace": self = .trace
        case "debug": self = .debug
        case "info": self = .info
        case "notice": self = .notice
        case "warn", "warning": self = .warning
        case "error": self = .error
        case "fatal", "critical": self = .critical
        default: return nil
        }
    }

    /// The name that Lambda's log filter knows.
    var lambdaName: String {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info, .notice: "INFO"
        case .warning: "WARN"
        case .error: "ERROR"
        case .critical: "FATAL"
        }
    }
}
