/// Recomputes bars of basis `unadjusted` from the stored bars when the known corporate actions change.
///
/// This is needed when a split or dividend becomes known after the provider had already adjusted its prices for the action.
package struct Restatement {
    /// A stored bar with the time of the provider's prices from which the bar was computed.
    package struct PricedBar: Sendable {
        package let bar: Bar
        package let pricedAt: Instant

        package init(_ bar: Bar, pricedAt: Instant) {
            self.bar = bar
            self.pricedAt = pricedAt
        }
    }

    private let withDividends: Bool
    private let old, new: [SessionDate: Terms]
    private let exDates: [SessionDate]
    /// Whether prices of an instant are adjusted for an ex-date.
    private let isReflected: (SessionDate, Instant) -> Bool

    /// `basis` is the provider's. `isReflected` says whether prices of an instant are already adjusted for an ex-date.
    package init(
        _ basis: PriceBasis, from old: [CorporateAction], to new: [CorporateAction], isReflected: @escaping (SessionDate, Instant) -> Bool
    ) {
        withDividends = basis == .totalReturn
        self.old = Terms.byExDate(old)
        self.new = Terms.byExDate(new)
        exDates = Set(self.old.keys).union(self.new.keys).sorted(by: >)
        self.isReflected = isReflected
    }

    /// The bars that change, in session order. `bars` are all bars of one source, in session order.
    ///
    /// Bars whose new figures do not fit are `refused`, with their old figures.
    package func restated(_ bars: [PricedBar]) -> (bars: [PricedBar], refused: [PricedBar]) {
        var result: (bars: [PricedBar], refused: [PricedBar]) = ([], [])
        var changes: [Change] = []
        var next = 0
        for priced in bars.reversed() {
            while next < exDates.count, exDates[next] > priced.bar.session {
                if let change = change(at: exDates[next], after: priced, changes) { changes.append(change) }
                next += 1
            }
            var (price, shares) = (PriceFactor(), 1.0)
            for change in changes where isReflected(change.exDate, priced.pricedAt) {
                price *= change.price
                shares *= change.shares
            }
            guard abs(price.value - 1) > 1e-12 || abs(shares - 1) > 1e-12 else { continue }
            if let bar = priced.bar.scaled(by: price, shares: shares) {
                result.bars.append(PricedBar(bar, pricedAt: priced.pricedAt))
            } else {
                result.refused.append(priced)
            }
        }
        return (result.bars.reversed(), result.refused.reversed())
    }

    /// The change of the bars before an ex-date; nil if they stay the same.
    ///
    /// `base` is the last bar before the ex-date. Its close, before and after the change, is the `close` in a dividend's factor
    /// `1 − dividend / close`.
    private func change(at exDate: SessionDate, after base: PricedBar, _ changes: [Change]) -> Change? {
        let (old, new) = (old[exDate] ?? Terms(), new[exDate] ?? Terms())
        let close = base.bar.close.double
        let later = changes.reduce(1) { $0 * (isReflected($1.exDate, base.pricedAt) ? $1.price.value : 1) }
        let before = old.factor(withDividends, close: close)
        let isBehind = isReflected(exDate, base.pricedAt)
        let cash = withDividends ? new.cash : 0
        let becomes = isBehind ? close * later / before * new.shares + cash : close * later
        let after = new.factor(withDividends, close: becomes)
        guard before.isFinite, after.isFinite, before > 0, after > 0 else { return nil }
        let (price, shares) = (PriceFactor(after, over: before), new.shares / old.shares)
        guard abs(price.value - 1) > 1e-12 || abs(shares - 1) > 1e-12 else { return nil }
        return Change(exDate: exDate, price: price, shares: shares)
    }

    private struct Change {
        let exDate: SessionDate
        let price: PriceFactor
        let shares: Double
    }

    /// The actions of one ex-date combined: new shares for one old share, and cash for one old share.
    private struct Terms {
        var shares = 1.0
        var cash = 0.0

        static func byExDate(_ actions: [CorporateAction]) -> [SessionDate: Terms] {
            actions.reduce(into: [:]) { terms, action in
                switch action.kind {
                case .split(let new, let old): terms[action.exDate, default: Terms()].shares *= new / old
                case .dividend(let amount): terms[action.exDate, default: Terms()].cash += amount.double
                }
            }
        }

        /// As-traded price over adjusted price, for the bars before the ex-date.
        func factor(_ withDividends: Bool, close: Double) -> Double { withDividends ? shares / (1 - cash / close) : shares }
    }
}
