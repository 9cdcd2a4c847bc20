import Market
import Testing

/// New bars validated among stored ones.
@Suite struct SeriesValidatorTests {
    private let check = SeriesValidator(calendar: TradingCalendar.of(mic: "XNYS"))
    private let sessions =
        TradingCalendar.of(mic: "XNYS")?.sessions(
            from: SessionDate(year: 2012, month: 1, day: 3), through: SessionDate(year: 2012, month: 12, day: 31)) ?? []

    private func bars(_ count: Int, scale: @escaping (Int) -> Double = { _ in 1 }) -> [Bar] {
        (0..<count).map { index in
            let base = (50 + Double(index * 7 % 11) / 10 + Double(index % 3) / 100) * scale(index)
            let price = { (offset: Double) in Price(base + offset * scale(index))! }
            return Bar(
                session: sessions[index], open: price(0.1), high: price(0.5), low: price(-0.4 - 0.01 * Double(index % 3)), close: price(0),
                volume: 1e6 + Double(index))
        }
    }

    private func stored(_ bars: some Sequence<Bar>) -> [ValidatedBar] { bars.map { ValidatedBar($0) } }

    @Test func `Bars without enough context are accepted`() {
        let report = check.validate(stored(bars(10, scale: { $0 < 5 ? 1 : 3 })), among: [], actions: [])
        #expect(report.violations.isEmpty && report.bars.count == 10)
    }

    @Test func `An instrument without volumes may move`() {
        let index = bars(120).map {
            Bar(session: $0.session, open: $0.open, high: $0.high, low: $0.low, close: $0.close, volume: 0)
        }
        let report = check.validate(stored(index), among: [], actions: [])
        #expect(report.violations.isEmpty && report.bars.allSatisfy { !$0.isQuarantined })
    }

    @Test func `Only new bars and their neighbours are validated`() {
        let all = bars(120, scale: { $0 == 50 ? 2 : 1 })
        let report = check.validate(stored(all[110...]), among: stored(all[..<110]), actions: [])
        #expect(report.validatedSessions == Array(sessions[109..<120]) && report.violations.isEmpty && report.bars.count == 10)
    }

    @Test func `The next bar turns a stored bar into a spike`() throws {
        let all = bars(101, scale: { $0 == 99 ? 2 : 1 })
        let report = check.validate(stored([all[100]]), among: stored(all[..<100]), actions: [])
        #expect(report.bars == [ValidatedBar(all[99], isQuarantined: true), ValidatedBar(all[100])])
        #expect(report.violations.map(\.violation.rule) == [ValidationRuleName.singleSessionSpike])
    }

    @Test func `A quarantined bar is accepted when its level lasts or its split is reported`() {
        let all = bars(101, scale: { $0 >= 99 ? 0.5 : 1 })
        let quarantined = stored(all[..<99]) + [ValidatedBar(all[99], isQuarantined: true)]
        let lasting = check.validate(stored([all[100]]), among: quarantined, actions: [])
        #expect(lasting.bars == [ValidatedBar(all[99], split: 2), ValidatedBar(all[100])])
        let split = CorporateAction(exDate: sessions[99], kind: .split(numerator: 2, denominator: 1))
        let reported = check.validate([], among: quarantined, actions: [split], changed: [sessions[99]])
        #expect(reported.bars == [ValidatedBar(all[99])] && reported.violations.isEmpty && reported.rejectedSplits.isEmpty)
    }

    @Test func `A special dividend explains a fall`() {
        let all = bars(120, scale: { $0 >= 100 ? 0.7 : 1 })
        #expect(
            check.validate(stored(all), among: [], actions: []).violations.map(\.violation.rule) == [ValidationRuleName.splitWithoutEvent])
        let cash = CorporateAction(exDate: sessions[100], kind: .dividend(Price(15)!), nature: .special)
        #expect(check.validate(stored(all), among: [], actions: [cash]).violations.isEmpty)
    }

    @Test func `A gap is reported once, at its first session, and only beside validated bars`() throws {
        let all = bars(120)
        let holed = stored(all[..<50] + all[53..<80] + all[81...])
        let found = check.validate(holed, among: [], actions: []).violations.map(\.violation)
        #expect(
            found.map(\.rule) == [ValidationRuleName.missingSession, ValidationRuleName.missingSession]
                && found.allSatisfy { $0.disposition == .accepted })
        #expect(found.map(\.session) == [sessions[50], sessions[80]])
        #expect(found.map(\.detail) == ["no bars of 3 sessions, until \(sessions[53].advanced(by: -1))", "no bar"])
        #expect(check.validate(stored(all[118...]), among: stored(all[..<50] + all[53..<118]), actions: []).violations.isEmpty)
        let filled = check.validate(stored([all[50]]), among: stored(all[..<50] + all[53...]), actions: [])
        #expect(filled.violations.map(\.violation.session) == [sessions[51]] && filled.validatedSessions.contains(sessions[50]))
    }

    @Test func `A bar confirmed by the next one names that session`() {
        let all = bars(120, scale: { $0 >= 100 ? 0.5 : 1 })
        let report = check.validate(stored(all), among: [], actions: [])
        #expect(report.bars.filter { $0.confirmedBy != nil }.map(\.bar.session) == [sessions[100]])
        #expect(report.bars[100].confirmedBy == sessions[101])
    }

    @Test(arguments: [1.0, 100]) func `Four equal prices within a few ticks are a coincidence`(_ unit: Double) {
        var all = bars(60, scale: { _ in unit })
        let flat = { (bar: Bar, range: Double, volume: Double) in
            let (price, high) = (Price(50 * unit)!, Price((50 + range) * unit)!)
            return Bar(session: bar.session, open: price, high: high, low: price, close: price, volume: volume)
        }
        (all[30], all[31]) = (flat(all[30], 0.05, 1e6), flat(all[31], 0.05, 2e6))
        #expect(check.validate(stored(all), among: [], actions: []).violations.isEmpty)
        (all[30], all[31]) = (flat(all[30], 0.5, 1e6), flat(all[31], 0.5, 2e6))
        #expect(check.validate(stored(all), among: [], actions: []).violations.map(\.violation.rule) == [ValidationRuleName.staleRepeat])
        (all[30], all[31]) = (flat(all[30], 0.05, 1e6), flat(all[31], 0.05, 1e6))
        #expect(check.validate(stored(all), among: [], actions: []).violations.map(\.violation.rule) == [ValidationRuleName.staleRepeat])
    }

    @Test func `A repair can be undone from its text form`() {
        let repair = Repair(field: .close, before: 5012.370000000001, after: 50.1237)
        #expect(Repair(repair.description) == repair)
        #expect(Repair("close 1") == nil && Repair("level 1 2") == nil)
        let row = RawBar(session: sessions[0], open: 1, high: 2, low: 1, close: 5012.370000000001, volume: 1)
        #expect(Repair(field: .close, before: repair.after, after: repair.before).applied(to: repair.applied(to: row)).close == row.close)
        let filled = Repair(field: .volume, before: .nan, after: 0)
        #expect(filled.description == "volume null 0.0" && Repair(filled.description) == filled)
        #expect(filled.applied(to: row).volume == 0 && Repair("volume 0.0 null")?.applied(to: row).volume == nil)
    }
}
