import Market
import Postgres
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// A database that restarts or detects a deadlock: a failed event is retried, and nothing is lost or duplicated.
@Suite(.serialized, .timeLimit(.minutes(2))) struct OutageTests {
    let instrument = ResponseMarket.instrument(1)
    let rows = ResponseMarket.rows(200, seed: 21)

    @Test func `A Postgres restart loses nothing and duplicates nothing`() async throws {
        let responses = (160..<200).map { index in
            ResponseMarket.response(
                rows[(index == 160 ? 0 : index - 10)...index], about: instrument, knownAt: ResponseMarket.evening(rows[index].session))
        }
        var (calm, shaken) = (try await ProjectionHarness([instrument]), try await ProjectionHarness([instrument]))
        for response in responses { try await calm.add(response) }
        let expected = try await TableHash.all(in: calm.database)

        let restarts = Task.detached {
            for _ in 0..<3 {
                try await Task.sleep(for: .milliseconds(200))
                PostgresCluster.shared.control("-m fast restart")
            }
        }
        for response in responses {
            while true {
                do {
                    try await shaken.add(response)
                    break
                } catch {
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        try await restarts.value
        #expect(try await TableHash.all(in: shaken.database) == expected)
    }

    @Test func `A deadlocked projection is retried`() async throws {
        let (owner, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: owner)
        try await Instruments(owner).register([instrument])
        let projector = ResponseProjector(owner, try SourcePrecedence("alphavantage", defaultProvider: "alphavantage"))
        let object = ResponseMarket.response(rows[..<80], about: instrument, knownAt: ResponseMarket.evening(rows[79].session))
        let (rival, observer) = (try TestSupport.database(named: name), try TestSupport.database(named: name))
        struct UnexpectedRead: Error {}
        let projection = try await rival.transaction { () -> Task<FeaturizeSummary, any Error>? in
            // Writes the row that the projection is going to write, then waits for the lock that the projection holds.
            try await ProviderResponses(rival).record(
                ProviderResponse(object, about: instrument.id), ProviderResponses.Counts(bars: 0, actions: 0, quarantined: 0))
            let projection = Task {
                var summary = FeaturizeSummary()
                _ = try await projector.project(object, &summary) { _ in throw UnexpectedRead() }
                return summary
            }
            let waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            while try await observer.query(waiting).count == 0 { try await Task.sleep(for: .milliseconds(5)) }
            try await ProviderResponses(rival).lock(instrument.id)
            try await rival.execute("DELETE FROM provider_responses")
            return projection
        }
        #expect(try await projection?.value.bars == 80)
        #expect(try await owner.query("SELECT count(*) FROM bars")[0][0] as Int == 80)
        #expect(try await owner.query("SELECT count(*) FROM provider_responses")[0][0] as Int == 1)
        var deadlocks = 0
        for _ in 0..<300 where deadlocks == 0 {
            try await Task.sleep(for: .milliseconds(100))
            deadlocks = try await owner.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0][0]
        }
        #expect(deadlocks == 1)
    }
}
