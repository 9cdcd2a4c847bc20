import Market
import Postgres
import Store
import TestSupport
import Testing

/// Responses delivered twice and in any order leave the same tables.
@Suite struct OrderTests {
    /// The bars of each response: 01-09 is corrected and corrected back, and two responses have the same instant.
    static let responses: [(ProviderResponse, [Bar])] = [
        (answer("2012-01-09T22:30:00Z", sha256: "a1"), [bar("2012-01-06", 9), bar("2012-01-09", 10)]),
        (answer("2012-01-10T22:30:00Z", sha256: "b2"), [bar("2012-01-09", 10.5), bar("2012-01-10", 11)]),
        (answer("2012-01-10T22:30:00Z", sha256: "a3", fetchedAt: "2012-01-10T22:30:09Z"), [bar("2012-01-09", 10), bar("2012-01-10", 11)]),
        (answer("2012-01-11T22:30:00Z", sha256: "04"), [bar("2012-01-09", 10), bar("2012-01-11", 12)]),
    ]

    /// Projects one response, as Featurize does.
    func project(_ response: ProviderResponse, in database: Database) async throws {
        let (objects, bars) = (ProviderResponses(database), Bars(database))
        let features = FeatureStore(database, version: "f1", crossWidth: 0)
        try await database.transaction {
            try await objects.lock(response.instrument)
            if try await objects.find(response.key) != nil { return }
            for next in [response] + (try await objects.rollBack(objects.list(after: response))) {
                let rows = Self.responses.first { $0.0.key == next.key }!.1
                try await bars.insert(rows, from: next, currency: "USD", available: closed)
                let records = try await bars.read(next.instrument, .recorded(next.knownAt)).map {
                    FeatureRecord(session: $0.session, values: [Float($0.close.double), .nan], logReturn: .nan, extras: [])
                }
                try await features.insert(records, from: next, available: closed)
                try await QuarantineLog(database).insert(
                    [RecordedViolation(ordinal: 0, session: nil, rule: "r", detail: "", text: "")], from: next)
                try await objects.record(next, ProviderResponses.Counts(bars: rows.count, actions: 0, quarantined: 0))
            }
        }
    }

    @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1, 0, 1, 2, 3], [1, 3, 3, 0, 2]])
    func `The order of delivery does not change the tables`(order: [Int]) async throws {
        var hashes: [[String: String]] = []
        for order in [[0, 1, 2, 3], order] {
            let database = try await freshDatabase()
            try await Instruments(database).register([apple])
            for index in order { try await project(Self.responses[index].0, in: database) }
            hashes.append(try await TableHash.all(in: database))
            #expect(try await ProviderResponses(database).list(about: apple.id).map(\.sha256) == ["a1", "b2", "a3", "04"])
            #expect(try await database.query("SELECT FROM bars WHERE session = $1", ["2012-01-09" as SessionDate]).count == 3)
        }
        #expect(hashes[0] == hashes[1])
        #expect(hashes[0]["bars"] != hashes[0]["forecasts"])
    }

    @Test func `Concurrent projections of one instrument take turns`() async throws {
        let (database, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: database)
        try await Instruments(database).register([apple])
        try await withThrowingTaskGroup { group in
            for (response, _) in Self.responses + Self.responses {
                group.addTask { try await project(response, in: TestSupport.database(named: name)) }
            }
            try await group.waitForAll()
        }
        let reference = try await freshDatabase()
        try await Instruments(reference).register([apple])
        for (response, _) in Self.responses { try await project(response, in: reference) }
        #expect(try await TableHash.all(in: database) == TableHash.all(in: reference))
    }

    @Test func `Wall clock columns are not hashed`() async throws {
        let database = try await freshDatabase()
        try await Instruments(database).register([apple])
        try await project(Self.responses[0].0, in: database)
        let before = try await TableHash.all(in: database)
        try await database.execute("UPDATE provider_responses SET fetched_at = now()")
        #expect(try await TableHash.all(in: database) == before)
        try await database.execute("UPDATE bars SET volume = volume + 1")
        #expect(try await TableHash.all(in: database)["bars"] != before["bars"])
    }
}
