import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An answer of the emulator or of the API that it serves.
struct LoopbackResponse: Sendable {
    let status: Int
    let headers: [String: String]
    let body: Data

    /// The `detail` of a problem document, or the body's beginning.
    var problem: String {
        struct Problem: Decodable { let title, detail, error: String? }
        let problem = try? JSONDecoder().decode(Problem.self, from: body)
        return problem?.detail ?? problem?.error ?? problem?.title ?? String(decoding: body.prefix(300), as: UTF8.self)
    }
}

/// Requests to this machine.
enum LoopbackHTTP {
    /// `timeout` is for the whole exchange. Throws `CommandFailure` when nobody answers.
    static func send(
        _ method: String, _ url: String, headers: [String: String] = [:], body: Data? = nil, timeout: Double = 30
    ) async throws -> LoopbackResponse {
        guard let address = URL(string: url) else { throw CommandError("\(url) is no address") }
        var request = URLRequest(url: address)
        // By the setter: the initialiser's timeout gives way to the session's sixty seconds.
        request.timeoutInterval = timeout
        request.httpMethod = method
        request.httpBody = body
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        // Not URLSession's async form: cancelling a task in it can deadlock the process (its cancellation handler waits for the
        // queue that resumes the task). This call ends by its timeout only.
        return try await withCheckedThrowingContinuation { waiting in
            session.dataTask(with: request) { data, response, error in
                waiting.resume(with: Result { try answer(address, data, response, error) })
            }.resume()
        }
    }

    private static func answer(_ address: URL, _ data: Data?, _ response: URLResponse?, _ error: (any Error)?) throws -> LoopbackResponse {
        guard let response = response as? HTTPURLResponse else {
            let reason = (error as? URLError).map { "\($0.code.rawValue)" } ?? error.map { "\($0)" } ?? "no answer"
            throw CommandError("\(address.host() ?? ""):\(address.port ?? 80) does not answer (\(reason))")
        }
        var fields: [String: String] = [:]
        for (name, value) in response.allHeaderFields {
            if let name = name as? String { fields[name.lowercased()] = value as? String }
        }
        return LoopbackResponse(status: response.statusCode, headers: fields, body: data ?? Data())
    }

    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 16
        configuration.connectionProxyDictionary = [:]
        return URLSession(configuration: configuration)
    }()
}
