import Market
import Objects
import Postgres
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

@Suite struct StatementCountTests {
    @Test func `The projection of an evening's response sends a bounded number of statements`() async throws {
        let instrument = ResponseMarket.instrument(1)
        let rows = ResponseMarket.rows(160, seed: 3)
        var harness = try await ProjectionHarness([instrument])
        let evening = ResponseMarket.evening(rows[150].session)
        try await harness.add(ResponseMarket.response(rows[...150], about: instrument, knownAt: evening))
        let next = ResponseMarket.response(rows[141...151], about: instrument, knownAt: ResponseMarket.evening(rows[151].session))
        let log = StatementLog()
        let before = harness
        let summary = try await log.recording {
            var copy = before
            return try await copy.add(next)
        }
        #expect(summary.bars == 1 && summary.featureRows == 1)
        #expect(log.statements.count <= 15, "\(log.statements.count):\n\(log.statements.joined(separator: "\n---\n"))")
    }

    @Test func `A late response is projected although the archive is read outside of the transaction`() async throws {
        let instrument = ResponseMarket.instrument(1)
        let rows = ResponseMarket.rows(60, seed: 3)
        var harness = try await ProjectionHarness([instrument])
        let late = ResponseMarket.response(rows[...40], about: instrument, knownAt: ResponseMarket.evening(rows[40].session))
        let later = ResponseMarket.response(rows[31...41], about: instrument, knownAt: ResponseMarket.evening(rows[41].session))
        try await harness.add(later)
        let name: String = try await harness.database.query("SELECT current_database()::text")[0][0]
        var summary = FeaturizeSummary()
        let keys = try await harness.projector.project(late, &summary) { key in
            #expect(key == later.key.description)
            // Another connection's lock shows that no transaction of this instrument is open.
            let other = try TestSupport.database(named: name)
            let isFree: Bool = try await other.query(
                "SELECT pg_try_advisory_lock(hashtextextended('instrument ' || $1, 0))", [instrument.id])[0][0]
            await other.close()
            #expect(isFree)
            return later
        }
        #expect(keys == [late.key.description, later.key.description])
        #expect(summary.projected == 2)
    }
}
