import Formats
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

/// The largest response of a kind that is read. A larger one is refused by name: it is no response of that kind.
///
/// The limits bound the memory of parsing, which stays below three times `bytes` whatever a response holds.
package struct ResponseLimit: Hashable, Sendable {
    /// The body after decompression.
    package let bytes: Int
    /// The rows of a table, the elements of each list and the members of each object.
    package let rows: Int

    /// Bars: the largest page of a provider has 50,000 rows and six megabytes; sixty years of sessions are 15,000 rows.
    package static let bars = ResponseLimit(bytes: 16 << 20, rows: 60_000)
    /// Corporate actions: the largest page of a provider has 1,000 rows and half a megabyte.
    package static let actions = ResponseLimit(bytes: 4 << 20, rows: 10_000)
    /// A quote of one symbol.
    package static let quote = ResponseLimit(bytes: 256 << 10, rows: 1000)

    /// The most bytes of one text or cell: stamps, names and messages are shorter.
    static let textBytes = Int(UInt16.max)

    /// - Throws: `malformed` for a body of more than `bytes`.
    func check(_ body: [UInt8]) throws(ProviderError) {
        guard body.count <= bytes else {
            throw ProviderError(.malformed, "\(body.count) bytes, where a response of this kind has at most \(bytes)")
        }
    }

    var tooManyRows: ProviderError { ProviderError(.malformed, "more than \(rows) rows, which no response of this kind has") }

    static var tooLongText: ProviderError { ProviderError(.malformed, "a text of more than \(textBytes) bytes") }
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
