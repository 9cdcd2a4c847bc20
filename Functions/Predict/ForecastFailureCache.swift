import Market
import Store

/// What requests remember about an instrument within an hour.
struct RequestKey: Hashable, Sendable {
    let instrument: String
    /// The last session with features.
    let session: SessionDate?
    /// Whole hours since 1970, so that late rows and new model versions are used after an hour at most.
    let hour: Int64

    init(_ stored: StoredForecasts, _ asOf: Instant) {
        instrument = stored.instrument.id
        session = stored.lastSession
        hour = asOf.seconds / 3600
    }
}

/// The families that could not forecast an instrument's last session, so that requests do not try them again within the hour.
actor ForecastFailureCache {
    private static let capacity = 10_000
    private var failed: [RequestKey: Set<String>] = [:]

    func families(_ stored: StoredForecasts, asOf: Instant) -> Set<String> { failed[RequestKey(stored, asOf)] ?? [] }

    func insert(_ families: Set<String>, _ stored: StoredForecasts, asOf: Instant) {
        guard !families.isEmpty else { return }
        if failed.count >= Self.capacity { failed = [:] }
        failed[RequestKey(stored, asOf), default: []].formUnion(families)
    }
}
