import Formats
import Foundation

/// A time of the virtual clock in milliseconds since 1970. JSON: that number.
package struct VirtualTime: Sendable, Hashable, Comparable, Codable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package init(from decoder: any Decoder) throws { milliseconds = try decoder.singleValueContainer().decode(Int64.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

    /// The present by the computer's own clock.
    package static var real: VirtualTime {
        VirtualTime(milliseconds: Int64(checked: (Date.now.timeIntervalSince1970 * 1000).rounded()) ?? 0)
    }

    /// Whole seconds since 1970, rounded down.
    var seconds: Int64 { milliseconds.flooredQuotient(1000) }

    /// RFC 3339 in UTC to the second, such as `2012-01-03T22:30:00Z`.
    var text: String { UTCTime(secondsSince1970: seconds).rfc3339 }

    /// RFC 3339 in UTC to the millisecond, such as `2012-01-03T22:30:00.250Z`.
    var preciseText: String { UTCTime.rfc3339(milliseconds: milliseconds) }

    func adding(milliseconds more: Int64) -> VirtualTime { VirtualTime(milliseconds: milliseconds + more) }
}

extension VirtualTime: CustomStringConvertible {
    /// Parses RFC 3339 with any offset, or a date, which means midnight UTC. Returns nil for other text.
    package init?(_ text: some StringProtocol) {
        guard let microseconds = UTCTime.microseconds(rfc3339: text.count == 10 ? "\(text)T00:00:00Z" : String(text)) else { return nil }
        self.init(milliseconds: microseconds.flooredQuotient(1000))
    }

    /// RFC 3339 in UTC; a fraction only when it is not zero.
    package var description: String { milliseconds % 1000 == 0 ? text : preciseText }
}
