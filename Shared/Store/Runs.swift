package import Market
package import Postgres

/// One run of Ingest over an exchange: which instruments were asked for, as of when.
package struct Run: Hashable, Sendable {
    package let id: String
    package let exchange: String
    package let asOf: Instant
    /// The latest session closed at `asOf`.
    package let session: SessionDate
    package let expected: [String]

    package init(id: String, exchange: String, asOf: Instant, session: SessionDate, expected: [String]) {
        self.id = id
        self.exchange = exchange
        self.asOf = asOf
        self.session = session
        self.expected = expected
    }

    static let columns = "r.id, r.exchange, r.as_of, r.session, r.expected"
    init(_ row: Row) throws(PostgresError) {
        self.init(id: try row[0], exchange: try row[1], asOf: try row[2], session: try row[3], expected: try row[4])
    }
}

/// How far a run is.
package struct RunProgress: Hashable, Sendable {
    package let expected: Int
    /// Instruments whose object was put.
    package let stored: Int
    /// Instruments whose object was also folded in.
    package let folded: Int
    /// Instruments that a provider refused, with its reason.
    package let refusals: [String: String]

    package var isComplete: Bool { folded + refusals.count >= expected }
}

package struct Runs: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Opens a run; the first one under an id stays.
    package func open(_ run: Run) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO runs (id, exchange, as_of, session, expected) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            [run.id, run.exchange, run.asOf, run.session, Array(Set(run.expected)).sorted()])
    }

    package func find(_ id: String) async throws(PostgresError) -> Run? {
        try await database.query("SELECT \(Run.columns) FROM runs r WHERE id = $1", [id]).one(Run.init)
    }

    /// The latest scheduled run of an exchange at or before an instant; its id begins with the exchange and a slash.
    package func latest(exchange: String, asOf: Instant) async throws(PostgresError) -> Run? {
        try await database.query(
            "SELECT \(Run.columns) FROM runs r WHERE exchange = $1 AND as_of <= $2 AND id LIKE exchange || '/%' ORDER BY as_of DESC, id LIMIT 1",
            [exchange, asOf]
        ).one(Run.init)
    }

    /// The ids of the runs that wait for an object.
    package func waiting(for key: String) async throws(PostgresError) -> [String] {
        try await database.query("SELECT DISTINCT run_id FROM run_items WHERE object_key = $1 ORDER BY 1", [key])
            .all { row throws(PostgresError) in try row[0] }
    }

    /// Says which objects hold the responses about an instrument, all at once; the first word about each part stays.
    package func stored(_ keys: [String], of instrument: String, in run: String) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO run_items (run_id, instrument_id, part, object_key)
            SELECT $1, $2, n - 1, key FROM unnest($3::text[]) WITH ORDINALITY t(key, n) ON CONFLICT DO NOTHING
            """, [run, instrument, keys])
    }

    /// Says why there is no response about an instrument; the first word about it stays. `reason` holds no secret.
    package func refused(_ reason: String, of instrument: String, in run: String) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO run_items (run_id, instrument_id, part, refusal) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING",
            [run, instrument, reason])
    }

    /// DerivedTables, so that whoever comes last sees the run complete: every expected instrument has a refusal, or all its objects are folded.
    package func progress(_ run: String) async throws(PostgresError) -> RunProgress {
        let rows = try await database.query(
            """
            SELECT cardinality(r.expected), i.instrument_id, min(i.refusal), bool_and(o.key IS NOT NULL)
            FROM runs r LEFT JOIN run_items i ON i.run_id = r.id AND i.instrument_id = ANY (r.expected)
            LEFT JOIN raw_objects o ON o.key = i.object_key
            WHERE r.id = $1 GROUP BY r.expected, i.instrument_id
            """, [run])
        guard let first = rows.first else { return RunProgress(expected: .max, stored: 0, folded: 0, refusals: [:]) }
        var (stored, folded, refusals) = (0, 0, [String: String]())
        for row in rows {
            guard let instrument = try row[1] as String? else { continue }
            if let refusal = try row[2] as String? {
                refusals[instrument] = refusal
            } else {
                stored += 1
                if try row[3] { folded += 1 }
            }
        }
        return RunProgress(expected: try first[0], stored: stored, folded: folded, refusals: refusals)
    }

    package func isComplete(_ run: String) async throws(PostgresError) -> Bool {
        if case .complete = try await state(run) { true } else { false }
    }

    /// Whether a run waits for something.
    package enum State: Hashable, Sendable {
        case unknown, complete
        /// It waits for this instrument, any one of those that it waits for.
        case waiting(for: String)
    }

    /// Looks at every instrument of a run.
    package func state(_ run: String) async throws(PostgresError) -> State {
        let rows = try await database.query(
            """
            SELECT (
                SELECT e.id FROM unnest(r.expected) e(id) LEFT JOIN (
                    SELECT i.instrument_id, bool_or(i.refusal IS NOT NULL) OR bool_and(o.key IS NOT NULL) AS is_done
                    FROM run_items i LEFT JOIN raw_objects o ON o.key = i.object_key WHERE i.run_id = r.id GROUP BY 1
                ) d ON d.instrument_id = e.id
                WHERE d.is_done IS NOT TRUE ORDER BY random() LIMIT 1
            ) FROM runs r WHERE r.id = $1
            """, [run])
        guard let row = rows.first else { return .unknown }
        guard let instrument = try row[0] as String? else { return .complete }
        return .waiting(for: instrument)
    }

    /// Looks at one instrument of a run: whether the run waits for nothing more about it.
    package func isDone(_ instrument: String, in run: String) async throws(PostgresError) -> Bool {
        try await database.query(
            """
            SELECT coalesce(bool_or(i.refusal IS NOT NULL) OR bool_and(o.key IS NOT NULL), false)
            FROM run_items i LEFT JOIN raw_objects o ON o.key = i.object_key WHERE i.run_id = $1 AND i.instrument_id = $2
            """, [run, instrument])[0][0]
    }
}
