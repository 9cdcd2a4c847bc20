package import Market
package import Postgres

/// What a rule said of a row, and what was done.
package struct RecordedViolation: Hashable, Sendable {
    package enum Verdict: String, Hashable, Sendable {
        /// Worth knowing; the row counts.
        case accept
        /// The row counts, with other values in place of its own.
        case repair
        /// The row is held back.
        case quarantine
        /// The rule has nothing to say of the session any more.
        case released
    }

    /// The row's place in its object, from zero; -1 when the rule looked at a whole series.
    package let ordinal: Int
    package let session: SessionDate?
    /// A name in `ValidationRule`, or a rule of a provider's parser.
    package let rule: String
    /// The figures that broke the rule.
    package let detail: String
    /// The row as it came.
    package let text: String
    package let verdict: Verdict
    /// What `verdict` repair replaced.
    package let repairs: [Repair]

    package init(
        ordinal: Int, session: SessionDate?, rule: String, detail: String, text: String, verdict: Verdict = .quarantine,
        repairs: [Repair] = []
    ) {
        self.ordinal = ordinal
        self.session = session
        self.rule = rule
        self.detail = detail
        self.text = text
        self.verdict = verdict
        self.repairs = repairs
    }

    /// Whether it says the same of the same session.
    func repeats(_ other: RecordedViolation) -> Bool {
        (verdict, rule, detail, text, repairs) == (other.verdict, other.rule, other.detail, other.text, other.repairs)
    }
}

