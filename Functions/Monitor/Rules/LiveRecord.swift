import Forecasting
import Market
import Store

/// What several kinds of model lost on the origins that all of them forecast and whose every horizon is over.
struct LiveRecord: Sendable {
    struct Entry: Sendable, Hashable {
        /// Mean pinball loss, and the random walk's on the same forecasts.
        let loss, baselineLoss: Double
        let inside80, count: Int
    }

    struct Origin: Sendable {
        let session: SessionDate
        /// By kind, then in the order of the horizons.
        let entries: [String: [Entry]]
    }

    let kinds: Set<String>
    private(set) var origins: [Origin] = []

    /// - Parameter rows: of these kinds, in any order.
    init(_ rows: [OriginScore], kinds: Set<String>) {
        self.kinds = kinds
        for (session, rows) in Dictionary(grouping: rows, by: \.session).sorted(by: { $0.key < $1.key }) {
            var entries: [String: [Entry]] = [:]
            for kind in kinds {
                entries[kind] = Quantiles.horizons.compactMap { horizon in
                    rows.first { $0.kind == kind && $0.horizon == horizon }.map {
                        Entry(loss: $0.loss, baselineLoss: $0.baselineLoss, inside80: $0.inside80, count: $0.count)
                    }
                }
            }
            guard entries.values.allSatisfy({ $0.count == Quantiles.horizons.count }) else { continue }
            origins.append(Origin(session: session, entries: entries))
        }
    }

    /// The latest origins only.
    func last(_ count: Int) -> LiveRecord {
        var record = self
        record.origins = origins.suffix(count)
        return record
    }

    /// For each origin, what `kind` lost more than `other`, averaged over the horizons.
    ///
    /// Divided by the random walk's loss of the same origin and horizon; otherwise loud days and the longest horizon would decide alone.
    /// Evaluations divide by climatology's. Here that would lose every evening on which climatology has no usable fit; the random walk's
    /// quantiles are kept in each forecast's row.
    func differences(_ kind: String, less other: String) -> [Double] {
        origins.map { origin in
            let pairs = zip(origin.entries[kind] ?? [], origin.entries[other] ?? [])
            return pairs.reduce(0) { $0 + ($1.0.loss - $1.1.loss) / $1.0.baselineLoss } / Double(Quantiles.horizons.count)
        }
    }

    /// Mean loss over the origins, by horizon.
    func meanLosses(_ kind: String) -> [Double] { means(kind, \.loss) }

    /// 1 − loss / the random walk's, by horizon.
    func skills(_ kind: String) -> [Double] {
        zip(means(kind, \.loss), means(kind, \.baselineLoss)).map { Evaluation.skill($0, over: $1) }
    }

    /// Share of the outcomes inside the issued 80 % range, by horizon.
    func coverages(_ kind: String) -> [Double] {
        Quantiles.horizons.indices.map { horizon in
            let entries = origins.compactMap { $0.entries[kind]?[horizon] }
            return Double(entries.reduce(0) { $0 + $1.inside80 }) / Double(entries.reduce(0) { $0 + $1.count })
        }
    }

    private func means(_ kind: String, _ value: (Entry) -> Double) -> [Double] {
        Quantiles.horizons.indices.map { horizon in
            origins.compactMap { $0.entries[kind].map { value($0[horizon]) } }.reduce(0, +) / Double(origins.count)
        }
    }
}
