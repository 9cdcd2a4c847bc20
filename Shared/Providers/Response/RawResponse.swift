import Formats
import Glibc

/// A provider's HTTP response, with the error texts, JSON and tables that all parsers read from it.
package struct RawResponse: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// The parts of the API key, which no error text may contain.
    let secrets: [String]
    let limit: ResponseLimit

    package init(
        _ body: [UInt8], status: Int = 200, headers: [(name: String, value: String)] = [], secrets: [String] = [],
        limit: ResponseLimit = .bars
    ) {
        self.body = body
        self.status = status
        self.headers = headers
        self.secrets = secrets
        self.limit = limit
    }

    /// The start of the body as one line without the key, for error texts. The key is removed first, so that no part of it remains.
    package var excerpt: String {
        let start = Redaction.redact(Array(body.prefix(2000)), secrets: secrets).body.prefix(200)
        return String(decoding: start, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The first byte that is no white space and no byte order mark.
    var firstByte: UInt8? { body.first { ![9, 10, 13, 32, 0xEF, 0xBB, 0xBF].contains($0) } }

    /// A text without the API key.
    func redacted(_ text: String) -> String { Redaction.redact(text, secrets: secrets) }

    /// An error for a body of another form than requested, such as `malformed("no list of rows")`.
    package func malformed(_ problem: String) -> ProviderError { ProviderError(.malformed, "\(problem): \(excerpt)") }

    /// The error that the HTTP status alone means; nil for 2xx, and for 4xx whose body explains more.
    package func statusError(_ text: String) -> ProviderError? { statusError(text, status) }

    /// The error that a provider's text means; without one, the error of its status, or else of kind `fallback`.
    ///
    /// - Parameters:
    ///   - status: the status that the body states, where it differs from HTTP's.
    package func error(_ text: String, status: Int? = nil, fallback: ProviderError.Kind = .malformed) -> ProviderError {
        let status = status ?? self.status
        let text = redacted(text)
        let byStatus = statusError(text, status)
        if case .rateLimited(let after?)? = byStatus?.kind { return ProviderError(.rateLimited(retryAfter: after), text) }
        if let kind = ProviderErrorText.kind(of: text) {
            // The text of a failing server or of a plain 401 counts less than the status.
            if let byStatus, status >= 500 || status == 401 {
                return ProviderError(byStatus.kind, text, retryAfter: byStatus.retryAfter)
            }
            return ProviderError(kind, text)
        }
        return ProviderError(byStatus?.kind ?? (status == 404 ? .unknownSymbol : fallback), text, retryAfter: byStatus?.retryAfter)
    }

    /// The seconds of the `Retry-After` header; nil without one.
    private var retryAfter: Double? {
        let value = { (name: String) in headers.first { $0.name.lowercased() == name }?.value }
        return RetryAfter.seconds(value("retry-after"), date: value("date"), now: Int64(time(nil)))
    }

    private func statusError(_ text: String, _ status: Int) -> ProviderError? {
        switch status {
        case 429, 999: ProviderError(.rateLimited(retryAfter: retryAfter), "HTTP \(status): \(text)")
        case 500...: ProviderError(.serverError, "HTTP \(status): \(text)", retryAfter: retryAfter)
        case 408: ProviderError(.serverError, "HTTP 408: \(text)")
        case 401, 403: ProviderError(.badKey, "HTTP \(status): \(text)")
        case 300..<400: ProviderError(.blocked, "HTTP \(status): redirected, as to a consent page")
        default: nil
        }
    }
}
