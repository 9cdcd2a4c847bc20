/// What providers say when they refuse, by the words they use. They reword their texts and put them behind any status, HTTP 200 included.
enum ProviderErrorText {
    /// The first row whose words are in the text (lower case) counts: a text about bursts also names the daily limit, and nearly every
    /// limit text offers a paid plan and mentions the key.
    private static let table: [(words: [String], kind: ProviderError.Kind)] = [
        (["no data is available on the specified", "setting different start/end dates"], .emptyRange),
        (["per second"], .rateLimited(retryAfter: 2)),
        (["per minute", "current minute", "next minute"], .rateLimited(retryAfter: 60)),
        (["hourly", "per hour"], .rateLimited(retryAfter: 3600)),
        (["per day", "daily", "for the day", "for this day", "per month", "for this month", "monthly", "dzienny limit"], .dailyQuota),
        (["rate limit", "too many requests", "limit reached", "api limit", "requests limit", "slow down"], .rateLimited(retryAfter: 60)),
        (["right back", "maintenance", "temporarily unavailable"], .maintenance),
        (["delisted and", "has been delisted", "no longer trad", "is delisted", "inactive symbol"], .delisted),
        (
            [
                "premium", "subscription", "not entitled", "your plan", "upgrade", "higher tier", "have access to this", "not_authorized",
                "available exclusively", "starting with pro", "starting with grow",
            ], .premium
        ),
        (
            [
                "invalid api key", "api key is invalid", "unknown api key", "apikey", "invalid token", "unauthorized", "forbidden",
                "demo** api key", "api key was not", "incorrect or not specified", "please use an api key", "authentication",
                "invalid crumb",
            ], .badKey
        ),
        (["no data", "brak danych", "no_data"], .unknownSymbol),
        (
            [
                "not found", "unknown symbol", "invalid symbol", "missing or invalid", "invalid api call", "symbol_not_found", "no such",
                "unsupported symbol",
            ], .unknownSymbol
        ),
    ]

    /// nil for words that mean none of them.
    static func kind(of text: String) -> ProviderError.Kind? {
        let text = text.lowercased()
        return table.first { $0.words.contains { text.contains($0) } }?.kind
    }

    /// What a body that is no JSON and no CSV is.
    static func kind(ofPage text: String) -> ProviderError.Kind {
        let lower = text.lowercased()
        let turnsAway = [
            "verifying your browser", "proof of work", "captcha", "consent", "enable javascript", "access denied", "cloudflare",
        ]
        if turnsAway.contains(where: { lower.contains($0) }) { return .blocked }
        return kind(of: lower) ?? .notJSON
    }
}

extension ProviderError {
    /// A refusal by its words, else by its status, else as `fallback`. A `Retry-After` header gives the pause. `key` is redacted.
    static func of(
        _ text: String, status: Int, headers: [(name: String, value: String)], key: String?, fallback: Kind = .malformed
    ) -> ProviderError {
        let text = Redaction.redact(text, key: key)
        let byStatus = ofStatus(status, text, headers: headers)
        if case .rateLimited(let after?)? = byStatus?.kind { return ProviderError(.rateLimited(retryAfter: after), text) }
        if let kind = ProviderErrorText.kind(of: text) {
            // What the words of a failing server or of a plain 401 say beside that counts less.
            if let byStatus, status >= 500 || status == 401 {
                return ProviderError(byStatus.kind, text, retryAfter: byStatus.retryAfter)
            }
            return ProviderError(kind, text)
        }
        return ProviderError(
            byStatus?.kind ?? (status == 404 ? .unknownSymbol : fallback), text, retryAfter: byStatus?.retryAfter)
    }
}
