import Market

/// The sessions at which a backtest makes forecasts: the origins' sessions, and before them every fifth session of the warm-up with all
/// symbols.
struct BacktestSchedule {
    struct Stop {
        let session: SessionDate
        let symbols: [String]
        /// Sessions since the previous stop.
        let elapsed: Int
        let isWarmUp: Bool
        /// Sessions from this stop until the next, for the daily rank correlation.
        let days: ArraySlice<SessionDate>
    }

    let stops: [Stop]
    /// The typical number of sessions between origins.
    let step: Int

    init(_ prices: PriceTable, _ origins: [Origin], warmUp: Int) {
        let bySession = Dictionary(grouping: origins, by: \.session)
        let all = Set(prices.sessions()).union(bySession.keys).sorted()
        let place = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
        let first = bySession.keys.min().flatMap { place[$0] } ?? 0
        let symbols = prices.series.map(\.symbol)
        let before = Swift.stride(from: max(0, first - warmUp), to: first, by: Origins.step).map { ($0, symbols, true) }
        let due = bySession.sorted { $0.key < $1.key }.map { (place[$0.key] ?? 0, $0.value.map(\.symbol), false) }
        let places = before + due
        stops = places.indices.map { i in
            let (index, symbols, isWarmUp) = places[i]
            let next = i + 1 < places.count ? places[i + 1].0 : index + 1
            return Stop(
                session: all[index], symbols: symbols, elapsed: i > 0 ? index - places[i - 1].0 : 0, isWarmUp: isWarmUp,
                days: all[index..<next])
        }
        let gaps = zip(due.dropFirst(), due).map { $0.0 - $1.0 }.sorted()
        step = gaps.isEmpty ? 1 : max(1, gaps[gaps.count / 2])
    }
}
