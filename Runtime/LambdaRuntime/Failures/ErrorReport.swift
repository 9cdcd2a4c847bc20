import Formats
import Logging

/// An error as the Runtime API takes it.
struct ErrorReport: Error, Sendable, Hashable {
    private static let longestMessage = 32_768

    /// Matches `(Runtime|Function)\.[A-Z][a-zA-Z]+`, the only form that Lambda keeps.
    let type: String
    let message: String

    init(type: String, message: String) {
        self.type = type
        self.message = message.utf8.count <= Self.longestMessage ? message : String(message.prefix(Self.longestMessage / 4)) + " …"
    }

    /// An error that a function threw; its type is `Function.` and the name of the error's case.
    init(_ error: any Error) {
        if let report = error as? ErrorReport {
            self = report
        } else {
            self.init(type: "Function." + ErrorName.of(error), message: String(describing: error))
        }
    }

    /// An event that does not decode as the function's type; the message holds the JSON path.
    init(decoding error: any Error) {
        let detail = (error as? DecodingError).map(DecodingPath.describe) ?? String(describing: error)
        self.init(type: "Runtime.InvalidEvent", message: "The event does not fit: \(detail)")
    }

    /// A handler that did not end in time.
    static func deadline(_ context: Context, _ cause: ErrorReport?) -> ErrorReport {
        let margin = (context.deadline.epochMilliseconds - context.cutOff.epochMilliseconds)
        let ended = cause.map { "ended with \($0.type): \($0.message)" } ?? "went on"
        return ErrorReport(
            type: "Runtime.DeadlineExceeded",
            message: "RequestId: \(context.requestId) Error: the handler was cancelled \(margin) ms before its deadline and \(ended)")
    }

    /// The deadline of an invocation passed before its handler began.
    static func lateStart(_ context: Context) -> ErrorReport {
        ErrorReport(
            type: "Runtime.DeadlineExceeded", message: "RequestId: \(context.requestId) Error: the deadline passed before the handler began"
        )
    }

    /// `{"errorMessage":…,"errorType":…,"stackTrace":[]}`
    var body: [UInt8] {
        var json = JSONWriter()
        json.object {
            $0.member("errorMessage", message)
            $0.member("errorType", type)
            $0.list("stackTrace", []) { (_, _: Never) in }
        }
        return json.bytes
    }

    var metadata: Logger.Metadata { ["errorType": "\(type)", "errorMessage": "\(message)"] }
}
