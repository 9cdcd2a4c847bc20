/// A question that every new connection must answer well before it is used, such as the schema's version.
package struct ConnectionCheck: Sendable {
    private let statement: Statement
    private let judge: @Sendable (Result<Rows, PostgresError>) throws(PostgresError) -> Void

    /// `judge` gets the rows of `sql`, or the server's refusal of it, and throws to refuse the connection.
    package init(_ sql: String, judge: @escaping @Sendable (Result<Rows, PostgresError>) throws(PostgresError) -> Void) {
        statement = Statement(sql, [])
        self.judge = judge
    }

    func pass(on connection: borrowing Connection, _ limit: Limit) throws(PostgresError) {
        let rows: Rows
        do throws(PostgresError) { rows = try connection.run(statement, limit) } catch {
            guard error.kind == .server else { throw error }
            return try judge(.failure(error))
        }
        try judge(.success(rows))
    }
}

/// Pauses between attempts to connect: full jitter, doubling from 20 ms to 1 s.
struct Backoff {
    private var ceiling = 20.0

    /// Sleeps, on the database's own thread. False when the deadline or a cancellation ends the waiting.
    mutating func pause(within limit: Limit) -> Bool {
        let pause = Duration.milliseconds(5) + .microseconds(Int64(Double.random(in: 0...ceiling) * 1000))
        ceiling = min(ceiling * 2, 1000)
        let end = limit.capped(to: pause)
        guard end.deadline < limit.deadline else { return false }
        return end.wait(for: -1, 0) == .deadline
    }
}
