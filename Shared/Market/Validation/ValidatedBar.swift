/// A bar after validation, with its repairs, and whether it is quarantined.
package struct ValidatedBar: Hashable, Sendable {
    /// The bar with its repairs.
    package let bar: Bar
    /// Whether the bar is excluded from every series until the bars around it change and give another result.
    package var isQuarantined: Bool
    /// Whether an operator accepted the bar in spite of the rules.
    package var isReleased = false
    /// New shares per old share since the previous bar, by a split that the price level shows but no provider reported; nil without one.
    package var split: Double?
    package let basis: PriceBasis
    /// The time of the provider's prices; nil means the time of the provider's response.
    package var pricedAt: Instant?
    /// The next session, if only its bar kept this bar from being quarantined; nil otherwise.
    package var confirmedBy: SessionDate?

    package init(_ bar: Bar, isQuarantined: Bool = false, split: Double? = nil, basis: PriceBasis = .asTraded, pricedAt: Instant? = nil) {
        self.bar = bar
        self.isQuarantined = isQuarantined
        self.split = split
        self.basis = basis
        self.pricedAt = pricedAt
    }

    /// Whether bar, state, split and basis are equal; `pricedAt` and `confirmedBy` do not count.
    package func hasSameContent(as other: ValidatedBar) -> Bool {
        (bar, isQuarantined, isReleased, split, basis)
            == (other.bar, other.isQuarantined, other.isReleased, other.split, other.basis)
    }

    /// The bar after its violations: quarantined if one of them quarantines, or else with all repairs.
    func applying(_ violations: [RuleViolation]) -> ValidatedBar {
        var result = repaired(violations)
        result.isReleased = isReleased
        return result
    }

    private func repaired(_ violations: [RuleViolation]) -> ValidatedBar {
        if violations.contains(where: { $0.disposition == .quarantined }) {
            return ValidatedBar(bar, isQuarantined: true, basis: basis, pricedAt: pricedAt)
        }
        var row = RawBar(bar)
        var split: Double?
        var isChanged = false
        for case .repaired(let repairs) in violations.map(\.disposition) {
            for repair in repairs {
                row = repair.applied(to: row)
                if repair.field == .split { split = repair.after } else { isChanged = true }
            }
        }
        guard isChanged else { return ValidatedBar(bar, split: split, basis: basis, pricedAt: pricedAt) }
        let price = { (value: Double?) in value.flatMap { Price($0) } }
        guard let open = price(row.open), let high = price(row.high), let low = price(row.low), let close = price(row.close) else {
            return ValidatedBar(bar, isQuarantined: true, basis: basis, pricedAt: pricedAt)
        }
        let repaired = Bar(session: bar.session, open: open, high: high, low: low, close: close, volume: bar.volume)
        return ValidatedBar(repaired, split: split, basis: basis, pricedAt: pricedAt)
    }
}
