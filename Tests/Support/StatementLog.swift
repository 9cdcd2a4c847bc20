import Postgres
import Synchronization

/// The texts of the statements of a piece of work, without those that begin and end transactions.
package final class StatementLog: Sendable {
    private let log = Mutex<[String]>([])

    package init() {}

    package var statements: [String] { log.withLock { $0 } }

    /// Runs `body` and records its statements.
    package nonisolated(nonsending) func recording<T>(_ body: () async throws -> T) async rethrows -> T {
        try await Database.observing(StatementObserver { _, statement in self.log.withLock { $0.append(statement.sql) } }, body)
    }
}
