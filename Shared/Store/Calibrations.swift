package import Market
package import Postgres

/// The spread factor of a model family at one horizon once the outcomes of an origin were in.
package struct Calibration: Hashable, Sendable {
    package let family: String
    package let horizon: Int
    package let session: SessionDate
    /// When those outcomes, and all before, were known.
    package let knownAt: Instant
    package let outcomes: Int
    /// How many of them were inside the issued 80 % range.
    package let inside: Int
    package let k: Double

    package init(family: String, horizon: Int, session: SessionDate, knownAt: Instant, outcomes: Int, inside: Int, k: Double) {
        self.family = family
        self.horizon = horizon
        self.session = session
        self.knownAt = knownAt
        self.outcomes = outcomes
        self.inside = inside
        self.k = k
    }

    static let columns = "kind, horizon, session, known_at, outcomes, inside, k"
    init(_ row: Row) throws(PostgresError) {
        self.init(
            family: try row[0], horizon: try row[1], session: try row[2], knownAt: try row[3], outcomes: try row[4], inside: try row[5],
            k: try row[6])
    }
}

/// The outcomes of one origin, pooled over instruments.
package struct OriginCoverage: Hashable, Sendable {
    package let session: SessionDate
    package let knownAt: Instant
    package let outcomes: Int
    package let inside: Int

    package init(session: SessionDate, knownAt: Instant, outcomes: Int, inside: Int) {
        self.session = session
        self.knownAt = knownAt
        self.outcomes = outcomes
        self.inside = inside
    }
}

/// Spread factors: a fold over the scored origins in order, so that a fit inherits what its family has learned.
package struct Calibrations: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// The last factor of every family and horizon whose outcomes were known before an instant.
    package func known(before instant: Instant) async throws(PostgresError) -> [Calibration] {
        try await database.query(
            """
            SELECT DISTINCT ON (kind, horizon) \(Calibration.columns) FROM calibrations WHERE known_at < $1
            ORDER BY kind, horizon, session DESC
            """, [instant]
        ).all(Calibration.init)
    }

    /// The state before an origin; nil before the first.
    package func last(of family: String, horizon: Int, before session: SessionDate) async throws(PostgresError) -> Calibration? {
        try await database.query(
            "SELECT \(Calibration.columns) FROM calibrations WHERE kind = $1 AND horizon = $2 AND session < $3 ORDER BY session DESC LIMIT 1",
            [family, horizon, session]
        ).one(Calibration.init)
    }

    /// The scored origins from a session on, in order. What comes in more than twelve hours after an origin's first outcome, because an
    /// instrument was halted, does not count: it would change what had been known.
    package func origins(of family: String, horizon: Int, from session: SessionDate) async throws(PostgresError) -> [OriginCoverage] {
        try await database.query(
            """
            SELECT session, max(known_at), count(*), count(*) FILTER (WHERE inside_80) FROM (
                SELECT session, inside_80, known_at, min(known_at) OVER (PARTITION BY session) AS first FROM scores
                WHERE kind = $1 AND horizon = $2 AND session >= $3
            ) s WHERE known_at <= first + interval '12 hours' GROUP BY session ORDER BY session
            """, [family, horizon, session]
        ).all { row throws(PostgresError) in
            OriginCoverage(session: try row[0], knownAt: try row[1], outcomes: try row[2], inside: try row[3])
        }
    }

    /// Writes a family's factors at one horizon from a session on, in place of those that stood there.
    package func replace(
        _ calibrations: [Calibration], of family: String, horizon: Int, from session: SessionDate
    ) async throws(PostgresError) {
        try await database.execute(
            "DELETE FROM calibrations WHERE kind = $1 AND horizon = $2 AND session >= $3", [family, horizon, session])
        try await database.execute(
            """
            INSERT INTO calibrations (\(Calibration.columns))
            SELECT $1, $2, * FROM unnest($3::date[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::float8[])
            """,
            [
                family, horizon, calibrations.map(\.session), calibrations.map(\.knownAt), calibrations.map(\.outcomes),
                calibrations.map(\.inside), calibrations.map(\.k),
            ])
    }
}
