package import Market
package import Postgres

/// A trained model: what it was made of and where its artifact lies.
package struct ModelVersion: Hashable, Sendable {
    /// Hash of (as-of, config, data version, code version).
    package let id: String
    package let family: String
    package let asOf: Instant
    package let featureVersion: String
    package let config: String
    package let dataVersion: String
    package let codeVersion: String
    package let seed: Int64
    package let windowFrom, windowTo: SessionDate
    /// JSON text; comes back with Postgres's spacing and order.
    package let metrics: String
    package let artifactKey: String
    package let artifactSHA256: String

    package init(
        id: String, family: String, asOf: Instant, featureVersion: String, config: String, dataVersion: String, codeVersion: String,
        seed: Int64, windowFrom: SessionDate, windowTo: SessionDate, metrics: String, artifactKey: String, artifactSHA256: String
    ) {
        self.id = id
        self.family = family
        self.asOf = asOf
        self.featureVersion = featureVersion
        self.config = config
        self.dataVersion = dataVersion
        self.codeVersion = codeVersion
        self.seed = seed
        self.windowFrom = windowFrom
        self.windowTo = windowTo
        self.metrics = metrics
        self.artifactKey = artifactKey
        self.artifactSHA256 = artifactSHA256
    }

    static let columns = """
        m.id, m.kind, m.as_of, m.feature_version, m.config, m.data_version, m.code_version, m.seed, m.window_from, m.window_to, m.metrics, \
        m.artifact_key, m.artifact_sha256
        """
    init(_ row: Row) throws(PostgresError) {
        self.init(
            id: try row[0], family: try row[1], asOf: try row[2], featureVersion: try row[3], config: try row[4], dataVersion: try row[5],
            codeVersion: try row[6], seed: try row[7], windowFrom: try row[8], windowTo: try row[9], metrics: try row[10],
            artifactKey: try row[11], artifactSHA256: try row[12])
    }
}

package struct ModelRegistry: Sendable {
    let database: Database
    package init(_ database: Database) { self.database = database }

    /// Keeps every other task from combining models until the transaction ends.
    package func lock() async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended('bellwether models', 0))")
    }

    /// False when a model with this id is registered already; that one stays. Of a family's models as of one instant the last registered serves.
    @discardableResult
    package func register(_ model: ModelVersion) async throws(PostgresError) -> Bool {
        try await database.execute(
            """
            INSERT INTO models (id, kind, as_of, feature_version, config, data_version, code_version, seed, window_from, window_to, metrics,
                artifact_key, artifact_sha256, ordinal)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12, $13, coalesce(max(ordinal) + 1, 0)
            FROM models WHERE kind = $2 AND as_of = $3 ON CONFLICT DO NOTHING
            """,
            [
                model.id, model.family, model.asOf, model.featureVersion, model.config, model.dataVersion, model.codeVersion, model.seed,
                model.windowFrom, model.windowTo, model.metrics, model.artifactKey, model.artifactSHA256,
            ]) > 0
    }

    package func find(_ id: String) async throws(PostgresError) -> ModelVersion? {
        try await database.query("SELECT \(ModelVersion.columns) FROM models m WHERE id = $1", [id]).one(ModelVersion.init)
    }

    /// The models made at or before an instant, latest first, and of one instant the last registered; one family's if named.
    package func list(family: String? = nil, asOf: Instant) async throws(PostgresError) -> [ModelVersion] {
        try await database.query(
            """
            SELECT \(ModelVersion.columns) FROM models m WHERE as_of <= $1 AND ($2 IS NULL OR kind = $2) ORDER BY as_of DESC, ordinal DESC, id DESC
            """,
            [asOf, family]
        ).all(ModelVersion.init)
    }
}
