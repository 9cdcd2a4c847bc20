import NIOCore
import NIOHTTP1

/// One request of a runtime or an extension, complete.
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

    /// Lambda's limit of a buffered response: 6 MiB and a little for the envelope.
    static let responseLimit = 6 * 1024 * 1024 + 100
    static let streamedResponseLimit = 200 * 1024 * 1024

    let target: Target
    let headers: HTTPHeaders
    var body: ByteBuffer
    /// Bytes received, also those beyond `limit`, which are not kept.
    var size = 0
    var trailers: HTTPHeaders?

    init(_ head: HTTPRequestHead, allocator: ByteBufferAllocator) {
        target = Self.target(head.method, head.uri)
        headers = head.headers
        body = allocator.buffer(capacity: 0)
    }

    var isStreamed: Bool { headers.first(name: "Lambda-Runtime-Function-Response-Mode")?.lowercased() == "streaming" }
    var limit: Int { isStreamed ? Self.streamedResponseLimit : Self.responseLimit }
    var isTooLarge: Bool { size > limit }

    mutating func append(_ part: inout ByteBuffer) {
        size += part.readableBytes
        if size > limit {
            body.clear()
        } else if body.readableBytes == 0 {
            body = part
        } else {
            body.writeBuffer(&part)
        }
    }

    static func target(_ method: HTTPMethod, _ uri: String) -> Target {
        let invocation = "/2018-06-01/runtime/invocation/"
        if uri.hasPrefix(invocation) {
            let rest = uri.utf8.dropFirst(invocation.utf8.count)
            if method == .GET { return rest.elementsEqual("next".utf8) ? .next : .unknown }
            guard method == .POST, let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return .unknown }
            let id = String(Substring(rest[..<slash]))
            let verb = rest[rest.index(after: slash)...]
            if verb.elementsEqual("response".utf8) { return .response(id) }
            return verb.elementsEqual("error".utf8) ? .error(id) : .unknown
        }
        return switch (method, uri) {
        case (.POST, "/2018-06-01/runtime/init/error"): .initError
        case (.POST, "/2020-01-01/extension/register"): .registerExtension
        case (.GET, "/2020-01-01/extension/event/next"): .nextExtensionEvent
        case (.POST, "/2020-01-01/extension/init/error"), (.POST, "/2020-01-01/extension/exit/error"): .extensionError
        case (.PUT, "/2022-07-01/telemetry"), (.PUT, "/2020-08-15/logs"): .telemetry
        default: .unknown
        }
    }
}
