package import Market
package import Postgres

/// A rule violation of a row of a response, with its disposition.
package struct RecordedViolation: Hashable, Sendable {
    /// The disposition of the row, or that the violation is over.
    package enum Status: String, Hashable, Sendable {
        /// The row is used unchanged; the violation is for information.
        case accepted
        /// The row is used with repaired values.
        case repaired
        /// The row is not used.
        case quarantined
        /// The session no longer violates the rule.
        case resolved
    }

    /// The row's position in its response, from zero; -1 if the rule checks a series of bars.
    package let ordinal: Int
    package let session: SessionDate?
    /// A name in `ValidationRuleName`, or a rule of a provider's parser.
    package let rule: String
    /// The figures that violate the rule.
    package let detail: String
    /// The row as the provider sent it.
    package let text: String
    package let disposition: Status
    /// The replaced values, if the disposition is `repaired`.
    package let repairs: [Repair]
    /// The number of further rows of the response that violate the rule and are not stored.
    package let omitted: Int

    package init(
        ordinal: Int, session: SessionDate?, rule: String, detail: String, text: String, disposition: Status = .quarantined,
        repairs: [Repair] = [], omitted: Int = 0
    ) {
        self.ordinal = ordinal
        self.session = session
        self.rule = rule
        self.detail = detail
        self.text = text
        self.disposition = disposition
        self.repairs = repairs
        self.omitted = omitted
    }

    /// This violation as the one stored row of `count` rows. It has no session, because it is no version of a session's violation.
    func standing(for count: Int) -> RecordedViolation {
        RecordedViolation(
            ordinal: ordinal, session: nil, rule: rule,
            detail: "\(count) more rows of this response violate the rule; this is the first",
            text: text, disposition: disposition, omitted: count - 1)
    }

    /// Whether both record the same violation of the same row.
    func repeats(_ other: RecordedViolation) -> Bool {
        (disposition, rule, detail, text, repairs) == (other.disposition, other.rule, other.detail, other.text, other.repairs)
    }
}

