package import Market
package import Postgres

/// One instrument's history out of what several providers say of it.
package struct ConsolidatedSeries: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// The bars that the order of preference chooses, and the actions that belong to them: those of the source of the first bar from the
    /// ex-date on. Where that source is one of `silent`, which report no actions, those of the `ActionSourceCoverage`.
    ///
    /// Two providers that date one split differently do not count it twice. A split that only a bar's level tells of comes with the bar.
    package func read(
        _ instrument: String, _ asOf: AsOf, order: [String], silent: Set<String> = [], from: SessionDate? = nil
    ) async throws(PostgresError) -> (bars: [SourcedBar], actions: [CorporateAction]) {
        let bars = try await Bars(database).sourced(instrument, asOf, order: order, from: from)
        return (bars, try await actions(of: instrument, asOf, for: bars, order: order, silent: silent))
    }

    /// The actions that belong to bars that were chosen.
    package func actions(
        of instrument: String, _ asOf: AsOf, for bars: [SourcedBar], order: [String], silent: Set<String> = []
    ) async throws(PostgresError) -> [CorporateAction] {
        let speaking =
            bars.contains { silent.contains($0.source) }
            ? try await ActionSourceCoverage(database, instrument, asOf, order: order, silent: silent) : nil
        let known = try await CorporateActions(database).sourced(instrument, asOf)
        var next = 0
        let told: [CorporateAction] = known.compactMap { action, source in
            while next < bars.count, bars[next].bar.session < action.exDate { next += 1 }
            guard next < bars.count else { return nil }
            let trusted = silent.contains(bars[next].source) ? speaking?.source(on: action.exDate) : bars[next].source
            return source == trusted ? action : nil
        }
        let seen = bars.compactMap { sourced in
            sourced.split.map {
                CorporateAction(exDate: sourced.bar.session, kind: .split(numerator: $0, denominator: 1), nature: .inferred)
            }
        }
        return seen.isEmpty ? told : (told + seen).sorted { $0.exDate < $1.exDate }
    }
}
