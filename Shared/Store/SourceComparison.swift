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
    /// two neighbours of those. Returns the disagreements, largest first, and how many returns were compared.
    package func compare(
        _ instrument: String, _ first: String, _ second: String, from: SessionDate?, asOf instant: Instant, tolerance: Double
    ) async throws(PostgresError) -> (disagreements: [Disagreement], compared: Int) {
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
            SELECT session, a, b, count(*) OVER () FROM returns WHERE a IS NOT NULL ORDER BY abs(a - b) DESC, session
            """, [instrument, [first, second], instant, from])
        let compared = try rows.first.map { row throws(PostgresError) in try row[3] as Int } ?? 0
        var disagreements: [Disagreement] = []
        for row in rows {
            let (a, b): (Double, Double) = (try row[1], try row[2])
            guard abs(a - b) > tolerance else { break }
            disagreements.append(Disagreement(instrument: instrument, session: try row[0], first: a, second: b))
        }
        return (disagreements, compared)
    }
}
