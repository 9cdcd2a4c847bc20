package import Market
import Postgres

/// One provider's response about one instrument, identified by its key under `raw/`.
///
/// Responses are the events from which the tables are projected. They are projected in the order (`knownAt`, `fetchedAt`, `sha256`, `key`).
package struct ProviderResponse: Hashable, Sendable, Comparable {
    package let key: String
    /// The instrument's id.
    package let instrument: String
    package private(set) var provider: String
    package let kind: String
    package let knownAt: Instant
    package let fetchedAt: Instant
    package let sha256: String
    /// The numbers by which rows refer to the response; nil if they have not been looked up.
    var reference: ProviderResponses.Reference?

    package init(key: String, instrument: String, provider: String, kind: String, knownAt: Instant, fetchedAt: Instant, sha256: String) {
        self.key = key
        self.instrument = instrument
        self.provider = provider
        self.kind = kind
        self.knownAt = knownAt
        self.fetchedAt = fetchedAt
        self.sha256 = sha256
    }

    /// The response as the origin of changes to another source's bars.
    package func applied(to source: String) -> ProviderResponse {
        var response = self
        response.provider = source
        return response
    }

    package static func < (left: ProviderResponse, right: ProviderResponse) -> Bool {
        (left.knownAt, left.fetchedAt, left.sha256, left.key) < (right.knownAt, right.fetchedAt, right.sha256, right.key)
    }

    /// The columns of the tables `provider_responses` (alias r) and `instruments` (alias i).
    static let columns = "r.object_key, i.id, r.provider, r.kind, r.known_at, r.fetched_at, r.sha256"
    static let joins = "JOIN instruments i ON i.number = r.instrument"
    init(_ row: Row) throws(PostgresError) {
        self.init(
            key: try row[0], instrument: try row[1], provider: try row[2], kind: try row[3], knownAt: try row[4], fetchedAt: try row[5],
            sha256: try row[6])
    }
}
