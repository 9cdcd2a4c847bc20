import Market
import Store

/// The families that could not forecast an instrument's last session, so that requests do not try them again within the hour.
actor ForecastFailureCache {
    private struct Key: Hashable {
        let instrument: String
        let session: SessionDate?
        /// Whole hours since 1970, so that late rows and new model versions are used after an hour at most.
        let hour: Int64

        init(_ stored: StoredForecasts, _ asOf: Instant) {
            instrument = stored.instrument.id
            session = stored.lastSession
            hour = asOf.seconds / 3600
        }
    }

    private static let capacity = 10_000
    private var failed: [Key: Set<String>] = [:]

    func families(_ stored: StoredForecasts, asOf: Instant) -> Set<String> { failed[Key(stored, asOf)] ?? [] }

    func insert(_ families: Set<String>, _ stored: StoredForecasts, asOf: Instant) {
        guard !families.isEmpty else { return }
        if failed.count >= Self.capacity { failed = [:] }
        failed[Key(stored, asOf), default: []].formUnion(families)
    }
}
