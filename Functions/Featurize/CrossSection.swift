import Features
import Market
import Postgres
import Store

/// Makes the features that compare an exchange's instruments, for the sessions whose rows changed or are new.
struct CrossSection: Sendable {
    let database: Database
    let store: FeatureStore

    /// Brings an exchange's cross-sections up to what was known at an instant, through a session. Returns the rows written.
    ///
    /// A changed row reaches the sessions whose windows it is in: `CrossSectionEngine.memory` of them.
    func update(_ exchange: String, through last: SessionDate, asOf instant: Instant) async throws -> Int {
        guard let calendar = try await ExchangeCalendars(database).calendar(of: exchange, asOf: instant) else { return 0 }
        let outdated = try await CrossSections(store, exchange: exchange).outdated(through: last, asOf: instant)
        guard let first = outdated.first, let changed = outdated.last else { return 0 }
        let reached = (1..<CrossSectionEngine.memory).reduce(changed) { date, _ in calendar.next(after: date) ?? date }
        return try await make(calendar.sessions(from: first, through: min(reached, last)), exchange, calendar, asOf: instant)
    }

    /// Makes the cross-sections of sessions in order as they were known at an instant, over the universe of each session.
    func make(_ sessions: [SessionDate], _ exchange: String, _ calendar: TradingCalendar, asOf instant: Instant) async throws -> Int {
        guard let first = sessions.first, let last = sessions.last else { return 0 }
        let wanted = Set(sessions)
        let start = (1..<CrossSectionEngine.memory).reduce(first) { date, _ in calendar.previous(before: date) ?? date }
        let memberships = try await Universe(database).memberships(exchange: exchange, asOf: instant)
        let universe = Dictionary(grouping: memberships, by: \.instrument)
        let tables = try await store.read(universe.keys.sorted(), .recorded(instant), from: start, through: last)
            .sorted { $0.instrument < $1.instrument }
        let rows = tables.map { table in (id: table.instrument, rows: FeatureRow.stored(table)) }
        let kept = CrossSections(store, exchange: exchange)
        var engine = CrossSectionEngine(members: rows.count)
        var next = [Int](repeating: 0, count: rows.count)
        var written = 0
        for session in calendar.sessions(from: start, through: last) {
            var present: [CrossMember] = []
            for (index, member) in rows.enumerated() {
                while next[index] < member.rows.count, member.rows[next[index]].session < session { next[index] += 1 }
                guard next[index] < member.rows.count, member.rows[next[index]].session == session,
                    universe[member.id, default: []].contains(where: { $0.contains(session) })
                else { continue }
                present.append(CrossMember(index, member.rows[next[index]]))
            }
            let values = engine.append(present)
            guard wanted.contains(session) else { continue }
            let width = CrossSectionEngine.width
            let answers =
                values.isEmpty
                ? []
                : present.enumerated().map { i, entry in
                    (instrument: rows[entry.member].id, values: Array(values[i * width..<(i + 1) * width]))
                }
            written += try await kept.keep(
                answers, of: session, knownAt: instant, availableAt: calendar.close(of: session).adding(seconds: Fold.providerLag))
        }
        return written
    }
}

extension FeatureRow {
    /// The rows of a table as the store keeps them; rows of another width are left out.
    static func stored(_ table: FeatureTable) -> [FeatureRow] {
        let own = FeatureSet.symbolNames.count
        return table.sessions.indices.compactMap { i in
            FeatureRow(
                session: table.sessions[i], values: Array(table.values[i * table.width..<i * table.width + own]),
                extras: Array(table.extras[i * table.extrasWidth..<(i + 1) * table.extrasWidth]))
        }
    }
}
