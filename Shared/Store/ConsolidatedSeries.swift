package import Market
package import Postgres

/// One instrument's history, consolidated from the bars and corporate actions of several sources.
package struct ConsolidatedSeries: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// The bars of an instrument by source precedence, and the corporate actions that apply to them.
    ///
    /// An action applies if it is from the source of the first bar on or after its ex-date, so that a split to which two providers give
    /// different dates is not applied twice. For bars of a source in `withoutActions`, `ActionSourceCoverage` chooses the source of the
    /// actions. Splits inferred from a bar's price level are added as actions of that session.
    package func read(
        _ instrument: String, _ asOf: AsOf, precedence: [String], withoutActions: Set<String> = [], from: SessionDate? = nil,
        known: [(action: CorporateAction, source: String)]? = nil
    ) async throws(PostgresError) -> (bars: [SourcedBar], actions: [CorporateAction]) {
        let bars = try await Bars(database).sourced(instrument, asOf, precedence: precedence, from: from)
        let actions = try await actions(
            of: instrument, asOf, for: bars, precedence: precedence, withoutActions: withoutActions, known: known)
        return (bars, actions)
    }

    /// The corporate actions that apply to given bars of an instrument, ordered by ex-date.
    ///
    /// - Parameter known: the actions of all sources as of the instant, if they have been read.
    package func actions(
        of instrument: String, _ asOf: AsOf, for bars: [SourcedBar], precedence: [String], withoutActions: Set<String> = [],
        known: [(action: CorporateAction, source: String)]? = nil
    ) async throws(PostgresError) -> [CorporateAction] {
        let coverage =
            bars.contains { withoutActions.contains($0.source) }
            ? try await ActionSourceCoverage(database, instrument, asOf, precedence: precedence, withoutActions: withoutActions) : nil
        let visible: [(action: CorporateAction, source: String)]
        if let known { visible = known } else { visible = try await CorporateActions(database).sourced(instrument, asOf) }
        var next = 0
        let reported: [CorporateAction] = visible.compactMap { action, source in
            while next < bars.count, bars[next].bar.session < action.exDate { next += 1 }
            guard next < bars.count else { return nil }
            let applicable = withoutActions.contains(bars[next].source) ? coverage?.source(on: action.exDate) : bars[next].source
            return source == applicable ? action : nil
        }
        let inferred = bars.compactMap { sourced in
            sourced.inferredSplit.map {
                CorporateAction(exDate: sourced.bar.session, kind: .split(numerator: $0, denominator: 1), nature: .inferred)
            }
        }
        return inferred.isEmpty ? reported : (reported + inferred).sorted { $0.exDate < $1.exDate }
    }
}
