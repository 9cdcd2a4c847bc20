import Synchronization

/// Counts failed sign-ins by source address and minute, in bounded memory.
struct FailedSignIns {
    /// The most addresses that are counted on their own in a minute; the others are counted together.
    static let mostSources = 1000
    /// The source of sign-ins that are counted together, or that come without an address.
    static let others = "others"
    /// The most characters of an address: those of IPv6 with a zone.
    private static let longestSource = 64

    private var minute: Int64 = 0
    private(set) var counts: [String: Int] = [:]

    /// Counts one failure.
    ///
    /// - Parameters:
    ///   - source: the client's address; nil if it is not known.
    ///   - seconds: real time since 1970.
    /// - Returns: the source under which it was counted, and the failures of this source in the minute.
    mutating func add(from source: String?, at seconds: Int64) -> (source: String, count: Int) {
        if minute != seconds / 60 { (minute, counts) = (seconds / 60, [:]) }
        var source = source ?? Self.others
        if source.utf8.count > Self.longestSource || counts[source] == nil && counts.count >= Self.mostSources { source = Self.others }
        counts[source, default: 0] += 1
        return (source, counts[source] ?? 1)
    }
}

/// The failures that one execution environment counts, from any thread.
final class FailureCounter: Sendable {
    private let failures = Mutex(FailedSignIns())

    func withLock<Value: Sendable>(_ body: (inout FailedSignIns) -> Value) -> Value {
        failures.withLock { failures in body(&failures) }
    }
}
