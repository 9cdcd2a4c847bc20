/// One statement of a task, before it is sent.
package struct ObservedStatement: Sendable {
    /// The text with `$1` …; of a binary COPY into a table, the command.
    package let sql: String
    package let parameters: [any PostgresEncodable]
    /// Whether the statement copies rows into a table.
    package let isCopyIn: Bool
}

/// Receives each statement of a task that runs under `Database.observing`, before it is sent.
package final class StatementObserver: Sendable {
    fileprivate let receive: @Sendable (Database, ObservedStatement) async -> Void

    package init(_ receive: @escaping @Sendable (Database, ObservedStatement) async -> Void) { self.receive = receive }
}

extension Database {
    /// The observer of this task's statements. A class, because optimised builds of Swift 6.3 cannot bind a task local to a function.
    @TaskLocal static var observer: StatementObserver?

    /// Runs `body` with an observer of all statements of its databases, except those that begin and end transactions. For tests, which count and
    /// explain statements with it. The observer's own statements are not observed.
    package nonisolated(nonsending) static func observing<T>(
        _ observer: StatementObserver, _ body: () async throws -> T
    ) async rethrows -> T {
        try await Database.$observer.withValue(observer) { try await body() }
    }

    nonisolated func observe(_ sql: String, _ parameters: @autoclosure () -> [any PostgresEncodable], isCopyIn: Bool = false) async {
        guard let observer = Database.observer else { return }
        let statement = ObservedStatement(sql: sql, parameters: parameters(), isCopyIn: isCopyIn)
        await Database.$observer.withValue(nil) { await observer.receive(self, statement) }
    }
}
