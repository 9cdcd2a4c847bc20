import Market
import Postgres
import Store
import TestSupport
import Testing

@Suite struct RunTests {
    @Test func `A run is complete when every expected instrument has failed or is projected`() async throws {
        let database = try await freshDatabase()
        let runs = Runs(database)
        let other = Instrument(id: "XNYS:IBM", symbol: "IBM", exchange: "XNYS", currency: "USD", name: "IBM")
        try await Instruments(database).register([apple, other])
        let run = Run(id: "XNAS/r1", exchange: "XNAS", asOf: "2012-01-10T22:30:00Z", session: "2012-01-10", expected: [other.id, apple.id])
        try await runs.open(run)
        try await runs.open(Run(id: "XNAS/r1", exchange: "XNYS", asOf: run.asOf, session: run.session, expected: []))
        #expect(try await runs.find("XNAS/r1")?.expected == [apple.id, other.id])
        #expect(try await runs.find("r2") == nil)
        #expect(try await runs.progress("r2")?.isComplete != true)
        #expect(try await runs.progress("XNAS/r1")?.isComplete != true)

        let object = answer(run.asOf)
        try await runs.recordResponses([object.key], of: apple.id, in: "XNAS/r1")
        try await runs.recordFailure("unknown symbol", of: other.id, in: "XNAS/r1")
        try await runs.recordFailure("too late", of: apple.id, in: "XNAS/r1")
        #expect(try await runs.progress("XNAS/r1")?.failures == [other.id: "unknown symbol"])
        #expect(try await runs.progress("XNAS/r1")?.stored == 1)
        try await ProviderResponses(database).record(object, ProviderResponses.Counts(bars: 1, actions: 0, quarantined: 0))
        #expect(try await runs.progress("XNAS/r1")?.isComplete == true)
        #expect(try await runs.runs(ofResponse: object.key) == ["XNAS/r1"])
        #expect(try await runs.latest(exchange: "XNAS", asOf: run.asOf)?.id == "XNAS/r1")
        #expect(try await runs.latest(exchange: "XNAS", asOf: "2012-01-01T00:00:00Z") == nil)
    }

    @Test func `The progress of one instrument leaves out the other instruments of the run`() async throws {
        let database = try await freshDatabase()
        let runs = Runs(database)
        let other = Instrument(id: "XNYS:IBM", symbol: "IBM", exchange: "XNYS", currency: "USD", name: "IBM")
        try await Instruments(database).register([apple, other])
        let run = Run(id: "XNAS/r1", exchange: "XNAS", asOf: "2012-01-10T22:30:00Z", session: "2012-01-10", expected: [apple.id])
        try await runs.open(run)
        try await runs.open(Run(id: "XNAS/r2", exchange: "XNAS", asOf: run.asOf, session: run.session, expected: []))
        try await runs.recordFailure("unknown symbol", of: other.id, in: run.id)
        #expect(try await runs.progress(run.id, of: apple.id)?.pending == [apple.id])
        #expect(try await runs.progress(run.id, of: other.id) == nil, "not expected, although its failure is recorded")
        #expect(try await runs.progress("XNAS/r2", of: apple.id) == nil)
        #expect(try await runs.progress("XNAS/r2")?.isComplete == true, "a run that expects nothing")
        #expect(try await runs.progress("XNAS/r3", of: apple.id) == nil)
        let object = answer(run.asOf)
        try await runs.recordResponses([object.key], of: apple.id, in: run.id)
        #expect(try await runs.progress(run.id, of: apple.id)?.isComplete == false)
        try await ProviderResponses(database).record(object, ProviderResponses.Counts(bars: 1, actions: 0, quarantined: 0))
        let done = try await runs.progress(run.id, of: apple.id)
        #expect(done?.isComplete == true && done?.projected == 1 && done?.expected == 1)
    }

    @Test func `Instruments are found by id and by symbol`() async throws {
        let instruments = Instruments(try await freshDatabase())
        try await instruments.register([apple])
        try await instruments.register([Instrument(id: apple.id, symbol: "X", exchange: "X", currency: "X", name: "X")])
        #expect(try await instruments.list() == [apple])
        #expect(try await instruments.list(exchange: "XNYS").isEmpty)
        #expect(try await instruments.find(symbol: "AAPL") == apple)
        #expect(try await instruments.find(symbol: "XNAS:AAPL") == apple)
        #expect(try await instruments.find(symbol: "aapl; DROP TABLE bars") == nil)
    }

    @Test func `API keys are valid until they are revoked or expire`() async throws {
        let database = try await freshDatabase()
        let keys = APIKeys(database)
        let (hash, other) = (String(repeating: "0a", count: 32), String(repeating: "0b", count: 32))
        #expect(try await keys.find(sha256: hash) == nil)
        #expect(try await keys.register(APIKey(name: "local"), sha256: hash))
        #expect(try await !keys.register(APIKey(name: "again"), sha256: hash))
        #expect(try await keys.find(sha256: hash) == APIKey(owner: "operator", name: "local", scopes: [.read]))
        let desk = APIKey(owner: "desk", name: "bot", scopes: [.read, .write], expiresAt: "2100-01-01T00:00:00Z")
        try await keys.register(desk, sha256: other)
        #expect(try await keys.find(sha256: other) == desk)
        try await database.execute("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE name = 'bot'")
        #expect(try await keys.find(sha256: other) == nil)
        for _ in 0..<2 { try await keys.revoke(sha256: hash) }
        #expect(try await keys.find(sha256: hash) == nil)
        await #expect(throws: APIKeys.UnknownKey.self) {
            try await keys.revoke(sha256: String(repeating: "0c", count: 32))
        }
        let log = try await database.query("SELECT action FROM audit_log ORDER BY id").all { row throws(PostgresError) in
            try row[0] as String
        }
        #expect(log == ["key.register", "key.register", "key.revoke"])
    }
}
