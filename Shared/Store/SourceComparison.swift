package import Market
package import Postgres

/// Two providers' words about the same sessions, side by side.
package struct SourceComparison: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// A session on which the log returns since the session before, as traded, are further apart than was allowed.
    package struct Disagreement: Hashable, Sendable, Encodable {
        package let instrument: String
        package let session: SessionDate
        package let first, second: Double
    }

    /// Compares the latest versions as known at an instant, from a session on. Only sessions that both have count, and a return is between
    /// two neighbours of those. Returns at most `limit` disagreements, largest first, how many there are, and how many returns were compared.
    package func compare(
        _ instrument: String, _ first: String, _ second: String, from: SessionDate?, asOf instant: Instant, tolerance: Double, limit: Int
    ) async throws(PostgresError) -> (largest: [Disagreement], disagreements: Int, compared: Int) {
        let rows = try await database.query(
            """
            WITH latest AS (
                SELECT DISTINCT ON (source, session) source, session, close::float8 AS close FROM bars b
                WHERE instrument_id = $1 AND source = ANY ($2) AND known_at <= $3 AND \(Bars.isVisible("known_at", "$3")) AND session >= coalesce($4, '-infinity')
                ORDER BY source, session, known_at DESC, fetched_at DESC, sha256 DESC
            ), returns AS (
                SELECT session, ln(a.close / lag(a.close) OVER w) AS a, ln(b.close / lag(b.close) OVER w) AS b
                FROM (SELECT * FROM latest WHERE source = ($2::text[])[1]) a JOIN (SELECT * FROM latest WHERE source = ($2::text[])[2]) b USING (session)
                WINDOW w AS (ORDER BY session)
            )
            SELECT session, a, b, count(*) FILTER (WHERE abs(a - b) > $5) OVER (), count(*) OVER ()
            FROM returns WHERE a IS NOT NULL ORDER BY abs(a - b) DESC, session LIMIT $6
            """, [instrument, [first, second], instant, from, tolerance, max(limit, 1)])
        let counts = try rows.first.map { row throws(PostgresError) in (try row[3] as Int, try row[4] as Int) }
        guard let (disagreements, compared) = counts else { return ([], 0, 0) }
        let largest = try rows.all { row throws(PostgresError) in
            Disagreement(instrument: instrument, session: try row[0], first: try row[1], second: try row[2])
        }
        return (Array(largest.prefix(min(disagreements, limit))), disagreements, compared)
    }
}
