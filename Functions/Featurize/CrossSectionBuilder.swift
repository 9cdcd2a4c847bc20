import Features
import Market
import Postgres
import Store

/// Computes the features that compare an exchange's instruments, for the sessions whose feature rows are new or changed.
///
/// Under an instant, only rows that changed since the previous instant are stored. If a run finishes late, the rows of later instants
/// are deleted and computed again, so that the result does not depend on the order in which runs finish. One invocation at a time computes
/// the cross-sections of an exchange.
package struct CrossSectionBuilder: Sendable {
    /// The number of feature rows in memory at once.
    private static let rowsAtOnce = 100_000

    let database: Database
    let store: FeatureStore

    /// The position at which an invocation ran out of time.
    package struct Cursor: Hashable, Sendable {
        let exchange: String
        let knownAt: Instant
        /// The last finished session; nil at the start.
        let after: SessionDate?
    }

    /// Updates an exchange's cross-sections to an instant, and recomputes outdated earlier instants and all later ones. Returns the number of
    /// rows written, and a cursor if the deadline came first.
    ///
    /// A changed feature row affects `CrossSectionEngine.memory` sessions, the length of the engine's windows.
    func update(
        _ exchange: String, asOf instant: Instant, from cursor: Cursor? = nil, until deadline: ContinuousClock.Instant? = nil
    ) async throws -> (written: Int, remaining: Cursor?) {
        guard TradingCalendar.of(mic: exchange) != nil else { return (0, nil) }
        return try await database.transaction {
            let sections = CrossSections(store, exchange: exchange)
            try await sections.lock()
            var (written, hasWorked) = (0, false)
            let first = if let cursor { cursor.knownAt } else { try await sections.consumePending(upTo: instant) }
            for moment in try await sections.instants(from: first, with: max(first, instant)) {
                let isBegun = cursor?.knownAt == moment
                if !isBegun { try await sections.begin(moment) }
                if let deadline, hasWorked, .now > deadline { return (written, Cursor(exchange: exchange, knownAt: moment, after: nil)) }
                hasWorked = true
                let done = try await compute(exchange, asOf: moment, after: isBegun ? cursor?.after : nil, until: deadline)
                written += done.written
                if let last = done.stopped { return (written, Cursor(exchange: exchange, knownAt: moment, after: last)) }
                try await sections.finish(moment)
            }
            return (written, nil)
        }
    }

    /// Computes the outdated cross-sections of one instant. `stopped` is the last finished session if the deadline came first.
    private func compute(
        _ exchange: String, asOf instant: Instant, after: SessionDate?, until deadline: ContinuousClock.Instant?
    ) async throws -> (written: Int, stopped: SessionDate?) {
        let sections = CrossSections(store, exchange: exchange)
        guard let calendar = try await ExchangeCalendars(database).calendar(of: exchange, asOf: instant),
            let end = calendar.latestClosed(at: instant)
        else { return (0, nil) }
        let outdated = try await sections.outdatedSessions(asOf: instant)
        guard let first = outdated.first, let changed = outdated.last else { return (0, nil) }
        let affected = (1..<CrossSectionEngine.memory).reduce(changed) { date, _ in calendar.next(after: date) ?? date }
        let from = after.map { max($0.advanced(by: 1), first) } ?? first
        let sessions = calendar.sessions(from: from, through: min(affected, end))
        return try await compute(sessions, exchange, calendar, asOf: instant, until: deadline)
    }

    /// Computes the cross-sections of sessions in order, as known at an instant, over the universe of each session. `stopped` is the last
    /// finished session if the deadline came first.
    private func compute(
        _ sessions: [SessionDate], _ exchange: String, _ calendar: TradingCalendar, asOf instant: Instant,
        until deadline: ContinuousClock.Instant? = nil
    ) async throws -> (written: Int, stopped: SessionDate?) {
        guard let first = sessions.first, let last = sessions.last else { return (0, nil) }
        let wanted = Set(sessions)
        let start = (1..<CrossSectionEngine.memory).reduce(first) { date, _ in calendar.previous(before: date) ?? date }
        let universe = Dictionary(
            grouping: try await Universe(database).memberships(exchange: exchange, asOf: instant), by: \.instrument)
        let members = universe.keys.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
        let sections = CrossSections(store, exchange: exchange)
        let width = CrossSectionEngine.width
        var engine = CrossSectionEngine(members: members.count)
        var written = 0
        var left = calendar.sessions(from: start, through: last)[...]
        while let begin = left.first, let end = left.prefix(max(Self.rowsAtOnce / max(universe.count, 1), 1)).last {
            try await sections.open(left.prefix { $0 <= end }.filter(wanted.contains), knownAt: instant)
            let inputs = try await sections.inputs(from: begin, through: end, asOf: instant)
            while let session = left.first, session <= end {
                left.removeFirst()
                let present = (inputs[session] ?? []).compactMap { input -> CrossSectionMember? in
                    guard let number = numbers[input.instrument],
                        universe[input.instrument, default: []].contains(where: { $0.contains(session) })
                    else { return nil }
                    return CrossSectionMember(number, extras: input.extras)
                }.sorted { $0.member < $1.member }
                let values = engine.append(present)
                guard wanted.contains(session) else { continue }
                let rows =
                    values.isEmpty
                    ? []
                    : present.enumerated().map { i, entry in
                        (instrument: members[entry.member], values: Array(values[i * width..<(i + 1) * width]))
                    }
                let available = calendar.close(of: session).adding(seconds: ResponseProjector.providerDelay)
                written += try await sections.store(rows, of: session, knownAt: instant, availableAt: available)
                if let deadline, .now > deadline, !left.isEmpty { return (written, session) }
            }
        }
        return (written, nil)
    }
}
