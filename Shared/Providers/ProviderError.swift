/// A provider's answer that is no data: what kind, in words without secrets, and whether asking again can help.
package struct ProviderError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Never heard of it, or delisted and forgotten.
        case unknownSymbol
        /// The symbol is known; nothing traded in the range.
        case emptyRange
        /// Too many requests for now; `retryAfter` in seconds when the provider says or is known to want it.
        case rateLimited(retryAfter: Double?)
        /// Nothing more today.
        case dailyQuota
        /// Not in the plan of this key.
        case premium
        /// The symbol is known and trades no more.
        case delisted
        /// HTML, a redirect, plain text.
        case notJSON
        /// A page that turns away programs: a consent page, a proof of work.
        case blocked
        /// "Will be right back": asking later can help, in minutes.
        case maintenance
        case badKey
        /// HTTP 5xx.
        case serverError
        /// JSON that is not the shape that was asked for.
        case malformed

        /// A stable word to store.
        package var name: String {
            switch self {
            case .unknownSymbol: "unknown-symbol"
            case .emptyRange: "empty-range"
            case .rateLimited: "rate-limited"
            case .dailyQuota: "daily-quota"
            case .premium: "premium"
            case .delisted: "delisted"
            case .notJSON: "not-json"
            case .blocked: "blocked"
            case .maintenance: "maintenance"
            case .badKey: "bad-key"
            case .serverError: "server-error"
            case .malformed: "malformed"
            }
        }
    }

    package let kind: Kind
    /// At most 300 characters, API keys redacted.
    package let detail: String
    /// Seconds to wait before the next request, when the provider said so.
    package let retryAfter: Double?

    /// `retryAfter` nil takes the kind's own.
    package init(_ kind: Kind, _ detail: String, retryAfter: Double? = nil) {
        self.kind = kind
        self.retryAfter = if case .rateLimited(let seconds) = kind { seconds ?? retryAfter } else { retryAfter }
        self.detail = detail.count > 300 ? detail.prefix(299) + "…" : detail
    }

    /// What a run does about it.
    package enum Reaction: Hashable, Sendable {
        /// Ask again, not before so many seconds.
        case retry(after: Double)
        /// Nothing more from this provider today; the next run goes on where this one stopped.
        case stopRun
        /// Go on with the next symbol.
        case skipSymbol
    }

    package var reaction: Reaction {
        switch kind {
        case .rateLimited: .retry(after: retryAfter ?? 60)
        case .serverError: .retry(after: retryAfter ?? 1)
        case .notJSON: .retry(after: 5)
        case .maintenance: .retry(after: retryAfter ?? 300)
        case .dailyQuota, .badKey, .blocked: .stopRun
        case .unknownSymbol, .emptyRange, .delisted, .premium, .malformed: .skipSymbol
        }
    }

    /// Whether the same request can succeed within this run.
    package var isRetryable: Bool {
        if case .retry = reaction { true } else { false }
    }
}

extension ProviderError: CustomStringConvertible {
    package var description: String { "\(kind.name): \(detail)" }
}

extension ProviderError {
    /// What the status alone says; nil for 2xx and for 4xx whose body explains more.
    static func ofStatus(_ status: Int, _ text: String, headers: [(name: String, value: String)]) -> ProviderError? {
        switch status {
        case 429, 999: return ProviderError(.rateLimited(retryAfter: RetryAfter.seconds(headers)), "HTTP \(status): \(text)")
        case 500...: return ProviderError(.serverError, "HTTP \(status): \(text)", retryAfter: RetryAfter.seconds(headers))
        case 408: return ProviderError(.serverError, "HTTP 408: \(text)")
        case 401, 403: return ProviderError(.badKey, "HTTP \(status): \(text)")
        case 300..<400: return ProviderError(.blocked, "HTTP \(status): redirected, as to a consent page")
        default: return nil
        }
    }

    /// The start of a body as one line, without the key. What is cut off is cut after that, so that no part of a key is left at the end.
    static func excerpt(_ body: [UInt8], key: String? = nil) -> String {
        let start = Redaction.redact(Array(body.prefix(2000)), key: key).body.prefix(200)
        return String(decoding: start, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
