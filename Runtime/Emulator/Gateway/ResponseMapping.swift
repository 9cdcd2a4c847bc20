import HTTPServer
import LambdaEvents

/// Maps a function's result to an HTTP response.
enum ResponseMapping {
    /// - Parameter requestID: the value of the header `apigw-requestid`.
    static func response(_ result: InvocationResult, requestID: String) -> ServerResponse {
        guard result.functionError == nil else { return .internalError }
        let response = HTTPAPIResponse.inferred(from: result.payload)
        guard (200..<600).contains(response.statusCode), let body = response.bodyBytes else { return .internalError }
        var headers: [(name: String, value: String)] = []
        var hasType = false
        for (name, value) in response.headers.sorted(by: { $0.key < $1.key }) {
            let name = name.lowercased()
            guard !ownHeaders.contains(name), isClean(name), isClean(value) else { continue }
            hasType = hasType || name == "content-type"
            headers.append((name, value))
        }
        if !hasType, !body.isEmpty { headers.append(("content-type", "text/plain; charset=utf-8")) }
        for cookie in response.cookies ?? [] where isClean(cookie) { headers.append(("set-cookie", cookie)) }
        headers.append(("apigw-requestid", requestID))
        return ServerResponse(status: response.statusCode, headers: headers, body: body)
    }

    static func response(_ error: InvocationError) -> ServerResponse {
        switch error {
        case .unknownFunction: .internalError
        case .throttled, .unavailable: .unavailable
        case .payloadTooLarge: .tooLarge
        }
    }

    /// Headers of the connection, which a function cannot set.
    private static let ownHeaders: Set<String> = ["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade", "trailer"]

    private static func isClean(_ text: String) -> Bool { !text.utf8.contains { $0 == 10 || $0 == 13 || $0 == 0 } }
}
