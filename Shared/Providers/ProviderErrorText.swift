/// Classifies the error messages of providers by the phrases in them. Providers reword them and send them with any status, HTTP 200 included.
enum ProviderErrorText {
    /// Phrases in lower case by kind of error; the first row with a phrase in the message decides.
    ///
    /// The order matters: messages about bursts also name the daily limit, and most messages about limits mention a paid plan and the key.
    private static let table: [(phrases: [String], kind: ProviderError.Kind)] = [
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

    /// The kind of error that a message means; nil for other text.
    static func kind(of text: String) -> ProviderError.Kind? {
        let text = text.lowercased()
        return table.first { $0.phrases.contains { text.contains($0) } }?.kind
    }

    /// The kind of error of a page: a body that is neither JSON nor CSV.
    static func kind(ofPage text: String) -> ProviderError.Kind {
        let lower = text.lowercased()
        let blocking = [
            "verifying your browser", "proof of work", "captcha", "consent", "enable javascript", "access denied", "cloudflare",
        ]
        if blocking.contains(where: { lower.contains($0) }) { return .blocked }
        return kind(of: lower) ?? .unexpectedPage
    }
}
