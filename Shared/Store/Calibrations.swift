package import Market
package import Postgres

/// The calibration factor of a model family at one horizon, once the outcomes of an origin are known.
package struct Calibration: Hashable, Sendable {
    package let family: String
    package let horizon: Int
    /// The origin.
    package let session: SessionDate
    /// The time at which the outcomes of this origin and of all earlier ones were known.
    package let knownAt: Instant
    package let outcomes: Int
    /// How many of the outcomes lay inside the published 80 % interval.
    package let inside80: Int
    package let factor: Double

    package init(
        family: String, horizon: Int, session: SessionDate, knownAt: Instant, outcomes: Int, inside80: Int, factor: Double
    ) {
        self.family = family
        self.horizon = horizon
        self.session = session
        self.knownAt = knownAt
        self.outcomes = outcomes
        self.inside80 = inside80
        self.factor = factor
    }

    /// The columns of the tables `calibrations` (alias c) and `model_families` (alias n).
    static let columns = "n.name AS family, c.horizon, c.session, c.known_at, c.outcomes, c.inside_80, c.factor"
    init(_ row: Row) throws(PostgresError) {
        self.init(
            family: try row["family"], horizon: try row["horizon"], session: try row["session"], knownAt: try row["known_at"],
            outcomes: try row["outcomes"], inside80: try row["inside_80"], factor: try row["factor"])
    }
}

/// The outcomes of one origin, pooled over instruments.
package struct OriginCoverage: Hashable, Sendable {
    package let session: SessionDate
    package let knownAt: Instant
    package let outcomes: Int
    /// How many of the outcomes lay inside the published 80 % interval.
    package let inside80: Int

    package init(session: SessionDate, knownAt: Instant, outcomes: Int, inside80: Int) {
        self.session = session
        self.knownAt = knownAt
        self.outcomes = outcomes
        self.inside80 = inside80
    }
}

/// The table of calibration factors, derived from the scored origins in order. A new model version inherits its family's factor.
package struct Calibrations: Sendable {
    /// Outcomes known later than this many hours after the first outcome of their origin do not count: an evening's outcomes arrive within
    /// hours, and later ones would change a factor that was already used.
    static let outcomeHours = 12

    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// When the latest outcome of which a factor was derived was known; nil without a factor.
    package func latestKnown() async throws(PostgresError) -> Instant? {
        try await database.query("SELECT max(known_at) FROM calibrations").one { row throws(PostgresError) in try row[0] as Instant? }
            ?? nil
    }

    /// The last factor of every family and horizon whose outcomes were known before an instant.
    package func known(before instant: Instant) async throws(PostgresError) -> [Calibration] {
        try await database.query(
            """
            SELECT \(Calibration.columns) FROM model_families n CROSS JOIN unnest($2::bigint[]) h (horizon) CROSS JOIN LATERAL (
                SELECT * FROM calibrations
                WHERE family = n.number AND horizon = h.horizon AND known_at < $1 ORDER BY session DESC LIMIT 1
            ) c ORDER BY n.name, c.horizon
            """, [instant, Horizon.all]
        ).all(Calibration.init)
    }

    /// The calibration of the last origin before a session; nil before the first origin.
    package func last(of family: String, horizon: Int, before session: SessionDate) async throws(PostgresError) -> Calibration? {
        try await database.query(
            """
            SELECT \(Calibration.columns) FROM calibrations c JOIN model_families n ON n.number = c.family
            WHERE n.name = $1 AND c.horizon = $2 AND c.session < $3 ORDER BY c.session DESC LIMIT 1
            """, [family, horizon, session]
        ).one(Calibration.init)
    }

    /// The coverage of the scored origins from a session on, in order.
    ///
    /// Outcomes known more than `outcomeHours` after the first outcome of the origin are left out.
    package func origins(of family: String, horizon: Int, from session: SessionDate) async throws(PostgresError) -> [OriginCoverage] {
        try await database.query(
            """
            SELECT session, max(known_at) AS known_at, count(*) AS outcomes, count(*) FILTER (WHERE inside_80) AS inside_80 FROM (
                SELECT session, inside_80, known_at, min(known_at) OVER (PARTITION BY session) AS first FROM scores
                WHERE family = \(ModelRegistry.familyNumber("$1")) AND horizon = $2 AND session >= $3
            ) s WHERE known_at <= first + $4 * interval '1 hour' GROUP BY session ORDER BY session
            """, [family, horizon, session, Self.outcomeHours]
        ).all { row throws(PostgresError) in
            OriginCoverage(
                session: try row["session"], knownAt: try row["known_at"], outcomes: try row["outcomes"], inside80: try row["inside_80"])
        }
    }

    /// Writes a family's factors at one horizon from a session on, in place of the stored ones.
    package func replace(
        _ calibrations: [Calibration], of family: String, horizon: Int, from session: SessionDate
    ) async throws(PostgresError) {
        try await database.execute(
            "DELETE FROM calibrations WHERE family = \(ModelRegistry.familyNumber("$1")) AND horizon = $2 AND session >= $3",
            [family, horizon, session])
        try await database.execute(
            """
            INSERT INTO calibrations (family, horizon, session, known_at, outcomes, inside_80, factor)
            SELECT \(ModelRegistry.familyNumber("$1")), $2, * FROM unnest($3::date[], $4::timestamptz[], $5::bigint[], $6::bigint[], $7::float8[])
            """,
            [
                family, horizon, calibrations.map(\.session), calibrations.map(\.knownAt), calibrations.map(\.outcomes),
                calibrations.map(\.inside80), calibrations.map(\.factor),
            ])
    }
}
