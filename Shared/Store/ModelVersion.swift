package import Market
import Postgres

/// A trained version of a model family: its inputs, and the key and hash of its artifact.
package struct ModelVersion: Hashable, Sendable {
    /// The family, and a hash of as-of, configuration, data version and code version.
    package let id: String
    package let family: String
    package let asOf: Instant
    package let featureVersion: String
    /// The training configuration as JSON text.
    package let configuration: String
    package let dataVersion: String
    package let codeVersion: String
    package let seed: Int64
    package let windowFrom, windowTo: SessionDate
    /// JSON text; read back with Postgres' spacing and order.
    package let metrics: String
    package let artifactKey: String
    package let artifactSHA256: String

    package init(
        id: String, family: String, asOf: Instant, featureVersion: String, configuration: String, dataVersion: String, codeVersion: String,
        seed: Int64, windowFrom: SessionDate, windowTo: SessionDate, metrics: String, artifactKey: String, artifactSHA256: String
    ) {
        self.id = id
        self.family = family
        self.asOf = asOf
        self.featureVersion = featureVersion
        self.configuration = configuration
        self.dataVersion = dataVersion
        self.codeVersion = codeVersion
        self.seed = seed
        self.windowFrom = windowFrom
        self.windowTo = windowTo
        self.metrics = metrics
        self.artifactKey = artifactKey
        self.artifactSHA256 = artifactSHA256
    }

    /// The columns of the tables `models` (alias m) and `model_families` (alias n).
    static let columns = """
        m.id, n.name AS family, m.as_of, m.feature_version, m.configuration, m.data_version, m.code_version, m.seed, m.window_from, m.window_to, \
        m.metrics, m.artifact_key, m.artifact_sha256
        """
    static let joins = "JOIN model_families n ON n.number = m.family"
    init(_ row: Row) throws(PostgresError) {
        self.init(
            id: try row["id"], family: try row["family"], asOf: try row["as_of"], featureVersion: try row["feature_version"],
            configuration: try row["configuration"], dataVersion: try row["data_version"], codeVersion: try row["code_version"],
            seed: try row["seed"], windowFrom: try row["window_from"], windowTo: try row["window_to"], metrics: try row["metrics"],
            artifactKey: try row["artifact_key"], artifactSHA256: try row["artifact_sha256"])
    }
}
