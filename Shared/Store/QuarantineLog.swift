package import Market
package import Postgres

/// A row that could not become a bar, with the reason.
package struct QuarantinedRow: Hashable, Sendable {
    /// The row's place in its object, from zero.
    package let ordinal: Int
    package let session: SessionDate?
    package let violation: Violation
    /// The row as it came.
    package let text: String

    package init(ordinal: Int, session: SessionDate?, violation: Violation, text: String) {
        self.ordinal = ordinal
        self.session = session
        self.violation = violation
        self.text = text
    }
}

package struct QuarantineLog: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    package func insert(_ rows: [QuarantinedRow], from answer: Answer) async throws(PostgresError) {
        guard !rows.isEmpty else { return }
        try await database.execute(
            """
            INSERT INTO quarantine (object_key, ordinal, rule, instrument_id, session, detail, row, known_at, fetched_at, sha256)
            SELECT $1, n.ordinal, n.rule, $2, n.session, n.detail, n.row, $3, $4, $5
            FROM unnest($6::bigint[], $7::text[], $8::date[], $9::text[], $10::text[]) n(ordinal, rule, session, detail, row)
            ON CONFLICT DO NOTHING
            """,
            [
                answer.key, answer.instrument, answer.knownAt, answer.fetchedAt, answer.sha256, rows.map(\.ordinal),
                rows.map(\.violation.rule),
                rows.map(\.session), rows.map(\.violation.detail), rows.map(\.text),
            ])
    }

    /// The rows quarantined from one object, in order.
    package func rows(of key: String) async throws(PostgresError) -> [QuarantinedRow] {
        try await database.query(
            "SELECT ordinal, session, rule, detail, row FROM quarantine WHERE object_key = $1 ORDER BY ordinal, rule", [key]
        ).all { row throws(PostgresError) in
            QuarantinedRow(
                ordinal: try row[0], session: try row[1], violation: Violation(rule: try row[2], detail: try row[3]), text: try row[4])
        }
    }

    /// A quarantined row and where it came from.
    package struct Entry: Sendable {
        package let instrument: Instrument
        package let source: String
        package let key: String
        package let knownAt: Instant
        package let row: QuarantinedRow
    }

    /// The rows known to be quarantined at an instant, latest first; of one instrument if given.
    package func entries(of instrument: String? = nil, asOf instant: Instant, limit: Int) async throws(PostgresError) -> [Entry] {
        try await database.query(
            """
            SELECT \(Instruments.columns), r.provider, q.object_key, q.known_at, q.ordinal, q.session, q.rule, q.detail, q.row
            FROM quarantine q JOIN instruments i ON i.id = q.instrument_id JOIN raw_objects r ON r.key = q.object_key
            WHERE q.known_at <= $1 AND ($2 IS NULL OR q.instrument_id = $2)
            ORDER BY q.known_at DESC, q.instrument_id, q.session DESC, q.object_key, q.ordinal, q.rule LIMIT $3
            """, [instant, instrument, limit]
        ).all { row throws(PostgresError) in
            Entry(
                instrument: try Instruments.instrument(row), source: try row[5], key: try row[6], knownAt: try row[7],
                row: QuarantinedRow(
                    ordinal: try row[8], session: try row[9], violation: Violation(rule: try row[10], detail: try row[11]),
                    text: try row[12]))
        }
    }

    /// How many rows were known to be quarantined at an instant, by instrument.
    package func counts(asOf instant: Instant) async throws(PostgresError) -> [String: Int] {
        let pairs = try await database.query("SELECT instrument_id, count(*) FROM quarantine WHERE known_at <= $1 GROUP BY 1", [instant])
            .all { row throws(PostgresError) in (try row[0] as String, try row[1] as Int) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}
