/// A split or a dividend of one instrument.
package struct CorporateAction: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// `numerator` new shares for `denominator` old ones, in force at the open of the ex-date.
        case split(numerator: Double, denominator: Double)
        /// Cash per share held before the ex-date, as traded: a later split does not change it.
        case dividend(Price)
    }

    /// The event behind the action, if the provider reports it. Adjustment depends on `kind` alone.
    package enum Nature: String, Hashable, Sendable, Codable {
        case ordinary
        /// A dividend outside the regular schedule.
        case special
        /// Holders received shares of another company; recorded as a dividend of their value, or as a split by the ratio of the price drop.
        case spinOff = "spin-off"
        /// A dividend paid in shares of the same company; recorded as a split.
        case stockDividend = "stock-dividend"
        case capitalGain = "capital-gain"
        /// Inferred from the price level: no provider reported it.
        case inferred
    }

    /// The first session that trades without the right to the shares or the cash.
    package let exDate: SessionDate
    package let kind: Kind
    package let nature: Nature

    package var isSplit: Bool {
        if case .split = kind { true } else { false }
    }

    package init(exDate: SessionDate, kind: Kind, nature: Nature = .ordinary) {
        self.exDate = exDate
        self.kind = kind
        self.nature = nature
    }
}
