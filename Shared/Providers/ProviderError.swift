/// The reason why a provider's response has no data, and whether a retry can help.
package struct ProviderError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The provider does not know the symbol, or has removed it after its delisting.
        case unknownSymbol
        /// The symbol is known, but nothing traded in the range.
        case emptyRange
        /// Too many requests for now. `retryAfter` is the pause in seconds, if the provider states it or it is known.
        case rateLimited(retryAfter: Double?)
        /// No more requests today.
        case dailyQuota
        /// The data is outside the plan of the API key.
        case premium
        /// The symbol is known, but no longer trades.
        case delisted
        /// The body is a page of HTML or plain text instead of data.
        case unexpectedPage
        /// A page that blocks programs: a consent page, a redirect, a proof of work.
        case blocked
        /// The provider is under maintenance for some minutes.
        case maintenance
        case badKey
        /// The provider sent HTTP 5xx, or could not be reached.
        case serverError
        /// The body has another form than requested.
        case malformed

        /// The name of the kind in tables and logs.
        package var name: String {
            switch self {
            case .unknownSymbol: "unknown-symbol"
            case .emptyRange: "empty-range"
            case .rateLimited: "rate-limited"
            case .dailyQuota: "daily-quota"
            case .premium: "premium"
            case .delisted: "delisted"
            case .unexpectedPage: "unexpected-page"
            case .blocked: "blocked"
            case .maintenance: "maintenance"
            case .badKey: "bad-key"
            case .serverError: "server-error"
            case .malformed: "malformed"
            }
        }
    }

    package let kind: Kind
    /// The provider's message or the problem, at most 300 characters, without the API key.
    package let detail: String
    /// Seconds until the next request; nil if the provider states none.
    package let retryAfter: Double?

    /// A pause in `kind` takes precedence over `retryAfter`.
    package init(_ kind: Kind, _ detail: String, retryAfter: Double? = nil) {
        self.kind = kind
        self.retryAfter = if case .rateLimited(let seconds) = kind { seconds ?? retryAfter } else { retryAfter }
        self.detail = detail.count > 300 ? detail.prefix(299) + "…" : detail
    }

    /// The error without the parts of an API key in its detail.
    func redacted(_ secrets: [String]) -> ProviderError {
        secrets.isEmpty ? self : ProviderError(kind, Redaction.redact(detail, secrets: secrets), retryAfter: retryAfter)
    }

    /// The reaction of a run to an error.
    package enum Reaction: Hashable, Sendable {
        /// Repeat the request after the given number of seconds.
        case retry(after: Double)
        /// Send the provider no more requests in this run; the next run continues.
        case stopRun
        /// Continue with the next symbol.
        case skipSymbol
    }

    package var reaction: Reaction {
        switch kind {
        case .rateLimited: .retry(after: retryAfter ?? 60)
        case .serverError: .retry(after: retryAfter ?? 1)
        case .unexpectedPage: .retry(after: 5)
        case .maintenance: .retry(after: retryAfter ?? 300)
        case .dailyQuota, .badKey, .blocked: .stopRun
        case .unknownSymbol, .emptyRange, .delisted, .premium, .malformed: .skipSymbol
        }
    }

    /// Whether the same request can succeed within the run.
    package var isRetryable: Bool {
        if case .retry = reaction { true } else { false }
    }
}

extension ProviderError: CustomStringConvertible {
    package var description: String { "\(kind.name): \(detail)" }
}
