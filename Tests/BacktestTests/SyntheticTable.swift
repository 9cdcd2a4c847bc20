import Backtest
import Foundation
import Market

/// Tables of random bars, and ways to spoil them.
enum SyntheticTable {
    static let start = SessionDate(year: 2012, month: 1, day: 2)

    static func table(symbols: Int, sessions: Int, change: (Int, Int, Observation) -> Observation? = { _, _, bar in bar }) -> PriceTable {
        PriceTable(
            series: (0..<symbols).map { symbol in
                var state = UInt64(symbol + 1) &* 0x9E37_79B9_7F4A_7C15
                func uniform() -> Double {
                    state ^= state << 13
                    state ^= state >> 7
                    state ^= state << 17
                    return Double(state >> 11) * 0x1p-53
                }
                var close = 50.0
                let bars = (0..<sessions).compactMap { day -> Observation? in
                    let open = close * exp(0.004 * (uniform() - 0.5))
                    close = open * exp(0.04 * (uniform() + uniform() - 1))
                    let bar = Observation(
                        session: start.advanced(by: day), open: open, high: max(open, close) * (1 + 0.005 * uniform()),
                        low: min(open, close) * (1 - 0.005 * uniform()), close: close, volume: 1e6 * (0.5 + uniform()))
                    return change(symbol, day, bar)
                }
                return PriceTable.Series(symbol: "S\(symbol)", observations: bars)
            })
    }

    static func scaled(_ bar: Observation, _ factor: Double, volume: Double? = nil) -> Observation {
        Observation(
            session: bar.session, open: bar.open * factor, high: bar.high * factor, low: bar.low * factor, close: bar.close * factor,
            volume: volume ?? bar.volume)
    }
}
