import Forecasting
import Market
import Store

/// The mean scores of several model families on the origins that all of them forecast and whose every horizon is over.
struct LiveScores: Sendable {
    /// One family's mean score at one origin and horizon.
    struct Entry: Sendable, Hashable {
        /// The mean pinball loss of the family, and of the random walk on the same instruments.
        let loss, baselineLoss: Double
        let inside80, count: Int
    }

    struct Origin: Sendable {
        let session: SessionDate
        /// The scores by family, in the order of the horizons.
        let entries: [String: [Entry]]
    }

    let families: Set<String>
    private(set) var origins: [Origin] = []

    /// - Parameter rows: scores of these families, in any order.
    init(_ rows: [OriginScore], families: Set<String>) {
        self.families = families
        for (session, rows) in Dictionary(grouping: rows, by: \.session).sorted(by: { $0.key < $1.key }) {
            var entries: [String: [Entry]] = [:]
            for family in families {
                entries[family] = Quantiles.horizons.compactMap { horizon in
                    rows.first { $0.family == family && $0.horizon == horizon }.map {
                        Entry(loss: $0.loss, baselineLoss: $0.baselineLoss, inside80: $0.inside80, count: $0.count)
                    }
                }
            }
            guard entries.values.allSatisfy({ $0.count == Quantiles.horizons.count }) else { continue }
            origins.append(Origin(session: session, entries: entries))
        }
    }

    /// The scores of the latest origins, at most `count`.
    func last(_ count: Int) -> LiveScores {
        var scores = self
        scores.origins = origins.suffix(count)
        return scores
    }

    /// The difference of two families' losses at each origin, averaged over the horizons; negative: `family` is better than `other`.
    ///
    /// Losses are divided by the random walk's loss of the same origin and horizon. Otherwise volatile days and the longest horizon would
    /// dominate. Backtest evaluations divide by climatology's loss, but climatology may lack a usable version on an evening; the random
    /// walk's quantiles are in every forecast's row.
    func differences(_ family: String, less other: String) -> [Double] {
        origins.map { origin in
            let pairs = zip(origin.entries[family] ?? [], origin.entries[other] ?? [])
            return pairs.reduce(0) { $0 + ($1.0.loss - $1.1.loss) / $1.0.baselineLoss } / Double(Quantiles.horizons.count)
        }
    }

    /// A family's mean loss over the origins, by horizon.
    func meanLosses(_ family: String) -> [Double] { means(family, \.loss) }

    /// 1 − loss / the random walk's loss, by horizon.
    func skills(_ family: String) -> [Double] {
        zip(means(family, \.loss), means(family, \.baselineLoss)).map { Evaluation.skill($0, over: $1) }
    }

    /// Coverage of the published 80 % interval, by horizon.
    func coverages(_ family: String) -> [Double] {
        Quantiles.horizons.indices.map { horizon in
            let entries = origins.compactMap { $0.entries[family]?[horizon] }
            return Double(entries.reduce(0) { $0 + $1.inside80 }) / Double(entries.reduce(0) { $0 + $1.count })
        }
    }

    private func means(_ family: String, _ value: (Entry) -> Double) -> [Double] {
        Quantiles.horizons.indices.map { horizon in
            origins.compactMap { $0.entries[family].map { value($0[horizon]) } }.reduce(0, +) / Double(origins.count)
        }
    }
}
