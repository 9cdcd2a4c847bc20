import Foundation
#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// An answer of the emulator or of the API that it serves.
struct LoopbackAnswer: Sendable {
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
    ) async throws -> LoopbackAnswer {
        guard let address = URL(string: url) else { throw CommandFailure("\(url) is no address") }
        var request = URLRequest(url: address, timeoutInterval: timeout)
        request.httpMethod = method
        request.httpBody = body
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        do {
            let (data, response) = try await session.data(for: request)
            guard let response = response as? HTTPURLResponse else { throw CommandFailure("\(url) did not answer in HTTP") }
            var fields: [String: String] = [:]
            for (name, value) in response.allHeaderFields {
                if let name = name as? String { fields[name.lowercased()] = value as? String }
            }
            return LoopbackAnswer(status: response.statusCode, headers: fields, body: data)
        } catch let error as URLError {
            throw CommandFailure("\(address.host() ?? url):\(address.port ?? 80) does not answer (\(error.code.rawValue))")
        }
    }

    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 16
        configuration.connectionProxyDictionary = [:]
        return URLSession(configuration: configuration)
    }()
}
