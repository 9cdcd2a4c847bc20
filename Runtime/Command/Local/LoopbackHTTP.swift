import Foundation
import HTTP

/// HTTP requests to servers on this machine.
enum LoopbackHTTP {
    static let client = HTTPClient()

    /// Sends one request and waits for the whole response.
    ///
    /// - Parameters:
    ///   - url: percent-encoded.
    ///   - timeout: seconds for the whole exchange.
    /// - Throws: `CommandError` when the server does not respond.
    static func send(
        _ method: String, _ url: String, headers: [String: String] = [:], body: [UInt8]? = nil, timeout: Double = 30
    ) async throws(CommandError) -> HTTPResponse {
        try await send(HTTPRequest(method, url, headers: headers.map { ($0.key, $0.value) }, body: body), timeout: timeout)
    }

    /// Sends a request as it is and waits for the whole response.
    static func send(_ request: HTTPRequest, timeout: Double) async throws(CommandError) -> HTTPResponse {
        do { return try await client.send(request, timeout: .seconds(timeout)) } catch {
            throw CommandError("\(request.url.split(separator: "/").dropFirst().first ?? "the server") does not respond", error)
        }
    }
}

extension HTTPResponse {
    /// The `detail` of a problem document, the message of an error of AWS, or the beginning of the body.
    var problem: String {
        struct Problem: Decodable { let title, detail, error, message, Message: String? }
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(body))
        return problem?.detail ?? problem?.error ?? problem?.message ?? problem?.Message ?? problem?.title
            ?? String(decoding: body.prefix(300), as: UTF8.self)
    }

    /// Reads the body as a JSON document. Throws `DecodingError`.
    func decoded<T: Decodable>(as type: T.Type) throws -> T { try JSONDecoder().decode(type, from: Data(body)) }
}
