import Market
import Testing

@Suite struct AdjustmentTests {
    private func bar(_ day: Int, _ close: Double) -> Bar {
        Bar(
            session: SessionDate(year: 2014, month: 6, day: day), open: Price(close)!, high: Price(close)!, low: Price(close)!,
            close: Price(close)!, volume: 100)
    }

    private func date(_ day: Int) -> SessionDate { SessionDate(year: 2014, month: 6, day: day) }

    @Test func `A split and a dividend belong to the observation of their session`() {
        let rows = Adjustment.observations(
            bars: [bar(5, 647), bar(6, 645), bar(9, 93)],
            actions: [
                CorporateAction(exDate: date(9), kind: .split(numerator: 7, denominator: 1)),
                CorporateAction(exDate: date(6), kind: .dividend(Price(3.29)!)),
            ])
        #expect(rows.map(\.split) == [1, 1, 7])
        #expect(rows.map(\.dividend) == [0, 3.29, 0])
    }

    @Test func `Actions on a day without a bar apply to the next bar and compound`() {
        let rows = Adjustment.observations(
            bars: [bar(2, 100), bar(6, 26)],
            actions: [
                CorporateAction(exDate: date(3), kind: .split(numerator: 2, denominator: 1)),
                CorporateAction(exDate: date(4), kind: .dividend(Price(1)!)),
                CorporateAction(exDate: date(5), kind: .split(numerator: 2, denominator: 1)),
            ])
        #expect(rows[1].split == 4)
        #expect(rows[1].dividend == 2)
    }

    @Test func `A later action changes no earlier observation`() {
        let bars = [bar(2, 100), bar(3, 101), bar(4, 51)]
        let before = Adjustment.observations(bars: Array(bars.prefix(2)), actions: [])
        let after = Adjustment.observations(
            bars: bars, actions: [CorporateAction(exDate: date(4), kind: .split(numerator: 2, denominator: 1))])
        #expect(Array(after.prefix(2)) == before)
    }

    @Test func `Actions up to the first bar have no effect, and of two bars of one session the later counts`() {
        let rows = Adjustment.observations(
            bars: [bar(3, 51), bar(2, 50), bar(3, 52)],
            actions: [CorporateAction(exDate: date(2), kind: .split(numerator: 2, denominator: 1))])
        #expect(rows.map(\.close) == [50, 52])
        #expect(rows.map(\.split) == [1, 1])
    }

    @Test func `The dividend inferred from an adjusted close gives the total return`() {
        let dividend = Adjustment.dividend(close: 52, adjusted: 26.5, previousClose: 50, previousAdjusted: 25)
        #expect(abs((52 + dividend) / 50 - 26.5 / 25) < 1e-15)
    }
}
