import Forecasting
import Market

/// Stores published forecasts until their outcomes are known, and then returns their scores, from which weights and calibration learn.
struct MaturingForecasts {
    /// The forecasts of one symbol at one origin.
    struct Entry {
        /// The index of the history, and the history's row at the origin.
        let history: Int
        let row: Int
        /// The members' forecasts; nil for a member without a forecast.
        let members: [QuantileForecast?]
        let published: QuantileForecast
        /// The volatility S at the origin. Losses are divided by S, so that all symbols count equally.
        let scale: Double
    }

    /// The scores of one origin at one horizon, once its outcomes are known.
    struct MaturedOrigin {
        let session: SessionDate
        let horizonIndex: Int
        /// The mean scaled pinball loss per member, over the entries that all present members forecast.
        let losses: [Double?]
        /// The share of outcomes inside the published 80 % range.
        let inside: Double
    }

    private struct PendingOrigin {
        let session: SessionDate
        let publishedAt: Int
        let entries: [Entry]
        var open = Array(Quantiles.horizons.indices)
    }

    private var pending: [PendingOrigin] = []

    /// Adds the forecasts of one origin session.
    ///
    /// - Parameter clock: sessions since the backtest began.
    mutating func add(_ entries: [Entry], session: SessionDate, clock: Int) {
        if !entries.isEmpty { pending.append(PendingOrigin(session: session, publishedAt: clock, entries: entries)) }
    }

    /// The number of sessions after the horizon until which an origin waits for symbols with fewer sessions.
    private static let patience = 12

    /// Removes and returns the origins whose outcomes are known by `session`'s close, in order within each horizon.
    ///
    /// An origin is due when the outcomes of all its entries are known, or `patience` sessions after the horizon; later origins wait
    /// for earlier ones.
    mutating func matured(_ histories: [History], session: SessionDate, clock: Int) -> [MaturedOrigin] {
        var matured: [MaturedOrigin] = []
        var waiting: Set<Int> = []
        for i in pending.indices {
            let due = pending[i].open.filter { index in
                let late = clock - pending[i].publishedAt - Quantiles.horizons[index]
                return late >= 0 && !waiting.contains(index)
                    && (late >= Self.patience || hasMatured(pending[i], horizonIndex: index, histories, session))
            }
            pending[i].open.removeAll { due.contains($0) }
            waiting.formUnion(pending[i].open)
            matured += due.compactMap { scores(pending[i], horizonIndex: $0, histories, session) }
        }
        pending.removeAll { $0.open.isEmpty }
        return matured
    }

    private func hasMatured(_ origin: PendingOrigin, horizonIndex: Int, _ histories: [History], _ session: SessionDate) -> Bool {
        origin.entries.allSatisfy { entry in
            histories[entry.history].index(atOrBefore: session).map { entry.row + Quantiles.horizons[horizonIndex] <= $0 } ?? false
        }
    }

    private func scores(_ origin: PendingOrigin, horizonIndex: Int, _ histories: [History], _ session: SessionDate) -> MaturedOrigin? {
        let entries = origin.entries
        let horizon = Quantiles.horizons[horizonIndex]
        let members = entries.first?.members.count ?? 0
        let present = (0..<members).filter { member in entries.contains { $0.members[member] != nil } }
        var published = ScoreAccumulator()
        var scores = [ScoreAccumulator](repeating: ScoreAccumulator(), count: members)
        for entry in entries {
            let history = histories[entry.history]
            guard let last = history.index(atOrBefore: session), entry.row + horizon <= last else { continue }
            let outcome = history.outcome(at: entry.row, horizon: horizon)
            published.add(outcome, entry.published, horizonIndex: horizonIndex)
            let unit = entry.scale * Double(horizon).squareRoot()
            guard present.allSatisfy({ entry.members[$0] != nil }) else { continue }
            for member in present {
                guard let forecast = entry.members[member] else { continue }
                scores[member].add(outcome / unit, quantiles: forecast[horizon: horizonIndex].map { $0 / unit })
            }
        }
        guard published.count > 0 else { return nil }
        return MaturedOrigin(
            session: origin.session, horizonIndex: horizonIndex, losses: scores.map { $0.count > 0 ? $0.meanLoss : nil },
            inside: published.coverage80)
    }
}
