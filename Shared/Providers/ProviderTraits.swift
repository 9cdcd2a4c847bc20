package import Market

/// What a provider means by what it sends, in one place to read and to compare.
package struct ProviderTraits: Sendable {
    package enum Order: Sendable { case oldestFirst, newestFirst }

    /// What dates a daily bar.
    package enum Stamp: Sendable { case exchangeDate, sessionOpen, midnightInNewYork, midnightUTC }

    package enum KeyPlace: Sendable {
        case none
        case query(String)
        case header(String)
    }

    /// The daily close as it arrives.
    package let close: PriceBasis
    package let order: Order
    package let stamp: Stamp
    package let key: KeyPlace
    /// The kinds of answers that name the splits and dividends of a provider whose bars come without.
    package var actionKinds: [String] = []
    /// What the free plan was said to allow in 2026: a start for the configuration, which decides.
    package let suggested: ProviderLimits
}

/// How often a provider may be asked.
package struct ProviderLimits: Hashable, Sendable {
    /// nil is no limit.
    package var perSecond, perMinute, perHour, perDay: Int?
    /// Requests under way at once.
    package var concurrency: Int

    package init(perSecond: Int? = nil, perMinute: Int? = nil, perHour: Int? = nil, perDay: Int? = nil, concurrency: Int = 1) {
        self.perSecond = perSecond
        self.perMinute = perMinute
        self.perHour = perHour
        self.perDay = perDay
        self.concurrency = max(1, concurrency)
    }

    /// Reads `5/minute,500/day,2` (the bare number is the concurrency); nil for any other text, with zero or negative numbers too.
    package init?(_ text: some StringProtocol) {
        self.init()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = part.split(separator: "/", omittingEmptySubsequences: false)
            guard let number = Int(sides[0]), number > 0, sides.count <= 2 else { return nil }
            switch sides.count == 2 ? sides[1] : "" {
            case "": concurrency = number
            case "second": perSecond = number
            case "minute": perMinute = number
            case "hour": perHour = number
            case "day": perDay = number
            default: return nil
            }
        }
    }
}
