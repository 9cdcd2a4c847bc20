package import Market
package import Postgres

/// The table of trained model versions. Rows are inserted and never changed.
package struct ModelRegistry: Sendable {
    let database: Database
    package init(_ database: Database) { self.database = database }

    /// Locks the registration of ensembles against other tasks until the transaction ends.
    package func lock() async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended('bellwether models', 0))")
    }

    /// Registers a model version; returns false, without a change, if the id is registered already.
    ///
    /// Of several versions of a family as of one instant, the last registered one serves.
    @discardableResult
    package func register(_ model: ModelVersion) async throws(PostgresError) -> Bool {
        try await database.execute(
            """
            INSERT INTO models (id, family, as_of, feature_version, configuration, data_version, code_version, seed, window_from, window_to,
                metrics, artifact_key, artifact_sha256, ordinal)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12, $13, coalesce(max(ordinal) + 1, 0)
            FROM models WHERE family = $2 AND as_of = $3 ON CONFLICT DO NOTHING
            """,
            [
                model.id, model.family, model.asOf, model.featureVersion, model.configuration, model.dataVersion, model.codeVersion,
                model.seed, model.windowFrom, model.windowTo, model.metrics, model.artifactKey, model.artifactSHA256,
            ]) > 0
    }

    /// The model version with an id.
    package func find(_ id: String) async throws(PostgresError) -> ModelVersion? {
        try await database.query("SELECT \(ModelVersion.columns) FROM models m WHERE id = $1", [id]).one(ModelVersion.init)
    }

    /// The SQL order of versions: latest first; of versions as of one instant, the last registered first.
    private static let latestFirst = "as_of DESC, ordinal DESC, id DESC"

    /// The model versions trained at or before an instant, latest first; of one family if named.
    package func list(family: String? = nil, asOf: Instant) async throws(PostgresError) -> [ModelVersion] {
        try await database.query(
            "SELECT \(ModelVersion.columns) FROM models m WHERE as_of <= $1 AND ($2 IS NULL OR family = $2) ORDER BY \(Self.latestFirst)",
            [asOf, family]
        ).all(ModelVersion.init)
    }

    /// The model families as of an instant with their roles and versions; nil without a champion or a baseline.
    ///
    /// - Parameters:
    ///   - fallback: the family that is the fallback unless it is the champion.
    ///   - baseline: the random walk's family.
    package func lineup(
        asOf: Instant, featureVersion: String, fallback: String, baseline: String
    ) async throws(PostgresError) -> ModelLineup? {
        let (champion, versions) = try await candidates(asOf, featureVersion, ofChampionOnly: false)
        return champion.flatMap { ModelLineup(versions, champion: $0, fallback: fallback, baseline: baseline) }
    }

    /// The champion's family alone, with its versions; nil before the first promotion.
    package func champion(asOf: Instant, featureVersion: String) async throws(PostgresError) -> ModelLineup.Member? {
        let (champion, versions) = try await candidates(asOf, featureVersion, ofChampionOnly: true)
        return champion.map { ModelLineup.Member(champion: $0, versions: versions) }
    }

    /// The promoted version, and the versions that read these features, latest first within a family; nothing before the first promotion.
    private func candidates(
        _ asOf: Instant, _ featureVersion: String, ofChampionOnly: Bool
    ) async throws(PostgresError) -> (champion: ModelVersion?, versions: [ModelVersion]) {
        let rows = try await database.query(
            """
            WITH RECURSIVE champion AS (
                SELECT m.id, m.family FROM promotions p JOIN models m ON m.id = p.model_id
                WHERE p.slot = '\(Promotions.slot)' AND p.decided_as_of <= $1 ORDER BY \(Promotions.latestFirst) LIMIT 1
            ), families (family) AS (
                SELECT CASE WHEN $3 THEN c.family ELSE (SELECT min(family) FROM models) END FROM champion c
                UNION ALL
                SELECT (SELECT min(m.family) FROM models m WHERE m.family > f.family) FROM families f WHERE f.family IS NOT NULL AND NOT $3
            )
            SELECT \(ModelVersion.columns), v.is_champion FROM (
                SELECT id, true AS is_champion FROM champion
                UNION ALL
                SELECT m.id, false FROM families f CROSS JOIN LATERAL (
                    SELECT id FROM models WHERE family = f.family AND as_of <= $1 AND feature_version = $2
                    ORDER BY \(Self.latestFirst) LIMIT $4
                ) m
            ) v JOIN models m ON m.id = v.id
            ORDER BY family, \(Self.latestFirst)
            """, [asOf, featureVersion, ofChampionOnly, ModelLineup.versionsPerFamily])
        var champion: ModelVersion?
        var versions: [ModelVersion] = []
        for row in rows {
            let version = try ModelVersion(row)
            if try row["is_champion"] { champion = version } else { versions.append(version) }
        }
        return (champion, versions)
    }
}
