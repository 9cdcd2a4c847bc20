import Market
package import Postgres

/// Limits the requests to each provider, across all functions and invocations. Time is the database's clock.
package struct RequestLimits: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// The requests that a provider allows. At most `perMinute` + `concurrency` requests fall into any minute.
    package struct Allowance: Hashable, Sendable {
        package var perMinute: Double
        /// Requests per UTC day; nil for no limit.
        package var perDay: Int?
        package var concurrency: Int

        package init(perMinute: Double, perDay: Int?, concurrency: Int) {
            self.perMinute = perMinute
            self.perDay = perDay
            self.concurrency = concurrency
        }
    }

    /// Permission for one request, until it is released or expires.
    package struct Lease: Hashable, Sendable { let until: Instant }

    package enum Decision: Hashable, Sendable {
        case granted(Lease)
        /// No permission now; try again after `seconds`. `reason` is `rate`, `concurrency`, `daily-quota`, or the reason given to `block`.
        case wait(seconds: Double, reason: String)
    }

    /// Acquires permission for one request that ends within `seconds`.
    package func acquire(_ provider: String, _ allowance: Allowance, lease seconds: Int = 60) async throws(PostgresError) -> Decision {
        let decision = try await database.query(
            "SELECT lease_until, wait_seconds, reason FROM acquire_request($1, $2, $3, $4, $5 * interval '1 second')",
            [
                provider, allowance.perMinute, Int32(clamping: allowance.perDay ?? .max), Int32(clamping: allowance.concurrency),
                Double(seconds),
            ]
        ).one { row throws(PostgresError) in
            if let until = try row[0] as Instant? { return Decision.granted(Lease(until: until)) }
            return Decision.wait(seconds: try row[1], reason: try row[2])
        }
        return decision ?? .wait(seconds: 1, reason: "concurrency")
    }

    /// Releases the permission after the request.
    package func release(_ lease: Lease, of provider: String) async throws(PostgresError) {
        try await database.execute(
            "UPDATE provider_limits SET leases = array_remove(leases, $2) WHERE provider = $1", [provider, lease.until])
    }

    /// Blocks all requests to a provider for some seconds, or until the UTC day ends (nil). A block is never shortened.
    package func block(_ provider: String, seconds: Double?, reason: String) async throws(PostgresError) {
        try await database.execute(
            """
            UPDATE provider_limits l SET blocked_until = n.until, blocked_reason = $3 FROM (
                SELECT CASE WHEN $2 IS NULL THEN ((clock_timestamp() AT TIME ZONE 'UTC')::date + 1)::timestamp AT TIME ZONE 'UTC'
                    ELSE clock_timestamp() + $2 * interval '1 second' END AS until
            ) n WHERE provider = $1 AND (blocked_until IS NULL OR blocked_until < n.until)
            """, [provider, seconds, reason])
    }
}
