/// A query that every new connection must pass before it is used, such as one for the schema's version.
package struct ConnectionCheck: Sendable {
    private let statement: Statement
    private let verify: @Sendable (Result<Rows, PostgresError>) throws(PostgresError) -> Void

    /// `verify` gets the rows of `sql`, or the server's error, and throws to reject the connection.
    package init(_ sql: String, verify: @escaping @Sendable (Result<Rows, PostgresError>) throws(PostgresError) -> Void) {
        statement = Statement(sql, [])
        self.verify = verify
    }

    func run(on connection: borrowing Connection, _ limit: CallDeadline) throws(PostgresError) {
        let rows: Rows
        do throws(PostgresError) { rows = try connection.run(statement, limit) } catch {
            guard error.kind == .server else { throw error }
            return try verify(.failure(error))
        }
        try verify(.success(rows))
    }
}

/// Pauses between attempts to connect: full jitter, doubling from 20 ms to 1 s.
struct Backoff {
    private var ceiling = 20.0

    /// Sleeps, on the database's own thread. False when the deadline or a cancellation ends the waiting.
    mutating func pause(within limit: CallDeadline) -> Bool {
        let pause = Duration.milliseconds(5) + .microseconds(Int64(Double.random(in: 0...ceiling) * 1000))
        ceiling = min(ceiling * 2, 1000)
        let end = limit.capped(to: pause)
        guard end.deadline < limit.deadline else { return false }
        return end.wait(for: -1, 0) == .deadline
    }
}
