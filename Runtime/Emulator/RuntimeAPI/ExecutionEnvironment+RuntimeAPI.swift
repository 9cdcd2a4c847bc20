import Foundation
import HTTPServer
import NIOCore

/// Serves the Runtime API (2018-06-01) and the part of the Extensions API (2020-01-01) that runtimes use.
extension ExecutionEnvironment {
    func received(_ call: RuntimeCall, on connection: ServerConnection) {
        switch call.target {
        case .next: nextRequested(connection)
        case .response(let id): if owns(id, connection) { respond(call, on: connection) }
        case .error(let id):
            guard owns(id, connection) else { return }
            finish(call.request.body, functionError: "Unhandled", status: Self.status(call))
            connection.acknowledge()
        case .initError:
            guard phase == .starting else {
                return connection.reject(403, "InvalidStateTransition", "The init phase is over")
            }
            initError = call.request.body
            connection.acknowledge()
            pool.loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in self?.kill() }
        case .registerExtension: extensions.register(call, on: connection, function: pool.definition)
        case .nextExtensionEvent: extensions.poll(call, on: connection)
        case .extensionError: connection.acknowledge()
        case .telemetry: connection.reply(200, text: "\"OK\"")
        case .unknown: connection.reject(404, "NotFound", "No such path")
        }
    }

    func closed(_ connection: ServerConnection) {
        if poll === connection {
            poll = nil
            if phase == .idle { pool.lostPoll(self) }
        }
        extensions.closed(connection)
    }

    private func owns(_ requestID: String, _ connection: ServerConnection) -> Bool {
        if phase == .running, job?.requestID == requestID { return true }
        if phase == .running {
            connection.reject(400, "InvalidRequestID", "Invalid request ID")
        } else {
            connection.reject(403, "InvalidStateTransition", "No invocation is in progress")
        }
        return false
    }

    private func respond(_ call: RuntimeCall, on connection: ServerConnection) {
        if let mode = call.request.header("lambda-runtime-function-response-mode"), mode.lowercased() != "streaming" {
            finish([], functionError: "Unhandled", status: "error\tError Type: Runtime.InvalidResponseModeHeader")
            return connection.reject(400, "Runtime.InvalidResponseModeHeader", "Invalid response mode")
        }
        guard !call.isTooLarge else {
            finish(
                InvocationErrorBody.responseTooLarge(call.request.bodySize, limit: call.limit), functionError: "Unhandled",
                status: "error\tError Type: Function.ResponseSizeTooLarge")
            return connection.reject(
                413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (\(call.limit) bytes).")
        }
        if call.request.trailer("lambda-runtime-function-error-type") != nil {
            let text = call.request.trailer("lambda-runtime-function-error-body") ?? ""
            finish(Data(base64Encoded: text).map { [UInt8]($0) } ?? [], functionError: "Unhandled", status: "error")
        } else {
            finish(call.request.body, functionError: nil)
        }
        connection.acknowledge()
    }

    /// The status of the REPORT line: the error types `Runtime.X` and `Function.X`; every other type is `Runtime.Unknown`.
    private static func status(_ call: RuntimeCall) -> String {
        let type = call.request.header("lambda-runtime-function-error-type") ?? ""
        let known = type.wholeMatch(of: /(Runtime|Function)\.[A-Z][a-zA-Z]+/) != nil
        return "error\tError Type: \(known ? type : "Runtime.Unknown")"
    }

    /// The response headers of the next event.
    ///
    /// - Parameter remaining: nanoseconds until the invocation's deadline.
    func eventHeaders(_ job: InvocationJob, remaining: Int64) -> [(String, String)] {
        let deadline = Self.epochMilliseconds() + remaining / 1_000_000
        let invocation = job.invocation
        let trace = invocation.traceID ?? TraceID.fresh()
        var headers = [
            ("Lambda-Runtime-Aws-Request-Id", job.requestID), ("Lambda-Runtime-Deadline-Ms", String(deadline)),
            ("Lambda-Runtime-Invoked-Function-Arn", pool.arn), ("Lambda-Runtime-Trace-Id", Self.headerValue(trace)),
        ]
        let optional = [
            ("Lambda-Runtime-Client-Context", invocation.clientContext), ("Lambda-Runtime-Cognito-Identity", invocation.cognitoIdentity),
            ("Lambda-Runtime-Aws-Tenant-Id", invocation.tenantID),
        ]
        headers += optional.compactMap { name, value in value.map { (name, Self.headerValue($0)) } }
        if !extensions.isEmpty {
            let event = InvokeEvent(
                deadlineMs: deadline, requestId: job.requestID, invokedFunctionArn: pool.arn, tracing: .init(value: trace))
            extensions.send("INVOKE", json: String(decoding: JSONBody.encode(event), as: UTF8.self))
        }
        return headers
    }

    /// Text as the value of a header: control characters, which would end it, become blanks. Between the tokens of JSON they mean the same.
    static func headerValue(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
    }

    static func epochMilliseconds() -> Int64 { Int64(Date.now.timeIntervalSince1970 * 1000) }
}

/// The event of `event/next` that announces an invocation to extensions.
private struct InvokeEvent: Encodable {
    struct Tracing: Encodable {
        let type = "X-Amzn-Trace-Id"
        let value: String
    }

    let eventType = "INVOKE"
    let deadlineMs: Int64
    let requestId, invokedFunctionArn: String
    let tracing: Tracing
}

/// Makes the X-Ray trace header of a request that is not traced.
enum TraceID {
    static func fresh() -> String {
        "\(root(at: Int64(Date.now.timeIntervalSince1970)));Parent=\(hex(.random(in: .min ... .max)));Sampled=0"
    }

    /// The part that names the whole trace. `seconds` is the time since 1970.
    static func root(at seconds: Int64) -> String {
        let random = hex(.random(in: .min ... .max)) + hex(.random(in: .min ... .max)).prefix(8)
        return "Root=1-\(hex(UInt64(bitPattern: seconds)).suffix(8))-\(random)"
    }

    /// Sixteen hexadecimal digits.
    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
