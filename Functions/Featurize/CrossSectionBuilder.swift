import Features
import Market
import Postgres
import Store

/// Makes the features that compare an exchange's instruments, for the sessions whose rows changed or are new.
///
/// What is kept as known at an instant is what changed since the instant before: one that ends late takes the later ones away and makes them
/// again, so that the order in which runs end leaves no trace. One exchange's are made by one invocation at a time.
package struct CrossSectionBuilder: Sendable {
    /// Rows of features that are held at once.
    private static let rowsAtOnce = 100_000

    let database: Database
    let store: FeatureStore

    /// Where an invocation whose time was up left off.
    package struct Cursor: Hashable, Sendable {
        let exchange: String
        let knownAt: Instant
        /// The last session that is done; nil: none.
        let after: SessionDate?
    }

    /// Brings an exchange's cross-sections up to what was known at an instant, with those of earlier instants that something was noted of
    /// since, and those of all later instants after it. Returns the rows written, and where to go on if the deadline came before the end.
    ///
    /// A changed row reaches the sessions whose windows it is in: `CrossSectionEngine.memory` of them.
    func update(
        _ exchange: String, asOf instant: Instant, from place: Cursor? = nil, until deadline: ContinuousClock.Instant? = nil
    ) async throws -> (written: Int, rest: Cursor?) {
        guard TradingCalendar.of(mic: exchange) != nil else { return (0, nil) }
        return try await database.transaction {
            let kept = CrossSections(store, exchange: exchange)
            try await kept.lock()
            var (written, worked) = (0, false)
            let first = if let place { place.knownAt } else { try await kept.takeNotes(upTo: instant) }
            for moment in try await kept.instants(from: first, with: max(first, instant)) {
                let isBegun = place?.knownAt == moment
                if !isBegun { try await kept.begin(moment) }
                if let deadline, worked, .now > deadline { return (written, Cursor(exchange: exchange, knownAt: moment, after: nil)) }
                worked = true
                let done = try await bring(exchange, to: moment, after: isBegun ? place?.after : nil, until: deadline)
                written += done.written
                if let last = done.stopped { return (written, Cursor(exchange: exchange, knownAt: moment, after: last)) }
                try await kept.finish(moment)
            }
            return (written, nil)
        }
    }

    /// Makes what one instant brought; `stopped` is the last session done when there are more and the deadline has come.
    private func bring(
        _ exchange: String, to instant: Instant, after: SessionDate?, until deadline: ContinuousClock.Instant?
    ) async throws -> (written: Int, stopped: SessionDate?) {
        let kept = CrossSections(store, exchange: exchange)
        guard let calendar = try await ExchangeCalendars(database).calendar(of: exchange, asOf: instant),
            let end = calendar.latestClosed(at: instant)
        else { return (0, nil) }
        let outdated = try await kept.outdated(asOf: instant)
        guard let first = outdated.first, let changed = outdated.last else { return (0, nil) }
        let reached = (1..<CrossSectionEngine.memory).reduce(changed) { date, _ in calendar.next(after: date) ?? date }
        let from = after.map { max($0.advanced(by: 1), first) } ?? first
        return try await make(calendar.sessions(from: from, through: min(reached, end)), exchange, calendar, asOf: instant, until: deadline)
    }

    /// Makes the cross-sections of sessions in order as they were known at an instant, over the universe of each session. Ends early, and
    /// says after which session, when the deadline has come.
    private func make(
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
        let kept = CrossSections(store, exchange: exchange)
        let width = CrossSectionEngine.width
        var engine = CrossSectionEngine(members: members.count)
        var written = 0
        var left = calendar.sessions(from: start, through: last)[...]
        while let begin = left.first, let end = left.prefix(max(Self.rowsAtOnce / max(universe.count, 1), 1)).last {
            try await kept.open(left.prefix { $0 <= end }.filter(wanted.contains), knownAt: instant)
            let inputs = try await kept.inputs(from: begin, through: end, asOf: instant)
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
                let responses =
                    values.isEmpty
                    ? []
                    : present.enumerated().map { i, entry in
                        (instrument: members[entry.member], values: Array(values[i * width..<(i + 1) * width]))
                    }
                written += try await kept.keep(
                    responses, of: session, knownAt: instant,
                    availableAt: calendar.close(of: session).adding(seconds: ResponseProjector.providerLag))
                if let deadline, .now > deadline, !left.isEmpty { return (written, session) }
            }
        }
        return (written, nil)
    }
}
