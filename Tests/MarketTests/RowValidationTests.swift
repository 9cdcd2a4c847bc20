import Market
import Testing

@Suite struct RowValidationTests {
    private let session = SessionDate(year: 2012, month: 1, day: 4)

    private func rules(_ row: RawBar, seen: Set<SessionDate> = []) -> [String] {
        RowValidation.violations(of: row, calendar: TradingCalendar.of(mic: "XNAS"), seen: seen).map(\.rule)
    }

    @Test func `A good row has no violation`() {
        #expect(rules(.init(session: session, open: 10, high: 11, low: 9, close: 10.5, volume: 0)) == [])
    }

    @Test func `Float noise does not break the price order`() {
        #expect(rules(.init(session: session, open: 10, high: 10.499_999_5, low: 9, close: 10.5, volume: 1)) == [])
    }

    @Test func `Each broken rule is named`() {
        #expect(rules(.init(session: session, open: nil, high: 11, low: 9, close: nil, volume: 5)) == [ValidationRuleName.nullField])
        #expect(rules(.init(session: session, open: 10, high: 10, low: 9, close: 10.5, volume: 5)) == [ValidationRuleName.priceOrder])
        #expect(rules(.init(session: session, open: 8, high: 10, low: 9, close: 9.5, volume: 5)) == [ValidationRuleName.priceOrder])
        #expect(rules(.init(session: session, open: 0, high: 10, low: 0, close: 9.5, volume: 5)) == [ValidationRuleName.nonPositivePrice])
        #expect(rules(.init(session: session, open: 10, high: 11, low: 9, close: 10, volume: -1)) == [ValidationRuleName.negativeVolume])
        #expect(rules(.init(session: session, open: 10, high: .infinity, low: 9, close: 10, volume: 1)) == [ValidationRuleName.notFinite])
        let sunday = SessionDate(year: 2012, month: 1, day: 8)
        #expect(rules(.init(session: sunday, open: 10, high: 11, low: 9, close: 10, volume: 1)) == [ValidationRuleName.notASession])
        let good = RawBar(session: session, open: 10, high: 11, low: 9, close: 10, volume: 1)
        #expect(rules(good, seen: [session]) == [ValidationRuleName.duplicateSession])
    }
}
