/// The prices and the volume of one session of one instrument, as traded: not adjusted for splits or dividends.
package struct Bar: Hashable, Sendable {
    package let session: SessionDate
    package let open, high, low, close: Price
    /// In shares.
    package let volume: Double

    package init(session: SessionDate, open: Price, high: Price, low: Price, close: Price, volume: Double) {
        self.session = session
        self.open = open
        self.high = high
        self.low = low
        self.close = close
        self.volume = volume
    }

    /// The bar with its prices multiplied by a factor and its volume divided by `shares`; nil where one of the figures does not fit.
    package func scaled(by factor: PriceFactor, shares: Double) -> Bar? {
        let volume = volume / shares
        guard let open = open.scaled(by: factor), let high = high.scaled(by: factor), let low = low.scaled(by: factor),
            let close = close.scaled(by: factor), volume.isFinite
        else { return nil }
        return Bar(session: session, open: open, high: high, low: low, close: close, volume: volume)
    }
}

/// How a price is adjusted for corporate actions.
package enum PriceBasis: String, Hashable, Sendable, Codable {
    /// The price as it was traded on the day.
    case asTraded = "as-traded"
    /// Adjusted for later splits.
    case splitAdjusted = "split-adjusted"
    /// Adjusted for later splits and dividends.
    case totalReturn = "total-return"
    /// Adjusted by the provider, then converted to as-traded by the actions known at the time of the request.
    case unadjusted
}
