/// Adjusts as-traded bars for corporate actions, and converts adjusted bars back.
///
/// Observations are adjusted forward in time: a later action never changes an earlier observation.
package enum Adjustment {
    /// The observations of as-traded bars, in session order.
    ///
    /// An action whose ex-date has no bar (a halt, a gap) applies to the next bar; several actions between two bars compound. Of two bars of
    /// one session the later in `bars` counts. Actions up to the first bar have no effect.
    package static func observations(bars: [Bar], actions: [CorporateAction]) -> [Observation] {
        adjustments(of: bars, by: actions).map { bar, split, dividend in
            Observation(
                session: bar.session, open: bar.open.double, high: bar.high.double, low: bar.low.double, close: bar.close.double,
                volume: bar.volume, split: split.value, dividend: dividend)
        }
    }

    /// The bars in session order, each with the splits and dividends since the bar before.
    private static func adjustments(
        of bars: [Bar], by actions: [CorporateAction]
    ) -> [(bar: Bar, split: PriceFactor, dividend: Double)] {
        let bars = inSessionOrder(bars)
        let actions = actions.enumerated().sorted { ($0.element.exDate, $0.offset) < ($1.element.exDate, $1.offset) }.map(\.element)
        guard let first = bars.first else { return [] }
        var next = actions.firstIndex { $0.exDate > first.session } ?? actions.endIndex
        return bars.map { bar in
            var split = PriceFactor()
            var dividend = 0.0
            while next < actions.endIndex, actions[next].exDate <= bar.session {
                let date = actions[next].exDate
                let before = split.value
                while next < actions.endIndex, actions[next].exDate == date {
                    switch actions[next].kind {
                    case .split(let numerator, let denominator): split *= PriceFactor(numerator, over: denominator)
                    case .dividend(let amount): dividend += amount.double * before
                    }
                    next += 1
                }
            }
            return (bar, split, dividend)
        }
    }

    /// The dividend per share that explains the return of an adjusted close: `close[-1] · adjusted / adjusted[-1] − close`.
    ///
    /// For tables with an adjusted close and without actions. A split in such a table becomes a dividend in kind.
    package static func dividend(close: Double, adjusted: Double, previousClose: Double, previousAdjusted: Double) -> Double {
        previousClose * adjusted / previousAdjusted - close
    }

    /// The factors by which a bar's prices are multiplied to be comparable with the last bar's.
    package struct Factor: Hashable, Sendable {
        package let session: SessionDate
        /// Adjusts for splits.
        package let split: PriceFactor
        /// Adjusts for splits and dividends (total return); 0 where a later dividend is not below the close before it.
        package let total: PriceFactor
    }

    /// The adjustment factors of as-traded bars, in session order, for the given actions. They are never stored.
    ///
    /// A dividend's factor is `1 − dividend / close`, with the last close before its ex-date.
    package static func factors(bars: [Bar], actions: [CorporateAction]) -> [Factor] {
        var (split, total) = (PriceFactor(), PriceFactor())
        var factors: [Factor] = []
        let adjustments = adjustments(of: bars, by: actions)
        for (index, adjustment) in adjustments.enumerated().reversed() {
            factors.append(Factor(session: adjustment.bar.session, split: split, total: total))
            guard index > 0 else { break }
            split *= adjustment.split.inverse
            total *= adjustment.split.inverse * PriceFactor(max(0, 1 - adjustment.dividend / adjustments[index - 1].bar.close.double))
        }
        return factors.reversed()
    }

    /// Converts bars that a provider adjusted to as-traded bars. `bars` are in session order.
    ///
    /// A dividend's factor is `1 − dividend / close`, with the as-traded close before its ex-date. Bars of basis `asTraded` and `unadjusted`
    /// are returned as they are. Adjusted bars whose as-traded figures do not fit are `refused`.
    package static func unadjusted(
        _ bars: [Bar], basis: PriceBasis, actions: [CorporateAction]
    ) -> (bars: [Bar], refused: [Bar]) {
        guard basis == .splitAdjusted || basis == .totalReturn else { return (bars, []) }
        let actions = actions.sorted { $0.exDate > $1.exDate }
        var next = 0
        var (shares, cash) = (PriceFactor(), 1.0)
        var result: (bars: [Bar], refused: [Bar]) = ([], [])
        result.bars.reserveCapacity(bars.count)
        for bar in bars.reversed() {
            var (split, dividend) = (PriceFactor(), 0.0)
            while next < actions.count, actions[next].exDate > bar.session {
                switch actions[next].kind {
                case .split(let numerator, let denominator): split *= PriceFactor(numerator, over: denominator)
                case .dividend(let amount): dividend += amount.double
                }
                next += 1
            }
            shares *= split
            if basis == .totalReturn, dividend > 0 {
                // close = adjusted · shares / (cash · (1 − dividend / close)), solved for the as-traded close before the ex-date.
                let close = bar.close.double * shares.value / cash + dividend
                cash *= 1 - dividend / close
            }
            let factor = basis == .totalReturn ? shares * PriceFactor(over: cash) : shares
            if let bar = bar.scaled(by: factor, shares: shares.value) { result.bars.append(bar) } else { result.refused.append(bar) }
        }
        return (result.bars.reversed(), result.refused.reversed())
    }

    private static func inSessionOrder(_ bars: [Bar]) -> [Bar] {
        var latest: [Bar] = []
        latest.reserveCapacity(bars.count)
        for bar in bars.enumerated().sorted(by: { ($0.element.session, $0.offset) < ($1.element.session, $1.offset) }).map(\.element) {
            if latest.last?.session == bar.session { latest.removeLast() }
            latest.append(bar)
        }
        return latest
    }
}
