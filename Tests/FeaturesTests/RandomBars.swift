import Foundation
import Market

/// Bars of an invented symbol: a seeded random walk with gaps, dividends and some volume, prices exact in binary.
struct RandomBars {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(UInt64(1) << 53)
    }

    private mutating func normal() -> Double { (-2 * log(uniform() + 1e-300)).squareRoot() * cos(2 * .pi * uniform()) }

    mutating func make(_ count: Int, from start: SessionDate = SessionDate(year: 2000, month: 1, day: 3)) -> [Observation] {
        var close = 64.0
        return (0..<count).map { index in
            let open = RandomBars.coarse(close * exp(0.005 * normal()))
            let dividend = index % 63 == 62 ? RandomBars.coarse(close * 0.004) : 0
            close = RandomBars.coarse(open * exp(0.015 * normal()))
            let high = RandomBars.coarse(max(open, close) * (1 + 0.006 * uniform()))
            let low = RandomBars.coarse(min(open, close) * (1 - 0.006 * uniform()))
            let volume = index % 97 == 50 ? 0 : (1e6 * exp(0.4 * normal())).rounded()
            return Observation(
                session: start.advanced(by: index), open: open, high: max(high, open, close), low: min(low, open, close), close: close,
                volume: volume, dividend: dividend)
        }
    }

    private static func coarse(_ price: Double) -> Double { max((price * 4096).rounded(), 1) / 4096 }
}

extension Observation {
    func with(
        prices: Double = 1, volume factor: Double = 1, split: Double? = nil, dividend: Double? = nil
    ) -> Observation {
        Observation(
            session: session, open: open * prices, high: high * prices, low: low * prices, close: close * prices,
            volume: volume * factor, split: split ?? self.split, dividend: (dividend ?? self.dividend) * prices)
    }
}
