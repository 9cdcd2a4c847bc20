package import Market

/// The meaning of a provider's data: how prices are adjusted, how symbols are spelled, and how often it may be queried.
package struct ProviderTraits: Sendable {
    /// How the daily close is adjusted.
    package let close: PriceBasis
    /// The kinds of responses that list splits and dividends, requested beside bars that bring no actions of their own. Empty for a provider
    /// whose bars bring them, and for one that has none.
    package let actionKinds: [String]
    /// The limits of the free plan in 2026; the template's `ProviderOptions` overrides them.
    package let limits: ProviderLimits
    package let symbols: SymbolRules

    package init(
        close: PriceBasis, actionKinds: [String] = [],
        limits: ProviderLimits = ProviderLimits(), symbols: SymbolRules = SymbolRules()
    ) {
        self.close = close
        self.actionKinds = actionKinds
        self.limits = limits
        self.symbols = symbols
    }
}

/// The number of requests that a provider accepts, by all functions together.
package struct ProviderLimits: Hashable, Sendable {
    /// The number of requests per minute. nil: sixty times `perSecond`, or else a sixtieth of `perHour`, or else 60.
    package var perMinute: Int?
    /// Used when `perMinute` is nil, spread evenly over the minute (the hour).
    package var perSecond, perHour: Int?
    /// The number of requests per day; nil for no daily limit.
    package var perDay: Int?
    /// Requests at the same time.
    package var concurrency: Int

    package init(perSecond: Int? = nil, perMinute: Int? = nil, perHour: Int? = nil, perDay: Int? = nil, concurrency: Int = 1) {
        self.perSecond = perSecond
        self.perMinute = perMinute
        self.perHour = perHour
        self.perDay = perDay
        self.concurrency = max(1, concurrency)
    }
}
