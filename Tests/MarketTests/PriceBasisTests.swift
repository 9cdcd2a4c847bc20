import Market
import Testing

@Suite struct PriceBases {
    private let actions = [
        CorporateAction(exDate: SessionDate(year: 2014, month: 6, day: 4), kind: .dividend(Price(3)), nature: .special),
        CorporateAction(exDate: SessionDate(year: 2014, month: 6, day: 5), kind: .split(numerator: 7, denominator: 1)),
    ]
    private let traded = [(2, 700.0, 100.0), (3, 707, 120), (4, 707, 90), (5, 101.5, 800), (6, 102, 700)].map { day, close, volume in
        Bar(
            session: SessionDate(year: 2014, month: 6, day: day), open: Price(close), high: Price(close), low: Price(close),
            close: Price(close), volume: volume)
    }

    private func adjusted(_ cash: Double) -> [Bar] {
        traded.map { bar in
            let shares = bar.session.dayOfMonth < 5 ? 7.0 : 1
            let price = Price(bar.close.double / shares * (bar.session.dayOfMonth < 4 ? cash : 1))
            return Bar(session: bar.session, open: price, high: price, low: price, close: price, volume: bar.volume * shares)
        }
    }

    @Test func splitAdjustedAndTotalReturnPricesComeBackAsTraded() {
        let factor = 1 - 3 / 707.0
        for (basis, bars) in [(PriceBasis.splitAdjusted, adjusted(1)), (.totalReturn, adjusted(factor))] {
            let back = Adjustment.asTraded(bars, basis: basis, actions: actions)
            for (own, bar) in zip(back, traded) {
                #expect(abs(own.close.double - bar.close.double) < 1e-4, "\(basis) \(bar.session)")
                #expect(abs(own.volume - bar.volume) < 1e-9)
            }
        }
        #expect(Adjustment.asTraded(traded, basis: .asTraded, actions: actions) == traded)
    }

    @Test func factorsAreThoseOfTheActionsKnownThen() {
        let unaware = Adjustment.factors(bars: traded, actions: [])
        #expect(unaware.allSatisfy { $0.split == 1 && $0.total == 1 })
        let factors = Adjustment.factors(bars: traded, actions: actions)
        let expected: [Double] = [1.0 / 7, 1.0 / 7, 1.0 / 7, 1, 1]
        #expect(factors.map(\.split) == expected)
        #expect(abs(factors[1].total - (1 - 3 / 707.0) / 7) < 1e-15)
        #expect(factors[2].total == 1.0 / 7)
    }
}
