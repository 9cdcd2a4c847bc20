import Market
import Objects
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// Manual overrides of quarantined bars.
@Suite struct ReleaseTests {
    let instrument = ResponseMarket.instrument(1)
    /// The bar with index 200 is a single-session spike at twice the level.
    let rows: [Row]
    let evening: Instant

    init() {
        var rows = ResponseMarket.rows(240, seed: 31)
        rows[200] = rows[200].scaled(2)
        self.rows = rows
        evening = ResponseMarket.evening(rows[229].session)
    }

    private func harnessWithSpike() async throws -> ProjectionHarness {
        var harness = try await ProjectionHarness([instrument])
        try await harness.add(ResponseMarket.response(rows[..<230], about: instrument, knownAt: evening))
        return harness
    }

    private func override(_ accepted: Bool, _ session: SessionDate, at instant: Instant) -> ArchivedResponse {
        ResponseMarket.override(accepted, [session], provider: "alphavantage", about: instrument, knownAt: instant)
    }

    private func count(_ harness: ProjectionHarness, _ instant: Instant) async throws -> Int {
        try await Bars(harness.database).read(instrument.id, .recorded(instant)).count
    }

    private func violations(_ harness: ProjectionHarness, _ instant: Instant) async throws -> [String] {
        try await QuarantineLog(harness.database).entries(of: instrument.id, asOf: instant, limit: 10)
            .map { "\($0.row.rule) \($0.row.disposition.rawValue)" }.sorted()
    }

    @Test func `A released bar counts from then on and its violation stays recorded`() async throws {
        var harness = try await harnessWithSpike()
        #expect(try await count(harness, evening) == 229)
        #expect(try await violations(harness, evening) == ["single-session-spike quarantined"])
        let later = evening.adding(seconds: 60)
        let summary = try await harness.add(override(true, rows[200].session, at: later))
        #expect(summary.bars == 1 && summary.featureRows > 0)
        #expect(try await [count(harness, later), count(harness, evening)] == [230, 229])
        #expect(try await violations(harness, later) == ["manual-override accepted", "single-session-spike accepted"])
        // The features are those of a bar without violations.
        let bars = try await Bars(harness.database).read(instrument.id, .recorded(later))
        #expect(bars[200].close.double == Double(rows[200].close) / 100)
        #expect(try await harness.features(instrument, .recorded(later)).count == 230)
    }

    @Test func `A release holds as long as the provider sends the same bar`() async throws {
        var harness = try await harnessWithSpike()
        try await harness.add(override(true, rows[200].session, at: evening.adding(seconds: 60)))
        let next = ResponseMarket.evening(rows[230].session)
        try await harness.add(ResponseMarket.response(rows[195...230], about: instrument, knownAt: next))
        #expect(try await count(harness, next) == 231)
        var other = rows
        other[200].close += 300
        other[200].high = max(other[200].high, other[200].close)
        let last = ResponseMarket.evening(rows[231].session)
        try await harness.add(ResponseMarket.response(other[195...231], about: instrument, knownAt: last))
        #expect(try await count(harness, last) == 231, "another row is judged anew")
    }

    @Test func `A release can be revoked and is rebuilt in its order`() async throws {
        var harness = try await harnessWithSpike()
        let times = (1...2).map { evening.adding(seconds: Int64(60 * $0)) }
        try await harness.add(override(true, rows[200].session, at: times[0]))
        let released = try await TableHash.all(in: harness.database)
        try await harness.clear()
        for object in harness.archived.values.shuffled() { try await harness.add(object) }
        #expect(try await TableHash.all(in: harness.database) == released)
        try await harness.add(override(false, rows[200].session, at: times[1]))
        #expect(try await [count(harness, times[1]), count(harness, times[0])] == [229, 230])
        let before = try await TableHash.all(in: harness.database)
        try await harness.clear()
        for object in harness.archived.values.shuffled() { try await harness.add(object) }
        #expect(try await TableHash.all(in: harness.database) == before)
    }

    @Test func `A release without a bar is recorded`() async throws {
        var harness = try await harnessWithSpike()
        let later = evening.adding(seconds: 60)
        let summary = try await harness.add(override(true, rows[235].session, at: later))
        #expect(summary.bars == 0 && summary.featureRows == 0)
        #expect(try await violations(harness, later) == ["manual-override accepted", "single-session-spike quarantined"])
    }
}
