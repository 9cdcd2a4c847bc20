package import Market
package import Postgres

/// Whose corporate actions explain the prices of providers that name none: of each ex-date, those of the most trusted provider that names
/// actions and whose word reaches back to it. One that was asked about the last month only says nothing of the years before.
package struct ActionSourceCoverage: Hashable, Sendable {
    /// Most trusted first.
    private var reach: [Reach]

    private struct Reach: Hashable, Sendable {
        let source: String
        /// Of which anything was told; nil reaches everywhere.
        var first: SessionDate?
    }

    /// The only one of an order reaches everywhere; of several, each as far as its bars and actions that are visible as of an instant.
    package init(
        _ database: Database, _ instrument: String, _ asOf: AsOf, order: [String], silent: Set<String>
    ) async throws(PostgresError) {
        let speaking = order.filter { !silent.contains($0) }
        reach = speaking.map { Reach(source: $0) }
        guard speaking.count > 1 else { return }
        let rows = try await database.query(
            """
            SELECT s.source, least(
                (SELECT session FROM bars WHERE instrument_id = $1 AND source = s.source AND \(asOf.column) <= $2 ORDER BY session LIMIT 1),
                (SELECT min(ex_date) FROM corporate_actions WHERE instrument_id = $1 AND source = s.source AND \(asOf.column) <= $2))
            FROM unnest($3::text[]) s(source)
            """, [instrument, asOf.instant, speaking])
        var first: [String: SessionDate] = [:]
        for row in rows { first[try row[0]] = try row[1] }
        reach = speaking.map { Reach(source: $0, first: first[$0] ?? SessionDate(day: .max)) }
    }

    /// With what a response tells beyond.
    package func reaching(_ first: SessionDate?, of source: String) -> ActionSourceCoverage {
        var result = self
        guard let first, let index = reach.firstIndex(where: { $0.source == source }), let known = reach[index].first else { return result }
        result.reach[index].first = min(known, first)
        return result
    }

    package func source(on exDate: SessionDate) -> String? {
        reach.first { provider in provider.first.map { $0 <= exDate } ?? true }?.source
    }
}
