package import Market
package import Postgres

/// Chooses the source of the corporate actions for bars of sources that bring none of their own.
///
/// For an ex-date, the actions are taken from the first source in the precedence that reports actions and whose data reaches back to that
/// date. The data of a provider from which only the last month was requested do not cover earlier years.
package struct ActionSourceCoverage: Hashable, Sendable {
    /// In the order of precedence.
    private var sources: [Coverage]

    private struct Coverage: Hashable, Sendable {
        let source: String
        /// The first session or ex-date of the source's data; nil if the source counts for all dates.
        var first: SessionDate?
    }

    /// Reads the coverage as of an instant. If the precedence has only one source with actions, that source counts for all dates.
    package init(
        _ database: Database, _ instrument: String, _ asOf: AsOf, precedence: [String], withoutActions: Set<String>
    ) async throws(PostgresError) {
        let names = precedence.filter { !withoutActions.contains($0) }
        sources = names.map { Coverage(source: $0) }
        guard names.count > 1 else { return }
        let rows = try await database.query(
            """
            SELECT s.source, least(
                (SELECT session FROM bars WHERE instrument = i.number AND source = s.source AND \(asOf.column) <= $2 ORDER BY session LIMIT 1),
                (SELECT min(ex_date) FROM corporate_actions WHERE instrument = i.number AND source = s.source AND \(asOf.column) <= $2))
            FROM instruments i, unnest($3::text[]) s(source) WHERE i.id = $1
            """, [instrument, asOf.instant, names])
        var first: [String: SessionDate] = [:]
        for row in rows { first[try row[0]] = try row[1] }
        sources = names.map { Coverage(source: $0, first: first[$0] ?? SessionDate(day: .max)) }
    }

    /// The coverage with a source extended back to a date, as by a response that is not stored yet.
    package func extended(to first: SessionDate?, of source: String) -> ActionSourceCoverage {
        var result = self
        guard let first, let index = sources.firstIndex(where: { $0.source == source }), let known = sources[index].first else {
            return result
        }
        result.sources[index].first = min(known, first)
        return result
    }

    /// The source of the actions on an ex-date; nil if no source reaches back to it.
    package func source(on exDate: SessionDate) -> String? {
        sources.first { coverage in coverage.first.map { $0 <= exDate } ?? true }?.source
    }
}
