import Market
import Testing

@Suite struct PriceBasisTests {
    private let actions = [
        CorporateAction(exDate: SessionDate(year: 2014, month: 6, day: 4), kind: .dividend(Price(3)!), nature: .special),
        CorporateAction(exDate: SessionDate(year: 2014, month: 6, day: 5), kind: .split(numerator: 7, denominator: 1)),
    ]
    private let traded = [(2, 700.0, 100.0), (3, 707, 120), (4, 707, 90), (5, 101.5, 800), (6, 102, 700)].map { day, close, volume in
        Bar(
            session: SessionDate(year: 2014, month: 6, day: day), open: Price(close)!, high: Price(close)!, low: Price(close)!,
            close: Price(close)!, volume: volume)
    }

    private func adjusted(_ cash: Double) -> [Bar] {
        traded.map { bar in
            let shares = bar.session.dayOfMonth < 5 ? 7.0 : 1
            let price = bar.close.scaled(by: PriceFactor(bar.session.dayOfMonth < 4 ? cash : 1, over: shares))!
            return Bar(session: bar.session, open: price, high: price, low: price, close: price, volume: bar.volume * shares)
        }
    }

    @Test func `Split-adjusted and total-return prices convert back to as-traded prices`() {
        let factor = 1 - 3 / 707.0
        for (basis, bars) in [(PriceBasis.splitAdjusted, adjusted(1)), (.totalReturn, adjusted(factor))] {
            let back = Adjustment.unadjusted(bars, basis: basis, actions: actions).bars
            for (own, bar) in zip(back, traded) {
                #expect(own.close == bar.close, "\(basis) \(bar.session)")
                #expect(abs(own.volume - bar.volume) < 1e-9)
            }
        }
        #expect(Adjustment.unadjusted(traded, basis: .asTraded, actions: actions).bars == traded)
    }

    @Test func `Adjustment factors follow the given actions`() {
        let unaware = Adjustment.factors(bars: traded, actions: [])
        #expect(unaware.allSatisfy { $0.split.value == 1 && $0.total.value == 1 })
        let factors = Adjustment.factors(bars: traded, actions: actions)
        let expected: [Double] = [1.0 / 7, 1.0 / 7, 1.0 / 7, 1, 1]
        #expect(factors.map(\.split.value) == expected)
        #expect(abs(factors[1].total.value - (1 - 3 / 707.0) / 7) < 1e-15)
        #expect(factors[2].total.value == 1.0 / 7)
    }
}

/// Bars that were converted to as traded with fewer actions than their prices reflected.
@Suite struct RestatementTests {
    private let sessions = TradingCalendar.of(mic: "XNAS")!.sessions(
        from: SessionDate(year: 2012, month: 1, day: 3), through: SessionDate(year: 2012, month: 3, day: 1))

    private func bars() -> [Bar] {
        sessions.indices.map { index in
            let price = { (offset: Double) in Price(40 + Double(index % 5) + offset)! }
            return Bar(session: sessions[index], open: price(0), high: price(1), low: price(-1), close: price(0.5), volume: 1000)
        }
    }

    private var actions: [CorporateAction] {
        [
            CorporateAction(exDate: sessions[10], kind: .dividend(Price(0.5)!)),
            CorporateAction(exDate: sessions[20], kind: .split(numerator: 3, denominator: 1)),
            CorporateAction(exDate: sessions[30], kind: .dividend(Price(0.2)!)),
        ]
    }

    /// Restating gives the bars that all actions together give, whatever was known before.
    @Test(arguments: [PriceBasis.splitAdjusted, .totalReturn], [[], [0], [1], [2], [0, 1], [0, 2]])
    func `Restating by late actions gives the same bars as knowing them at once`(_ basis: PriceBasis, _ known: [Int]) {
        let adjusted = bars()
        let (last, late) = (Instant.utcMidnight(sessions[sessions.count - 1]), actions)
        let before = Adjustment.unadjusted(adjusted, basis: basis, actions: known.map { late[$0] }).bars
        let restatement = Restatement(basis, from: known.map { late[$0] }, to: late) { exDate, _ in exDate <= sessions[sessions.count - 1] }
        let changed = Dictionary(
            uniqueKeysWithValues: restatement.restated(before.map { Restatement.PricedBar($0, pricedAt: last) }).bars.map {
                ($0.bar.session, $0.bar)
            })
        let whole = Adjustment.unadjusted(adjusted, basis: basis, actions: late).bars
        for (index, expected) in whole.enumerated() {
            let bar = changed[expected.session] ?? before[index]
            #expect(abs(bar.close.double / expected.close.double - 1) < (basis == .totalReturn ? 1e-12 : 1e-14), "\(expected.session)")
            #expect(abs(bar.volume / expected.volume - 1) < 1e-12)
        }
        // And back again.
        let after = whole.map { Restatement.PricedBar($0, pricedAt: last) }
        let undone = Restatement(basis, from: late, to: known.map { late[$0] }) { _, _ in true }.restated(after).bars
        for priced in undone {
            let index = sessions.firstIndex(of: priced.bar.session)!
            #expect(abs(priced.bar.close.double / before[index].close.double - 1) < 1e-12)
        }
    }

    @Test func `Prices from before the ex-date are not restated`() {
        let split = CorporateAction(exDate: sessions[20], kind: .split(numerator: 3, denominator: 1))
        let restatement = Restatement(.splitAdjusted, from: [], to: [split]) { exDate, priced in Instant.utcMidnight(exDate) <= priced }
        let early = bars().map { Restatement.PricedBar($0, pricedAt: .utcMidnight(sessions[15])) }
        #expect(restatement.restated(early).bars.isEmpty)
        let later = bars().map { Restatement.PricedBar($0, pricedAt: .utcMidnight(sessions[25])) }
        #expect(restatement.restated(later).bars.map(\.bar.session) == Array(sessions[..<20]))
    }
}
