import Market

#if canImport(Glibc)
    import Glibc
#endif

/// Random-walk listings for load tests, `SYN00001` to `SYN99999` on the Nasdaq, seeded by their number.
package enum SyntheticSeries {
    private static let first = SessionDate(year: 2007, month: 1, day: 3)
    private static let last = SessionDate(year: 2013, month: 3, day: 1)

    /// The first `count` symbols, at most 99999.
    package static func symbols(_ count: Int) -> [String] {
        (1...count).map { number in "SYN" + String(repeating: "0", count: 5 - "\(number)".count) + "\(number)" }
    }

    /// The series of a synthetic symbol; nil for other symbols.
    static func named(_ symbol: String) -> SampleSeries? {
        guard symbol.hasPrefix("SYN"), symbol.utf8.count == 8, let number = UInt64(symbol.dropFirst(3)), number > 0,
            let calendar = TradingCalendar.of(mic: "XNAS")
        else { return nil }
        var random = number &* 0x9e37_79b9_7f4a_7c15
        func uniform() -> Double {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(random >> 11) / Double(UInt64(1) << 53)
        }
        let deviation = 0.008 + 0.02 * uniform()
        var close = 10 + 190 * uniform()
        let bars = calendar.sessions(from: first, through: last).compactMap { session -> Bar? in
            let open = close * (1 + deviation * (uniform() - 0.5))
            close = max(open * exp(deviation * 3.46 * (uniform() - 0.5)), 1)
            let reach = close * deviation * uniform()
            let volume = (2e5 + 2e6 * uniform()).rounded()
            guard let first = cents(open), let top = cents(max(open, close) + reach),
                let bottom = cents(max(min(open, close) - reach, 0.5)),
                let last = cents(close)
            else { return nil }
            return Bar(session: session, open: first, high: top, low: bottom, close: last, volume: volume)
        }
        let instrument = Instrument(id: "XNAS:\(symbol)", symbol: symbol, exchange: "XNAS", currency: "USD", name: "Synthetic \(number)")
        return SampleSeries(instrument: instrument, bars: bars, actions: [])
    }

    private static func cents(_ price: Double) -> Price? { Price((price * 100).rounded() / 100) }
}
