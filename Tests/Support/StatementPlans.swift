import Foundation
import Postgres
import Synchronization

/// The statements of a piece of work with the buffers that they touched.
package final class StatementPlans: Sendable {
    package struct Plan: Sendable {
        package let sql: String
        /// The 8 KB buffers that were read from the cache or from the disk, including those of functions that the statement calls.
        package let buffers: Int
        package let text: String
    }

    private let log = Mutex<[Plan]>([])
    private let copies = Mutex(0)

    package init() {}

    package var plans: [Plan] { log.withLock { $0 } }
    /// The number of COPY commands into tables.
    package var copiesIn: Int { copies.withLock { $0 } }

    /// Runs `body`, and before each of its statements the same statement under EXPLAIN (ANALYZE, BUFFERS) in a savepoint that is rolled back.
    package nonisolated(nonsending) func explaining<T>(_ body: () async throws -> T) async rethrows -> T {
        try await Database.observing(StatementObserver { database, statement in await self.explain(statement, database) }, body)
    }

    private func explain(_ statement: ObservedStatement, _ database: Database) async {
        guard !statement.isCopyIn else { return copies.withLock { $0 += 1 } }
        do {
            let text: String = try await database.transaction {
                try await database.query("SAVEPOINT explained")
                let rows = try await database.query(
                    "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) " + statement.sql, statement.parameters)
                let text: String = try rows[0][0]
                try await database.query("ROLLBACK TO SAVEPOINT explained")
                return text
            }
            log.withLock { $0.append(Plan(sql: statement.sql, buffers: Self.buffers(text), text: text)) }
        } catch {
            log.withLock { $0.append(Plan(sql: statement.sql, buffers: .max, text: "\(error)")) }
        }
    }

    /// The root's counts include those of all other nodes.
    private static func buffers(_ text: String) -> Int {
        guard let document = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]],
            let root = document.first?["Plan"] as? [String: Any]
        else { return .max }
        let counts = ["Shared Hit Blocks", "Shared Read Blocks", "Temp Read Blocks", "Temp Written Blocks"]
        return counts.reduce(0) { $0 + (root[$1] as? Int ?? .max / 8) }
    }
}
