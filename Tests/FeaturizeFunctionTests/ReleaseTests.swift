import Market
import Objects
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// Rows that the rules hold back, and what somebody says of them who looked.
@Suite struct ReleaseTests {
    let instrument = ResponseMarket.instrument(1)
    /// The 200th lasts for one day at twice the level.
    let rows: [Row]
    let evening: Instant

    init() {
        var rows = ResponseMarket.rows(240, seed: 31)
        rows[200] = rows[200].scaled(2)
        self.rows = rows
        evening = ResponseMarket.evening(rows[229].session)
    }

    private func held() async throws -> ProjectionHarness {
        var folded = try await ProjectionHarness([instrument])
        try await folded.add(ResponseMarket.response(rows[..<230], about: instrument, knownAt: evening))
        return folded
    }

    private func word(_ counts: Bool, _ session: SessionDate, at instant: Instant) -> ArchivedResponse {
        ResponseMarket.word(counts, [session], provider: "alphavantage", about: instrument, knownAt: instant)
    }

    private func count(_ folded: ProjectionHarness, _ instant: Instant) async throws -> Int {
        try await Bars(folded.database).read(instrument.id, .recorded(instant)).count
    }

    private func words(_ folded: ProjectionHarness, _ instant: Instant) async throws -> [String] {
        try await QuarantineLog(folded.database).entries(of: instrument.id, asOf: instant, limit: 10)
            .map { "\($0.row.rule) \($0.row.verdict.rawValue)" }.sorted()
    }

    @Test func `A released row counts from then on and is still spoken of`() async throws {
        var folded = try await held()
        #expect(try await count(folded, evening) == 229)
        #expect(try await words(folded, evening) == ["single-session-spike quarantine"])
        let later = evening.adding(seconds: 60)
        let summary = try await folded.add(word(true, rows[200].session, at: later))
        #expect(summary.bars == 1 && summary.features > 0)
        #expect(try await [count(folded, later), count(folded, evening)] == [230, 229])
        #expect(try await words(folded, later) == ["single-session-spike accept", "manual-override accept"])
        // It counts as if no rule had spoken: the features are those of a provider that never doubted.
        let bars = try await Bars(folded.database).read(instrument.id, .recorded(later))
        #expect(bars[200].close.double == Double(rows[200].close) / 100)
        #expect(try await folded.features(instrument, .recorded(later)).count == 230)
    }

    @Test func `It stays so as long as the provider says the same`() async throws {
        var folded = try await held()
        try await folded.add(word(true, rows[200].session, at: evening.adding(seconds: 60)))
        let next = ResponseMarket.evening(rows[230].session)
        try await folded.add(ResponseMarket.response(rows[195...230], about: instrument, knownAt: next))
        #expect(try await count(folded, next) == 231)
        var other = rows
        other[200].close += 300
        other[200].high = max(other[200].high, other[200].close)
        let last = ResponseMarket.evening(rows[231].session)
        try await folded.add(ResponseMarket.response(other[195...231], about: instrument, knownAt: last))
        #expect(try await count(folded, last) == 231, "another row is judged anew")
    }

    @Test func `A release can be taken back and is rebuilt in its order`() async throws {
        var folded = try await held()
        let times = (1...2).map { evening.adding(seconds: Int64(60 * $0)) }
        try await folded.add(word(true, rows[200].session, at: times[0]))
        let released = try await TableHash.all(in: folded.database)
        try await DerivedTables(folded.database).clear()
        for object in folded.kept.values.shuffled() { try await folded.add(object) }
        #expect(try await TableHash.all(in: folded.database) == released)
        try await folded.add(word(false, rows[200].session, at: times[1]))
        #expect(try await [count(folded, times[1]), count(folded, times[0])] == [229, 230])
        let before = try await TableHash.all(in: folded.database)
        try await DerivedTables(folded.database).clear()
        for object in folded.kept.values.shuffled() { try await folded.add(object) }
        #expect(try await TableHash.all(in: folded.database) == before)
    }

    @Test func `A word about no bar is noted`() async throws {
        var folded = try await held()
        let later = evening.adding(seconds: 60)
        let summary = try await folded.add(word(true, rows[235].session, at: later))
        #expect(summary.bars == 0 && summary.features == 0)
        #expect(try await words(folded, later) == ["single-session-spike quarantine", "manual-override accept"])
    }
}
