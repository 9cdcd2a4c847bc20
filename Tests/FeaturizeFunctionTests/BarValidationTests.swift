import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// The validation of responses: good rows count, wrong rows are repaired or quarantined, and no row is lost.
@Suite struct BarValidationTests {
    let instrument = ResponseMarket.instrument(1)
    let rows = ResponseMarket.rows(240, seed: 31)
    let evening = ResponseMarket.evening(ResponseMarket.rows(240, seed: 31)[239].session)

    /// A harness after one response.
    private func harness(_ rows: [Row]) async throws -> ProjectionHarness {
        var harness = try await ProjectionHarness([instrument])
        try await harness.add(ResponseMarket.response(rows, about: instrument, knownAt: evening))
        return harness
    }

    private func features(of rows: [Row]) async throws -> [SessionDate: [UInt64]] {
        try await harness(rows).features(instrument, .recorded(evening))
    }

    private func findings(_ harness: ProjectionHarness, asOf instant: Instant? = nil) async throws -> [RecordedViolation] {
        try await QuarantineLog(harness.database).entries(of: instrument.id, asOf: instant ?? evening, limit: 100).map(\.row)
    }

    /// Whether a rebuild gives the same hashes.
    private func expectSameAfterRebuild(_ harness: ProjectionHarness) async throws {
        var harness = harness
        let before = try await TableHash.all(in: harness.database)
        try await harness.clear()
        for object in harness.archived.values { try await harness.add(object) }
        #expect(try await TableHash.all(in: harness.database) == before)
    }

    @Test func `Good rows count and record no violation`() async throws {
        let harness = try await harness(rows)
        #expect(try await findings(harness).isEmpty)
        #expect(try await Bars(harness.database).read(instrument.id, .recorded(evening)).count == 240)
    }

    @Test(arguments: ["single-session-spike", "stale-repeat", "zero-volume"])
    func `A row that contradicts the sessions around it is in no feature`(_ rule: String) async throws {
        var wrong = rows
        switch rule {
        case "single-session-spike": wrong[200] = rows[200].scaled(2)
        case "stale-repeat":
            wrong[200] = rows[199]
            wrong[200] = Row(
                session: rows[200].session, open: rows[199].open, high: rows[199].high, low: rows[199].low, close: rows[199].close,
                volume: rows[199].volume)
        default: wrong[200].volume = 0
        }
        let harness = try await harness(wrong)
        let found = try await findings(harness)
        #expect(found.map(\.rule) == [rule] && found.map(\.session) == [rows[200].session] && found[0].disposition == .quarantined)
        #expect(try await Bars(harness.database).read(instrument.id, .recorded(evening)).count == 239)
        var without = rows
        without.remove(at: 200)
        #expect(try await harness.features(instrument, .recorded(evening)) == features(of: without))
        let status = DataStatus(harness.database)
        let entry = try #require(try await status.entries(of: [instrument.id], asOf: evening).first)
        #expect(entry.sessions == 239 && entry.quarantined == 1 && entry.repaired == 0)
        let sessions = DataStatus.Sessions(ResponseMarket.calendar, through: rows[239].session)
        let gaps = try await status.gaps(in: [entry], exchanges: ["XNAS": sessions], asOf: evening)
        #expect(gaps.isEmpty)
        try await expectSameAfterRebuild(harness)
    }

