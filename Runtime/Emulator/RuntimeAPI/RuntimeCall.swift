import HTTPServer

/// One request of a runtime or an extension.
struct RuntimeCall {
    enum Target: Equatable {
        case next
        case response(String)
        case error(String)
        case initError
        case registerExtension
        case nextExtensionEvent
        case extensionError
        case telemetry
        case unknown
    }

    /// Lambda's limit of a buffered response: 6 MiB plus 100 bytes for the envelope.
    static let responseLimit = 6 * 1024 * 1024 + 100
    static let streamedResponseLimit = 200 * 1024 * 1024

    let request: ServerRequest
    let target: Target

    init(_ request: ServerRequest) {
        self.request = request
        target = Self.target(request.method, request.path)
    }

    /// Refuses requests of web pages and for other hosts by their head; nil for all others.
    static func refusal(of request: ServerRequest) -> ServerResponse? {
        guard request.isForLoopback, !request.mayComeFromWebPage else {
            return .rejection(403, "AccessDenied", "Requests of web pages and for other hosts are not served")
        }
        return nil
    }

    static func bodyLimit(_ headers: [(name: String, value: String)]) -> Int {
        let mode = headers.first { $0.name == "lambda-runtime-function-response-mode" }?.value
        return mode?.lowercased() == "streaming" ? streamedResponseLimit : responseLimit
    }

    var limit: Int { Self.bodyLimit(request.headers) }
    var isTooLarge: Bool { request.bodySize > limit }

    static func target(_ method: String, _ path: String) -> Target {
        let invocation = "/2018-06-01/runtime/invocation/"
        if path.hasPrefix(invocation) {
            let rest = path.utf8.dropFirst(invocation.utf8.count)
            if method == "GET" { return rest.elementsEqual("next".utf8) ? .next : .unknown }
            guard method == "POST", let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return .unknown }
            let id = String(Substring(rest[..<slash]))
            let verb = rest[rest.index(after: slash)...]
            if verb.elementsEqual("response".utf8) { return .response(id) }
            return verb.elementsEqual("error".utf8) ? .error(id) : .unknown
        }
        return switch (method, path) {
        case ("POST", "/2018-06-01/runtime/init/error"): .initError
        case ("POST", "/2020-01-01/extension/register"): .registerExtension
        case ("GET", "/2020-01-01/extension/event/next"): .nextExtensionEvent
        case ("POST", "/2020-01-01/extension/init/error"), ("POST", "/2020-01-01/extension/exit/error"): .extensionError
        case ("PUT", "/2022-07-01/telemetry"), ("PUT", "/2020-08-15/logs"): .telemetry
        default: .unknown
        }
    }
}
