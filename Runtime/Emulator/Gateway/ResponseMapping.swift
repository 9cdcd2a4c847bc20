import HTTPServer
import LambdaEvents

/// Makes the HTTP answer of what a function gave back.
enum ResponseMapping {
    /// - Parameter requestID: Sent as `apigw-requestid`.
    static func response(_ result: InvocationResult, requestID: String) -> ServerResponse {
        guard result.functionError == nil else { return .internalError }
        let answer = HTTPAPIResponse.inferred(from: result.payload)
        guard (200..<600).contains(answer.statusCode), let body = answer.bodyBytes else { return .internalError }
        var headers: [(name: String, value: String)] = []
        var hasType = false
        for (name, value) in answer.headers.sorted(by: { $0.key < $1.key }) {
            let name = name.lowercased()
            guard !ownHeaders.contains(name), isClean(name), isClean(value) else { continue }
            hasType = hasType || name == "content-type"
            headers.append((name, value))
        }
        if !hasType, !body.isEmpty { headers.append(("content-type", "text/plain; charset=utf-8")) }
        for cookie in answer.cookies ?? [] where isClean(cookie) { headers.append(("set-cookie", cookie)) }
        headers.append(("apigw-requestid", requestID))
        return ServerResponse(status: answer.statusCode, headers: headers, body: body)
    }

    static func response(_ refusal: InvocationError) -> ServerResponse {
        switch refusal {
        case .unknownFunction: .internalError
        case .throttled, .unavailable: .unavailable
        case .payloadTooLarge: .tooLarge
        }
    }

    /// The connection's own; a function cannot set them.
    private static let ownHeaders: Set<String> = ["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade", "trailer"]

    private static func isClean(_ text: String) -> Bool { !text.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 } }
}
