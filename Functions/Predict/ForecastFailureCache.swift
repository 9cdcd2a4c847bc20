import Market
import Store

/// Which families had no forecast for an instrument's last session, so that a query does not try them again and again. Kept in memory; what
/// is known changes by the hour, as late rows and new fits come in.
actor ForecastFailureCache {
    private struct Key: Hashable {
        let instrument: String
        let session: SessionDate?
        /// Whole hours since 1970.
        let hour: Int64

        init(_ kept: StoredForecasts, _ asOf: Instant) {
            instrument = kept.instrument.id
            session = kept.lastSession
            hour = asOf.seconds / 3600
        }
    }

    private static let capacity = 10_000
    private var known: [Key: Set<String>] = [:]

    func families(_ kept: StoredForecasts, asOf: Instant) -> Set<String> { known[Key(kept, asOf)] ?? [] }

    func note(_ families: Set<String>, _ kept: StoredForecasts, asOf: Instant) {
        guard !families.isEmpty else { return }
        if known.count >= Self.capacity { known = [:] }
        known[Key(kept, asOf), default: []].formUnion(families)
    }
}
