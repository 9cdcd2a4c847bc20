package import Market
package import Postgres

extension FeatureStore {
    /// The first session on which at least `members` of the instruments have features as of an instant and none has a cross-section.
    package func firstGap(_ instruments: [String], members: Int, _ asOf: AsOf) async throws(PostgresError) -> SessionDate? {
        try await database.query(
            """
            SELECT session FROM features f WHERE version = $1 AND instrument_id = ANY ($2) AND \(asOf.column) <= $3
            GROUP BY session HAVING count(DISTINCT instrument_id) FILTER (WHERE log_return <> 'NaN') >= $4 AND NOT EXISTS (
                SELECT FROM cross_features c WHERE c.version = $1 AND c.session = f.session AND c.instrument_id = ANY ($2) AND c.\(asOf.column) <= $3)
            ORDER BY session LIMIT 1
            """, [version, instruments, asOf.instant, members]
        ).one { row throws(PostgresError) in try row[0] }
    }
}
