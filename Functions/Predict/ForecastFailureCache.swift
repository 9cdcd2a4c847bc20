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

/// The forecasts that requests made, which are not stored and not scored.
actor MadeForecastCache {
    private static let capacity = 1000
    private var made: [RequestKey: [Forecast]] = [:]

    /// The forecasts that were known at the request's instant.
    func forecasts(_ stored: StoredForecasts, asOf: Instant) -> [Forecast] {
        (made[RequestKey(stored, asOf)] ?? []).filter { $0.asOf <= asOf }
    }

    func insert(_ forecasts: [Forecast], _ stored: StoredForecasts, asOf: Instant) {
        guard !forecasts.isEmpty else { return }
        if made.count >= Self.capacity { made = [:] }
        let known = made[RequestKey(stored, asOf)] ?? []
        made[RequestKey(stored, asOf)] = known + forecasts.filter { !known.contains($0) }
    }
}