    @Test func `Pence are converted to pounds and the original row is stored`() async throws {
        let wrong = rows.enumerated().map { $0 >= 200 ? $1.scaled(100) : $1 }
        let harness = try await harness(wrong)
        let found = try await findings(harness)
        #expect(found.count == 40 && Set(found.map(\.rule)) == ["unit-error"] && Set(found.map(\.disposition)) == [.repaired])
        #expect(try await harness.features(instrument, .recorded(evening)) == features(of: rows))
        // A repair can be undone: the stored bar with the original values put back is the original row.
        let bars = try await Bars(harness.database).read(instrument.id, .recorded(evening)).suffix(40)
        for (row, bar) in zip(found.reversed(), bars) {
            let back = row.repairs.reduce(RawBar(bar)) {
                Repair(field: $1.field, before: $1.after, after: $1.before).applied(to: $0)
            }
            #expect(
                row.text
                    == "\(bar.session),\(Price(back.open!)!),\(Price(back.high!)!),\(Price(back.low!)!),\(Price(back.close!)!),\(bar.volume)"
            )
        }
        try await expectSameAfterRebuild(harness)
    }

    @Test func `The violation of a repaired row stays when the row is not sent again`() async throws {
        let wrong = rows.enumerated().map { $0 == 200 ? $1.scaled(100) : $1 }
        var harness = try await ProjectionHarness([instrument])
        try await harness.add(ResponseMarket.response(wrong[...200], about: instrument, knownAt: ResponseMarket.evening(rows[200].session)))
        for index in 201...216 {
            let knownAt = ResponseMarket.evening(rows[index].session)
            try await harness.add(ResponseMarket.response(wrong[(index - 10)...index], about: instrument, knownAt: knownAt))
        }
        let last = ResponseMarket.evening(rows[216].session)
        let found = try await findings(harness, asOf: last)
        #expect(found.map(\.rule) == ["unit-error"] && found.map(\.session) == [rows[200].session], "\(found)")
        let status = try #require(try await DataStatus(harness.database).entries(of: [instrument.id], asOf: last).first)
        #expect(status.repaired == 1 && status.quarantined == 0)
    }

    @Test func `A high below the close by a rounding is raised to it`() async throws {
        var wrong = rows
        wrong[200].high = max(rows[200].open, rows[200].close) - 1
        wrong[200].low = min(rows[200].low, wrong[200].high)
        let harness = try await harness(wrong)
        let found = try await findings(harness)
        #expect(found.map(\.rule) == ["ohlc-order"] && found[0].disposition == .repaired && found[0].repairs.map(\.field) == [.high])
        let bar = try await Bars(harness.database).read(instrument.id, .recorded(evening))[200]
        #expect(bar.high == max(bar.open, bar.close))
        try await expectSameAfterRebuild(harness)
    }

    @Test func `An unreported split is inferred from the price until a provider reports it`() async throws {
        let even = rows.map { $0.scaled(2) }
        let halved = even.enumerated().map { index, row in
            guard index >= 200 else { return row }
            var row = row.scaled(1, 2)
            row.volume *= 2
            row.dividend = rows[index].dividend
            return row
        }
        var reported = halved
        reported[200].split = 2
        let expected = try await features(of: reported)
        var harness = try await harness(halved)
        let found = try await findings(harness)
        #expect(found.map(\.rule) == ["split-without-event"] && found[0].repairs == [Repair(field: .split, before: 1, after: 2)])
        #expect(try await harness.features(instrument, .recorded(evening)) == expected)
        let series = try await ConsolidatedSeries(harness.database).read(instrument.id, .recorded(evening), precedence: ["alphavantage"])
        #expect(
            series.actions.contains(
                CorporateAction(exDate: rows[200].session, kind: .split(numerator: 2, denominator: 1), nature: .inferred)))
        // The provider reports the split later: it counts once.
        let later = evening.adding(seconds: 86_400)
        try await harness.add(ResponseMarket.response(reported, about: instrument, knownAt: later))
        #expect(try await findings(harness, asOf: later).isEmpty)
        #expect(try await harness.features(instrument, .recorded(later)) == expected)
        try await expectSameAfterRebuild(harness)
    }

    @Test func `A split that the price contradicts does not count`() async throws {
        var wrong = rows
        wrong[200].split = 3
        let harness = try await harness(wrong)
        let found = try await findings(harness)
        #expect(found.map(\.rule) == ["event-without-split"] && found[0].disposition == .quarantined)
        #expect(
            try await CorporateActions(harness.database).read(instrument.id, .recorded(evening)).allSatisfy {
                $0.exDate != rows[200].session
            })
        #expect(try await harness.features(instrument, .recorded(evening)) == features(of: rows))
        try await expectSameAfterRebuild(harness)
    }

    @Test func `A lasting fall on a quiet session is recorded and counts`() async throws {
        let fallen = rows.enumerated().map { $0 >= 200 ? $1.scaled(59, 100) : $1 }
        let harness = try await harness(fallen)
        let found = try await findings(harness)
        #expect(found.map(\.rule) == ["split-without-event"] && found[0].disposition == .accepted)
        #expect(try await Bars(harness.database).read(instrument.id, .recorded(evening)).count == 240)
    }

    @Test func `A crash on high volume violates no rule`() async throws {
        let fallen = rows.enumerated().map { index, row in
            guard index >= 200 else { return row }
            var row = row.scaled(70, 100)
            if index < 203 { row.volume *= 40 }
            return row
        }
        #expect(try await findings(harness(fallen)).isEmpty)
    }

    /// A level that cannot be judged on its evening is decided on the next. In the end the tables are those that one response at the end would
    /// have left.
    @Test(arguments: [false, true]) func `Evening by evening leaves the rows of one response at the end`(_ lasts: Bool) async throws {
        let end = 209
        let wrong = rows.enumerated().map { index, row in (lasts ? index >= 200 : index == 200) ? row.scaled(59, 100) : row }
        var harness = try await ProjectionHarness([instrument])
        try await harness.add(ResponseMarket.response(wrong[..<199], about: instrument, knownAt: ResponseMarket.evening(rows[198].session)))
        for index in 199...end {
            let knownAt = ResponseMarket.evening(rows[index].session)
            try await harness.add(ResponseMarket.response(wrong[(index - 10)...index], about: instrument, knownAt: knownAt))
            let bars = try await Bars(harness.database).read(instrument.id, .recorded(knownAt))
            #expect(bars.count == (index == 200 || (index > 200 && !lasts) ? index : index + 1))
        }
        let last = ResponseMarket.evening(rows[end].session)
        var batch = try await ProjectionHarness([instrument])
        try await batch.add(ResponseMarket.response(wrong[...end], about: instrument, knownAt: last))
        #expect(try await harness.features(instrument, .recorded(last)) == batch.features(instrument, .recorded(last)))
        // What was known on the evening itself is unchanged.
        let then = ResponseMarket.evening(rows[200].session)
        #expect(try await findings(harness, asOf: then).map(\.disposition) == [.quarantined])
        #expect(try await findings(harness, asOf: last).map(\.disposition) == [lasts ? .accepted : .quarantined])
        try await expectSameAfterRebuild(harness)
    }

    @Test func `A single-session spike that was stored is withdrawn with its features`() async throws {
        // Small enough to be accepted on its evening, a spike beside the next session.
        let quiet = rows.enumerated().map { index, row in
            var row = row
            row.open = 6400 + (row.open % 40)
            row.close = 6400 + (row.close % 40)
            row.high = max(row.open, row.close) + 10
            row.low = min(row.open, row.close) - 10 - index % 2
            row.dividend = 0
            return row
        }
        let wrong = quiet.enumerated().map { $0 == 200 ? $1.scaled(112, 100) : $1 }
        var harness = try await ProjectionHarness([instrument])
        for (first, last) in [(0, 199), (190, 200), (201, 201)] {
            try await harness.add(
                ResponseMarket.response(wrong[first...last], about: instrument, knownAt: ResponseMarket.evening(rows[last].session)))
        }
        let (then, now) = (ResponseMarket.evening(rows[200].session), ResponseMarket.evening(rows[201].session))
        #expect(try await harness.features(instrument, .recorded(then))[rows[200].session] != nil)
        #expect(try await harness.features(instrument, .recorded(now))[rows[200].session] == nil)
        var without = Array(quiet[...201])
        without.remove(at: 200)
        #expect(try await harness.features(instrument, .recorded(now)) == features(of: without))
        let found = try await findings(harness, asOf: now)
        #expect(found.map(\.rule) == ["single-session-spike"] && found.first?.session == rows[200].session, "\(found)")
        try await expectSameAfterRebuild(harness)
    }

    @Test func `A null that is filled in later resolves its violation`() async throws {
        var holed = rows
        holed[200].volume = -1
        var harness = try await harness(holed)
        #expect(try await findings(harness).map(\.rule) == ["negative-volume"])
        let later = evening.adding(seconds: 86_400)
        try await harness.add(ResponseMarket.response(rows, about: instrument, knownAt: later))
        #expect(try await findings(harness, asOf: later).isEmpty)
        #expect(try await findings(harness).count == 1)
        let status = try #require(try await DataStatus(harness.database).entries(of: [instrument.id], asOf: later).first)
        #expect(status.quarantined == 0 && status.sessions == 240)
    }
}
