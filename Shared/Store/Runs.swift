package import Market
package import Postgres

/// One run of Ingest over an exchange: the instruments to fetch, and the instant as of which they are fetched.
package struct Run: Hashable, Sendable {
    package let id: String
    package let exchange: String
    package let asOf: Instant
    /// The latest session closed at `asOf`.
    package let session: SessionDate
    /// The ids of the instruments to fetch.
    package let expected: [String]

    package init(id: String, exchange: String, asOf: Instant, session: SessionDate, expected: [String]) {
        self.id = id
        self.exchange = exchange
        self.asOf = asOf
        self.session = session
        self.expected = expected
    }

    /// The `exchange` of a run over instruments of several exchanges.
    package static let severalExchanges = "*"

    static let columns = "r.id, r.exchange, r.as_of, r.session, r.expected"
    init(_ row: Row) throws(PostgresError) {
        self.init(id: try row[0], exchange: try row[1], asOf: try row[2], session: try row[3], expected: try row[4])
    }
}

/// The progress of a run, or of one of its instruments. This type decides when a run is complete.
package struct RunProgress: Hashable, Sendable {
    /// The expected instruments.
    package internal(set) var expected = 0
    /// The instruments whose responses are archived.
    package internal(set) var stored = 0
    /// The instruments whose responses are archived and all projected.
    package internal(set) var projected = 0
    /// The reasons why instruments have no response or a response that cannot be projected, by instrument id.
    package internal(set) var failures: [String: String] = [:]
    /// The ids of the instruments that have neither failed nor all their responses projected.
    package internal(set) var pending: [String] = []

    /// A run is complete when each expected instrument has failed or has all its responses projected.
    package var isComplete: Bool { pending.isEmpty }
}

/// The runs of Ingest and the responses that belong to them.
package struct Runs: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Opens a run. If a run with the id exists, nothing changes.
    package func open(_ run: Run) async throws(PostgresError) {
        try await database.execute(
            "INSERT INTO runs (id, exchange, as_of, session, expected) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            [run.id, run.exchange, run.asOf, run.session, Array(Set(run.expected)).sorted()])
    }

    /// The run with an id; nil for an unknown one.
    package func find(_ id: String) async throws(PostgresError) -> Run? {
        try await database.query("SELECT \(Run.columns) FROM runs r WHERE id = $1", [id]).one(Run.init)
    }

    /// The latest scheduled run of an exchange at or before an instant. Ids of scheduled runs begin with the exchange and a slash.
    package func latest(exchange: String, asOf: Instant) async throws(PostgresError) -> Run? {
        try await database.query(
            "SELECT \(Run.columns) FROM runs r WHERE exchange = $1 AND as_of <= $2 AND id LIKE exchange || '/%' ORDER BY as_of DESC, id LIMIT 1",
            [exchange, asOf]
        ).one(Run.init)
    }

    /// The exchanges for which a run of a later session than `session` was opened after an instant. A forecast from `session` that is made now
    /// is made in hindsight.
    package func exchanges(
        among exchanges: [String], pastSession session: SessionDate, after instant: Instant
    ) async throws(PostgresError) -> Set<String> {
        Set(
            try await database.query(
                """
                SELECT e FROM unnest($1::text[]) e WHERE EXISTS (
                    SELECT FROM runs r WHERE r.exchange = e AND r.as_of > $2 AND r.session > $3)
                """, [exchanges, instant, session]
            ).all { row throws(PostgresError) in try row[0] })
    }

    /// The ids of the runs to which a response belongs.
    package func runs(ofResponse key: String) async throws(PostgresError) -> [String] {
        try await database.query(
            "SELECT DISTINCT r.id FROM run_responses i JOIN runs r ON r.number = i.run WHERE i.object_key = $1 ORDER BY 1", [key]
        )
        .all { row throws(PostgresError) in try row[0] }
    }

    /// Records the keys of an instrument's responses, all in one call. Parts that are recorded already do not change.
    package func recordResponses(_ keys: [String], of instrument: String, in run: String) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO run_responses (run, instrument, part, object_key)
            SELECT \(Self.number("$1")), \(Instruments.number("$2")), n - 1, key FROM unnest($3::text[]) WITH ORDINALITY t(key, n)
            ON CONFLICT DO NOTHING
            """, [run, instrument, keys])
    }

    /// Records why an instrument has no response, unless a response or an earlier reason is recorded. The reason must not contain an API key.
    package func recordFailure(_ reason: String, of instrument: String, in run: String) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO run_responses (run, instrument, part, error) VALUES (\(Self.number("$1")), \(Instruments.number("$2")), 0, $3)
            ON CONFLICT DO NOTHING
            """, [run, instrument, reason.storable])
    }

    /// An SQL expression: the number by which tables refer to the run with an id.
    private static func number(_ id: String) -> String { "(SELECT number FROM runs WHERE id = \(id))" }

    /// The progress of a run, or of one of its instruments; nil for an unknown run or an instrument that the run does not expect.
    ///
    /// The progress follows from the recorded and projected responses, so the invocation that projects the last response of a run finds the
    /// run complete.
    package func progress(_ run: String, of instrument: String? = nil) async throws(PostgresError) -> RunProgress? {
        // A run may expect ten thousand instruments and is checked after each response, so a check of one instrument joins only that one.
        let (ids, condition) = instrument == nil ? ("r.expected", "$2::text IS NULL") : ("ARRAY[$2::text]", "$2 = ANY (r.expected)")
        let rows = try await database.query(
            """
            SELECT e.id, min(i.error), count(i.object_key), count(o.object_key), count(x.object_key), min(x.reason)
            FROM runs r LEFT JOIN LATERAL unnest(\(ids)) e(id) ON true
            LEFT JOIN run_responses i ON i.run = r.number AND i.instrument = \(Instruments.number("e.id"))
            LEFT JOIN provider_responses o ON o.object_key = i.object_key
            LEFT JOIN quarantined_objects x ON x.object_key = i.object_key AND o.object_key IS NULL
            WHERE r.id = $1 AND \(condition) GROUP BY e.id
            """, [run, instrument])
        guard !rows.isEmpty else { return nil }
        var progress = RunProgress()
        for row in rows {
            guard let id = try row[0] as String? else { continue }
            progress.expected += 1
            let (error, stored, projected) = (try row[1] as String?, try row[2] as Int, try row[3] as Int)
            let (quarantined, reason) = (try row[4] as Int, try row[5] as String?)
            if let error {
                progress.failures[id] = error
                continue
            }
            if stored > 0 { progress.stored += 1 }
            if stored == 0 || projected + quarantined < stored {
                progress.pending.append(id)
            } else if let reason {
                progress.failures[id] = reason
            } else {
                progress.projected += 1
            }
        }
        return progress
    }
}