/// Versions of rule violations. The latest version for an instrument, source, session and rule holds.
///
/// Of one response, the first rows of each rule are stored, and one more row that stands for all others.
package struct QuarantineLog: Sendable {
    /// The largest number of rows of one response that are stored for each rule and disposition.
    package static let rowsPerRule = 100

    private static let columns = "q.ordinal, q.session, q.rule, q.detail, q.row_text, q.disposition, q.repairs, q.omitted"

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Stores the violations of a response that are new, and resolves earlier violations that no longer hold.
    ///
    /// - Parameters:
    ///   - validated: the sessions that were validated. Earlier violations of rules over series are resolved for all of them.
    ///   - received: the sessions of which the response has a readable bar. Earlier violations of rules over single rows are resolved for
    ///     these only.
    package func update(
        _ violations: [RecordedViolation], from response: ProviderResponse, validated: [SessionDate] = [],
        received: Set<SessionDate> = []
    ) async throws(PostgresError) {
        let sessions = violations.lazy.compactMap(\.session)
        let ends = [sessions.min(), sessions.max(), validated.min(), validated.max()].compactMap { $0 }
        var known: [RecordedViolation] = []
        if let first = ends.min(), let last = ends.max() {
            known = try await database.query(
                """
                SELECT DISTINCT ON (q.session, q.rule) \(Self.columns) FROM quarantine q
                WHERE q.instrument = \(Instruments.number("$1")) AND q.source = $2
                    AND (q.session BETWEEN $3 AND $4 OR q.session IS NULL AND (q.omitted > 0 OR q.disposition = 'resolved'))
                ORDER BY q.session, q.rule, \(Self.version("q")) DESC
                """, [response.instrument, response.provider, first, last]
            ).all { row throws(PostgresError) in try Self.violation(row, at: 0) }
        }
        let quarantined = Set((violations + known).filter { $0.disposition == .quarantined }.compactMap(\.session))
        // A session's quarantined row is more specific than its missing bar.
        let violations = violations.filter {
            $0.rule != ValidationRuleName.missingSession || !($0.session.map(quarantined.contains) ?? false)
        }
        let versions = Dictionary(known.map { (Key($0), $0) }) { first, _ in first }
        var next = Self.first(violations) { row in versions[Key(row)].map { !$0.repeats(row) } ?? true }
        if !known.isEmpty {
            let validated = Set(validated)
            let violated = Set(violations.map(Key.init))
            for old in known where old.disposition != .resolved && old.rule != ValidationRuleName.manualOverride {
                guard let session = old.session, validated.contains(session) else { continue }
                guard !violated.contains(Key(old)), ValidationRuleName.seriesRules.contains(old.rule) || received.contains(session) else {
                    continue
                }
                next.append(
                    RecordedViolation(
                        ordinal: -1, session: session, rule: old.rule, detail: "resolved",
                        text: old.text, disposition: .resolved))
            }
        }
        next += Self.storedByNow(known, violations, next)
        try await insert(next, from: response)
    }

    /// The ends of rows that stand for others, of which a history has brought the last ones now.
    private static func storedByNow(
        _ known: [RecordedViolation], _ violations: [RecordedViolation], _ next: [RecordedViolation]
    ) -> [RecordedViolation] {
        known.filter { old in
            old.session == nil && old.omitted > 0 && !next.contains { $0.rule == old.rule && $0.omitted > 0 }
                && violations.count { $0.rule == old.rule } > rowsPerRule
        }.map {
            RecordedViolation(ordinal: -1, session: nil, rule: $0.rule, detail: "all rows are stored", text: "", disposition: .resolved)
        }
    }

    /// What violations with a session are versions of.
    private struct Key: Hashable {
        let session: SessionDate?
        let rule: String

        init(_ violation: RecordedViolation) { (session, rule) = (violation.session, violation.rule) }
    }

    /// The first `rowsPerRule` new violations of each rule and disposition, and a row for all new ones that follow.
    ///
    /// When the same history comes again, the next ones of these are new, and the row for the others takes the place of the earlier one.
    static func first(_ violations: [RecordedViolation], isNew: (RecordedViolation) -> Bool) -> [RecordedViolation] {
        struct Group: Hashable {
            let rule: String
            let disposition: RecordedViolation.Status
        }
        struct Remainder {
            let first: RecordedViolation
            /// The rows that came, and those that they stand for.
            var count = 0
        }
        var counts: [Group: Int] = [:]
        var rests: [Group: Remainder] = [:]
        var kept: [RecordedViolation] = []
        for violation in violations where isNew(violation) {
            let group = Group(rule: violation.rule, disposition: violation.disposition)
            counts[group, default: 0] += 1
            if counts[group, default: 0] > rowsPerRule {
                rests[group, default: Remainder(first: violation)].count += 1 + violation.omitted
            } else {
                kept.append(violation)
            }
        }
        let others = rests.values.map { $0.count == 1 ? $0.first : $0.first.standing(for: $0.count) }
        return kept + others.sorted { ($0.ordinal, $0.rule) < ($1.ordinal, $1.rule) }
    }

    /// Stores violations of a response as they are. A violation that is stored already (same response, position and rule) does not change.
    package func insert(_ violations: [RecordedViolation], from response: ProviderResponse) async throws(PostgresError) {
        guard !violations.isEmpty else { return }
        let own = try await ProviderResponses(database).reference(to: response)
        try await database.execute(
            """
            INSERT INTO quarantine (response_id, ordinal, rule, instrument, session, detail, row_text, known_at, source, disposition, repairs,
                omitted)
            SELECT $1, n.ordinal, n.rule, $2, n.session, n.detail, n.row_text, $3, $4, n.disposition, n.repairs, n.omitted
            FROM unnest($5::bigint[], $6::text[], $7::date[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[])
                n(ordinal, rule, session, detail, row_text, disposition, repairs, omitted)
            ON CONFLICT DO NOTHING
            """,
            [
                own.id, own.instrument, response.knownAt, response.provider,
                violations.map(\.ordinal), violations.map(\.rule), violations.map(\.session), violations.map(\.detail.storable),
                violations.map(\.text.storable), violations.map(\.disposition.rawValue),
                violations.map { $0.repairs.map(\.description).joined(separator: ", ") }, violations.map(\.omitted),
            ])
    }

    /// The violations of one response that it did not resolve, in the order of its rows.
    package func violations(ofResponse key: String, limit: Int = .max) async throws(PostgresError) -> [RecordedViolation] {
        try await database.query(
            """
            SELECT \(Self.columns) FROM quarantine q
            WHERE response_id = (SELECT id FROM provider_responses WHERE object_key = $1) AND disposition <> 'resolved'
            ORDER BY ordinal, session, rule LIMIT $2
            """, [key.storable, limit]
        ).all { row throws(PostgresError) in try Self.violation(row, at: 0) }
    }

    private static func violation(_ row: Row, at column: Int) throws(PostgresError) -> RecordedViolation {
        RecordedViolation(
            ordinal: try row[column], session: try row[column + 1],
            rule: try row[column + 2], detail: try row[column + 3], text: try row[column + 4],
            disposition: RecordedViolation.Status(rawValue: try row[column + 5]) ?? .quarantined,
            repairs: (try row[column + 6] as String).split(separator: ",").compactMap { Repair($0) }, omitted: try row[column + 7])
    }

    /// A violation with its instrument and its response.
    package struct Entry: Sendable {
        package let instrument: Instrument
        package let source: String
        /// The key of the response.
        package let key: String
        package let knownAt: Instant
        package let row: RecordedViolation
    }

    /// The violations that hold as known at an instant, latest first.
    ///
    /// Violations without a session follow the violations that became known at the same time, and are left out if `from` or `to` is given.
    package func entries(
        of instrument: String? = nil, source: String? = nil, from: SessionDate? = nil, to: SessionDate? = nil, asOf instant: Instant,
        limit: Int, offset: Int = 0
    ) async throws(PostgresError) -> [Entry] {
        try await database.query(
            """
            SELECT \(Instruments.columns(at: "$1::timestamptz")), q.source, r.object_key, q.known_at, \(Self.columns)
            FROM (\(Self.current("$1"))) q JOIN instruments i ON i.number = q.instrument JOIN provider_responses r ON r.id = q.response_id
            WHERE ($2::text IS NULL OR q.instrument = \(Instruments.number("$2"))) AND ($4::text IS NULL OR q.source = $4)
                AND ($5::date IS NULL OR q.session >= $5) AND ($6::date IS NULL OR q.session <= $6)
            ORDER BY q.known_at DESC, q.instrument, q.session DESC NULLS LAST, q.response_id, q.ordinal, q.rule LIMIT $3 OFFSET $7
            """, [instant, instrument, limit, source, from, to, offset]
        ).all { row throws(PostgresError) in
            Entry(
                instrument: try Instruments.instrument(row), source: try row[5], key: try row[6], knownAt: try row[7],
                row: try Self.violation(row, at: 8))
        }
    }

    /// An SQL expression: the number of rows of responses with a disposition. Violations of one source and session count once, and so do
    /// violations without a session at one position of a response. Rows that are not stored count too.
    static func rowCount(_ disposition: RecordedViolation.Status) -> String {
        """
        count(DISTINCT (source, session)) FILTER (WHERE disposition = '\(disposition.rawValue)' AND session IS NOT NULL)
            + count(DISTINCT (response_id, ordinal)) FILTER (WHERE disposition = '\(disposition.rawValue)' AND session IS NULL)
            + coalesce(sum(omitted) FILTER (WHERE disposition = '\(disposition.rawValue)'), 0)::bigint
        """
    }

    /// An SQL row value that orders the versions of a violation: of two versions, the one with the greater value holds.
    private static func version(_ row: String) -> String { "(\(row).response_id, \(row).ordinal)" }

    /// A query: the rows of `quarantine` that hold as known at the instant in an SQL parameter. Rows without a session are not versions
    /// of each other, but for rows that stand for others: of these the latest one of a rule and disposition holds.
    static func current(_ parameter: String) -> String {
        """
        SELECT q.* FROM quarantine q WHERE q.known_at <= \(parameter) AND q.disposition <> 'resolved' AND NOT EXISTS (
            SELECT FROM quarantine n WHERE (n.instrument, n.source, n.session, n.rule) = (q.instrument, q.source, q.session, q.rule)
                AND n.known_at <= \(parameter)
                AND \(version("n")) > \(version("q")))
            AND (q.session IS NOT NULL OR q.omitted = 0 OR NOT EXISTS (
                SELECT FROM quarantine n WHERE (n.instrument, n.source, n.rule) = (q.instrument, q.source, q.rule) AND n.session IS NULL
                    AND (n.disposition = q.disposition AND n.omitted > 0 OR n.disposition = 'resolved')
                    AND n.known_at <= \(parameter) AND \(version("n")) > \(version("q"))))
        """
    }
}