/// What the rules found, in versions: of a source's session and a rule the latest counts.
package struct QuarantineLog: Sendable {
    private static let columns = "q.ordinal, q.session, q.rule, q.detail, q.row, q.verdict, q.repair"

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Writes down what a response's folding found and nobody had said before, and releases what was said before of `judged` sessions and
    /// not again: rules over series of all of them, rules of one row of those in `came`, the sessions of which the response has a good bar.
    package func update(
        _ rows: [RecordedViolation], from response: ProviderResponse, judged: [SessionDate] = [], came: Set<SessionDate> = []
    ) async throws(PostgresError) {
        let sessions = rows.compactMap(\.session) + judged
        var known: [RecordedViolation] = []
        if let first = sessions.min(), let last = sessions.max() {
            known = try await database.query(
                """
                SELECT DISTINCT ON (q.session, q.rule) \(Self.columns) FROM quarantine q
                WHERE q.instrument_id = $1 AND q.source = $2 AND q.session BETWEEN $3 AND $4
                ORDER BY q.session, q.rule, q.known_at DESC, q.fetched_at DESC, q.sha256 DESC, q.ordinal DESC
                """, [response.instrument, response.provider, first, last]
            ).all(Self.row)
        }
        let held = Set((rows + known).filter { $0.verdict == .quarantine }.compactMap(\.session))
        // A row that came and was turned away says more than that there is no bar.
        let rows = rows.filter { $0.rule != ValidationRule.missingSession || !($0.session.map(held.contains) ?? false) }
        var next = rows
        if !known.isEmpty {
            next.removeAll { row in
                known.contains { $0.session == row.session && $0.rule == row.rule && $0.repeats(row) }
            }
            let judged = Set(judged)
            for old in known where old.verdict != .released && old.rule != ValidationRule.manualOverride {
                guard let session = old.session, judged.contains(session) else { continue }
                let isOver = !rows.contains { $0.session == session && $0.rule == old.rule }
                guard isOver, ValidationRule.seriesRules.contains(old.rule) || came.contains(session) else { continue }
                next.append(
                    RecordedViolation(
                        ordinal: -1, session: session, rule: old.rule, detail: "nothing any more",
                        text: old.text, verdict: .released))
            }
        }
        try await insert(next, from: response)
    }

    package func insert(_ rows: [RecordedViolation], from response: ProviderResponse) async throws(PostgresError) {
        guard !rows.isEmpty else { return }
        try await database.execute(
            """
            INSERT INTO quarantine (object_key, ordinal, rule, instrument_id, session, detail, row, known_at, fetched_at, sha256, source, verdict,
                repair)
            SELECT $1, n.ordinal, n.rule, $2, n.session, n.detail, n.row, $3, $4, $5, $6, n.verdict, n.repair
            FROM unnest($7::bigint[], $8::text[], $9::date[], $10::text[], $11::text[], $12::text[], $13::text[])
                n(ordinal, rule, session, detail, row, verdict, repair)
            ON CONFLICT DO NOTHING
            """,
            [
                response.key, response.instrument, response.knownAt, response.fetchedAt, response.sha256, response.provider,
                rows.map(\.ordinal),
                rows.map(\.rule), rows.map(\.session), rows.map(\.detail), rows.map(\.text),
                rows.map(\.verdict.rawValue), rows.map { $0.repairs.map(\.description).joined(separator: ", ") },
            ])
    }

    /// What was found in one object, in order.
    package func rows(of key: String) async throws(PostgresError) -> [RecordedViolation] {
        try await database.query("SELECT \(Self.columns) FROM quarantine q WHERE object_key = $1 ORDER BY ordinal, session, rule", [key])
            .all(Self.row)
    }

    private static func row(_ row: Row) throws(PostgresError) -> RecordedViolation { try found(in: row, at: 0) }

    private static func found(in row: Row, at column: Int) throws(PostgresError) -> RecordedViolation {
        RecordedViolation(
            ordinal: try row[column], session: try row[column + 1],
            rule: try row[column + 2], detail: try row[column + 3], text: try row[column + 4],
            verdict: RecordedViolation.Verdict(rawValue: try row[column + 5]) ?? .quarantine,
            repairs: (try row[column + 6] as String).split(separator: ",").compactMap { Repair($0) })
    }

    /// A finding and where it came from.
    package struct Entry: Sendable {
        package let instrument: Instrument
        package let source: String
        package let key: String
        package let knownAt: Instant
        package let row: RecordedViolation
    }

    /// What holds as known at an instant, latest first; of one instrument, of one source, of sessions from and to, if given. What is of no
    /// session comes after what became known with it, and is left out where sessions are given.
    package func entries(
        of instrument: String? = nil, source: String? = nil, from: SessionDate? = nil, to: SessionDate? = nil, asOf instant: Instant,
        limit: Int
    ) async throws(PostgresError) -> [Entry] {
        try await database.query(
            """
            SELECT \(Instruments.columns), q.source, q.object_key, q.known_at, \(Self.columns)
            FROM (\(Self.current("$1"))) q JOIN instruments i ON i.id = q.instrument_id
            WHERE ($2 IS NULL OR q.instrument_id = $2) AND ($4::text IS NULL OR q.source = $4)
                AND ($5::date IS NULL OR q.session >= $5) AND ($6::date IS NULL OR q.session <= $6)
            ORDER BY q.known_at DESC, q.instrument_id, q.session DESC NULLS LAST, q.object_key, q.ordinal, q.rule LIMIT $3
            """, [instant, instrument, limit, source, from, to]
        ).all { row throws(PostgresError) in
            Entry(
                instrument: try Instruments.instrument(row), source: try row[5], key: try row[6], knownAt: try row[7],
                row: try Self.found(in: row, at: 8))
        }
    }

    /// The number of responses' rows that findings of a verdict are about: a source's sessions, and places in objects where there is none.
    static func rows(_ verdict: String) -> String {
        """
        count(DISTINCT (source, session)) FILTER (WHERE verdict = '\(verdict)' AND session IS NOT NULL)
            + count(DISTINCT (object_key, ordinal)) FILTER (WHERE verdict = '\(verdict)' AND session IS NULL)
        """
    }

    /// The rows of `quarantine` that hold as known at a parameter's instant. Those without a session are no versions of each other.
    static func current(_ parameter: String) -> String {
        """
        SELECT q.* FROM quarantine q WHERE q.known_at <= \(parameter) AND q.verdict <> 'released' AND NOT EXISTS (
            SELECT FROM quarantine n WHERE (n.instrument_id, n.source, n.session, n.rule) = (q.instrument_id, q.source, q.session, q.rule)
                AND n.known_at <= \(parameter)
                AND (n.known_at, n.fetched_at, n.sha256, n.ordinal) > (q.known_at, q.fetched_at, q.sha256, q.ordinal))
        """
    }
}
