import Foundation

/// Converts between instants and the local wall-clock time of one time zone, in seconds since 1970.
struct LocalTime: Hashable, Sendable {
    private let zone: TimeZone

    init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    /// The local time of an instant.
    func local(_ seconds: Int64) -> Int64 { seconds + offset(seconds) }

    /// The first instant with this local time; `nil` when the clocks skip it.
    func instant(local: Int64) -> Int64? {
        let before = local - offset(local - 86400)
        let after = local - offset(local + 86400)
        return [min(before, after), max(before, after)].first { self.local($0) == local }
    }

    private func offset(_ seconds: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
    }
}
