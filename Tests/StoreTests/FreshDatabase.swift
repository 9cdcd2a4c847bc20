import Glibc
import Market
import Postgres
import Store
import Synchronization
import TestSupport

private let counter = Mutex(0)

var migrationsFolder: String {
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/") + "/Shared/Store/Migrations"
}

/// A new database of the shared cluster, empty.
func emptyDatabase() async throws -> (database: Database, name: String) {
    let name = "test_\(counter.withLock { $0 += 1; return $0 })"
    try await database(named: "postgres").execute("CREATE DATABASE \(name)")
    return (try database(named: name), name)
}

/// A new database of the shared cluster with our tables.
func freshDatabase() async throws -> Database {
    let (database, _) = try await emptyDatabase()
    _ = try await Migrations(folder: migrationsFolder).apply(to: database)
    return database
}

func database(named name: String, check: ConnectionCheck? = nil) throws -> Database {
    var settings = try DatabaseSettings(PostgresCluster.shared.url(name), password: PostgresCluster.shared.password)
    settings.timeout = .seconds(20)
    return Database(settings, check: check)
}

extension SessionDate: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text)! }
}

extension Instant: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text)! }
}

let apple = Instrument(id: "XNAS:AAPL", symbol: "AAPL", exchange: "XNAS", currency: "USD", name: "Apple")

func bar(_ session: SessionDate, _ close: Double) -> Bar {
    Bar(session: session, open: Price(close), high: Price(close + 1), low: Price(close - 1), close: Price(close), volume: 1e6)
}

func answer(_ knownAt: Instant, sha256: String = "aa", fetchedAt: Instant? = nil, instrument: String = apple.id) -> Answer {
    Answer(
        key: "raw/yahoo/daily/\(instrument)/\(knownAt)/\(sha256).0", instrument: instrument, provider: "yahoo", kind: "daily",
        knownAt: knownAt,
        fetchedAt: fetchedAt ?? knownAt.adding(seconds: 1), sha256: sha256)
}

/// 21:15 UTC of the session's day.
@Sendable func closed(_ session: SessionDate) -> Instant { Instant.utcMidnight(session).adding(seconds: 76_500) }
