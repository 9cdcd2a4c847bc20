import Forecasting
import Market

/// Issued forecasts until their outcomes are known: what weights and calibration may learn from, and when.
struct MaturingForecasts {
    struct Entry {
        /// Which history, and its row at the origin.
        let history: Int
        let row: Int
        /// Each member's forecast; nil = it made none.
        let members: [QuantileForecast?]
        let issued: QuantileForecast
        /// S at the origin, by which losses are scaled so that all symbols count alike.
        let scale: Double
    }

    /// What one origin taught at one horizon.
    struct Lesson {
        let origin: SessionDate
        let horizonIndex: Int
        /// Mean scaled pinball per member, over the entries that all present members answered.
        let losses: [Double?]
        /// Share of outcomes inside the issued 80 % range.
        let inside: Double
    }

    private struct Record {
        let session: SessionDate
        let issuedAt: Int
        let entries: [Entry]
        var open = Array(Quantiles.horizons.indices)
    }

    private var records: [Record] = []

    /// - Parameter clock: sessions since the walk began.
    mutating func add(_ entries: [Entry], session: SessionDate, clock: Int) {
        if !entries.isEmpty { records.append(Record(session: session, issuedAt: clock, entries: entries)) }
    }

    /// Sessions that an origin waits for entries whose own calendar is behind.
    private static let patience = 12

    /// The lessons that have become known by `session`'s close, each given once, and of one horizon in the order of their origins.
    ///
    /// A lesson is due when the outcomes of all of an origin's entries are known, or `patience` sessions after the horizon; later origins
    /// wait for it.
    mutating func lessons(_ histories: [History], session: SessionDate, clock: Int) -> [Lesson] {
        var lessons: [Lesson] = []
        var waiting: Set<Int> = []
        for i in records.indices {
            let due = records[i].open.filter { index in
                let late = clock - records[i].issuedAt - Quantiles.horizons[index]
                return late >= 0 && !waiting.contains(index)
                    && (late >= Self.patience || hasMatured(records[i], horizonIndex: index, histories, session))
            }
            records[i].open.removeAll { due.contains($0) }
            waiting.formUnion(records[i].open)
            lessons += due.compactMap { lesson(records[i], horizonIndex: $0, histories, session) }
        }
        records.removeAll { $0.open.isEmpty }
        return lessons
    }

    private func hasMatured(_ record: Record, horizonIndex: Int, _ histories: [History], _ session: SessionDate) -> Bool {
        record.entries.allSatisfy { entry in
            histories[entry.history].index(atOrBefore: session).map { entry.row + Quantiles.horizons[horizonIndex] <= $0 } ?? false
        }
    }

    private func lesson(_ record: Record, horizonIndex: Int, _ histories: [History], _ session: SessionDate) -> Lesson? {
        let entries = record.entries
        let horizon = Quantiles.horizons[horizonIndex]
        let members = entries.first?.members.count ?? 0
        let present = (0..<members).filter { member in entries.contains { $0.members[member] != nil } }
        var issued = Score()
        var scores = [Score](repeating: Score(), count: members)
        for entry in entries {
            let history = histories[entry.history]
            guard let last = history.index(atOrBefore: session), entry.row + horizon <= last else { continue }
            let outcome = history.outcome(at: entry.row, horizon: horizon)
            issued.add(outcome, entry.issued, horizonIndex: horizonIndex)
            let unit = entry.scale * Double(horizon).squareRoot()
            guard present.allSatisfy({ entry.members[$0] != nil }) else { continue }
            for member in present {
                guard let forecast = entry.members[member] else { continue }
                scores[member].add(outcome / unit, quantiles: forecast[horizon: horizonIndex].map { $0 / unit })
            }
        }
        guard issued.count > 0 else { return nil }
        return Lesson(
            origin: record.session, horizonIndex: horizonIndex, losses: scores.map { $0.count > 0 ? $0.meanLoss : nil },
            inside: issued.coverage80)
    }
}
