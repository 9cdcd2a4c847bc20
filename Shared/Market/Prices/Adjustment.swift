/// Adjusts as-traded bars for corporate actions, and converts adjusted bars back.
///
/// Observations are adjusted forward in time: a later action never changes an earlier observation.
package enum Adjustment {
    /// The observations of as-traded bars, in session order.
    ///
    /// An action whose ex-date has no bar (a halt, a gap) applies to the next bar; several actions between two bars compound. Of two bars of
    /// one session the later in `bars` counts. Actions up to the first bar have no effect.
    package static func observations(bars: [Bar], actions: [CorporateAction]) -> [Observation] {
        let bars = inSessionOrder(bars)
        let actions = actions.enumerated().sorted { ($0.element.exDate, $0.offset) < ($1.element.exDate, $1.offset) }.map(\.element)
        guard let first = bars.first else { return [] }
        var next = actions.firstIndex { $0.exDate > first.session } ?? actions.endIndex
        return bars.map { bar in
            var split = 1.0
            var dividend = 0.0
            while next < actions.endIndex, actions[next].exDate <= bar.session {
                let date = actions[next].exDate
                let before = split
                while next < actions.endIndex, actions[next].exDate == date {
                    switch actions[next].kind {
                    case .split(let numerator, let denominator): split *= numerator / denominator
                    case .dividend(let amount): dividend += amount.double * before
                    }
                    next += 1
                }
            }
            return Observation(
                session: bar.session, open: bar.open.double, high: bar.high.double, low: bar.low.double, close: bar.close.double,
                volume: bar.volume, split: split, dividend: dividend)
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
        package let split: Double
        /// Adjusts for splits and dividends (total return).
        package let total: Double
    }

    /// The adjustment factors of as-traded bars, in session order, for the given actions. They are never stored.
    ///
    /// A dividend's factor is `1 − dividend / close`, with the last close before its ex-date.
    package static func factors(bars: [Bar], actions: [CorporateAction]) -> [Factor] {
        var (split, total) = (1.0, 1.0)
        var factors: [Factor] = []
        let observations = observations(bars: bars, actions: actions)
        for (index, observation) in observations.enumerated().reversed() {
            factors.append(Factor(session: observation.session, split: split, total: total))
            guard index > 0 else { break }
            split /= observation.split
            total *= max(0, 1 - observation.dividend / observations[index - 1].close) / observation.split
        }
        return factors.reversed()
    }

    /// Converts bars that a provider adjusted to as-traded bars. `bars` are in session order.
    ///
    /// A dividend's factor is `1 − dividend / close`, with the as-traded close before its ex-date. Bars of basis `asTraded` and `unadjusted`
    /// are returned as they are.
    package static func unadjusted(_ bars: [Bar], basis: PriceBasis, actions: [CorporateAction]) -> [Bar] {
        guard basis == .splitAdjusted || basis == .totalReturn else { return bars }
        let actions = actions.sorted { $0.exDate > $1.exDate }
        var next = 0
        var (shares, cash) = (1.0, 1.0)
        var result: [Bar] = []
        result.reserveCapacity(bars.count)
        for bar in bars.reversed() {
            var (split, dividend) = (1.0, 0.0)
            while next < actions.count, actions[next].exDate > bar.session {
                switch actions[next].kind {
                case .split(let numerator, let denominator): split *= numerator / denominator
                case .dividend(let amount): dividend += amount.double
                }
                next += 1
            }
            shares *= split
            if basis == .totalReturn, dividend > 0 {
                // close = adjusted · shares / (cash · (1 − dividend / close)), solved for the as-traded close before the ex-date.
                let close = bar.close.double * shares / cash + dividend
                cash *= 1 - dividend / close
            }
            let factor = shares / (basis == .totalReturn ? cash : 1)
            let price = { (price: Price) in Price(price.double * factor) }
            result.append(
                Bar(
                    session: bar.session, open: price(bar.open), high: price(bar.high), low: price(bar.low), close: price(bar.close),
                    volume: bar.volume / shares))
        }
        return result.reversed()
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
