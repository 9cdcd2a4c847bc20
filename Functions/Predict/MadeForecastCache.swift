import Market
import Store

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
