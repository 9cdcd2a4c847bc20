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
    package func register(_ model: ModelVersion) async throws -> Bool {
        try await database.transaction {
            // Two registrations at once would count the same number.
            try await database.query("SELECT pg_advisory_xact_lock(hashtextextended('bellwether model family ' || $1, 0))", [model.family])
            try await register(family: model.family)
            return try await database.execute(
                """
                INSERT INTO models (id, family, as_of, feature_version, configuration, data_version, code_version, seed, window_from, window_to,
                    metrics, artifact_key, artifact_sha256, version)
                SELECT $1, f.number, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12, $13,
                    coalesce((SELECT max(version) FROM models WHERE family = f.number), 0) + 1
                FROM model_families f WHERE f.name = $2 AND NOT EXISTS (SELECT FROM models WHERE id = $1)
                """,
                [
                    model.id, model.family, model.asOf, model.featureVersion, model.configuration, model.dataVersion, model.codeVersion,
                    model.seed, model.windowFrom, model.windowTo, model.metrics, model.artifactKey, model.artifactSHA256,
                ]) > 0
        }
    }

    /// Registers a family if it is new.
    func register(family: String) async throws(PostgresError) {
        try await database.execute(
            """
            INSERT INTO model_families (name) SELECT $1 WHERE NOT EXISTS (SELECT FROM model_families WHERE name = $1) ON CONFLICT DO NOTHING
            """, [family])
    }

    /// SQL expressions: the numbers by which tables refer to the model version with an id, and to the family with a name.
    static func number(_ id: String) -> String { "(SELECT number FROM models WHERE id = \(id))" }
    static func familyNumber(_ name: String) -> String { "(SELECT number FROM model_families WHERE name = \(name))" }

    /// The model version with an id.
    package func find(_ id: String) async throws(PostgresError) -> ModelVersion? {
        try await database.query("SELECT \(ModelVersion.columns) FROM models m \(ModelVersion.joins) WHERE m.id = $1", [id]).one(
            ModelVersion.init)
    }

    /// The SQL order of versions: latest first; of versions as of one instant, the last registered first.
    private static let latestFirst = "as_of DESC, version DESC"

    /// The model versions trained at or before an instant, latest first; of one family if named.
    package func list(family: String? = nil, asOf: Instant) async throws(PostgresError) -> [ModelVersion] {
        try await database.query(
            """
            SELECT \(ModelVersion.columns) FROM models m \(ModelVersion.joins)
            WHERE m.as_of <= $1 AND ($2::text IS NULL OR n.name = $2) ORDER BY m.as_of DESC, m.version DESC, n.name DESC
            """, [asOf, family]
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
            WITH champion AS MATERIALIZED (
                SELECT m.number, m.family FROM promotions p JOIN models m ON m.number = p.model
                WHERE p.slot = '\(Promotions.slot)' AND p.decided_as_of <= $1 ORDER BY \(Promotions.latestFirst) LIMIT 1
            )
            SELECT \(ModelVersion.columns), v.is_champion FROM (
                SELECT number, true AS is_champion FROM champion
                UNION ALL
                SELECT m.number, false FROM champion c JOIN model_families f ON NOT $3 OR f.number = c.family CROSS JOIN LATERAL (
                    SELECT number FROM models WHERE family = f.number AND as_of <= $1 AND feature_version = $2
                    ORDER BY \(Self.latestFirst) LIMIT $4
                ) m
            ) v JOIN models m ON m.number = v.number \(ModelVersion.joins)
            ORDER BY n.name, m.as_of DESC, m.version DESC
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
