import Formats
import Market

/// Synthetic bars for benchmarks: seeded random walks with gaps, dividends and volume.
struct BenchmarkBars {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / 9_007_199_254_740_992
    }

    /// An approximately normal random number: the sum of twelve uniform ones less six.
    private mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }

    mutating func bars(_ sessions: Int) -> [Observation] {
        var close = 50.0
        return (0..<sessions).map { index in
            let open = close * (1 + 0.005 * normal())
            let dividend = index % 63 == 62 ? close * 0.004 : 0
            close = max(open * (1 + 0.015 * normal()), 1)
            return Observation(
                session: SessionDate(day: Int32(truncatingIfNeeded: index)), open: open, high: max(open, close) * (1 + 0.01 * uniform()),
                low: min(open, close) * (1 - 0.01 * uniform()), close: close, volume: (1e6 * (1 + uniform() * uniform() * 5)).rounded(),
                dividend: dividend)
        }
    }
}
