import Formats

/// A moment in UTC with microsecond resolution, as in Postgres' `timestamptz`.
///
/// Text form, JSON included, is RFC 3339 in UTC (`2012-01-03T21:00:00Z`), with a fraction only when it is not zero.
package struct Instant: Hashable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }
    package init(seconds: Int64) { microseconds = seconds * 1_000_000 }

    /// The instant of seconds since 1970; nil for NaN and from ±10¹¹ seconds on (about the year 5138).
    package init?(epochSeconds seconds: Double) {
        guard abs(seconds) < 1e11, let microseconds = Int64(checked: seconds * 1e6) else { return nil }
        self.init(microseconds: microseconds)
    }

    /// The instant of milliseconds since 1970; nil from ±10¹⁴ milliseconds on (about the year 5138).
    package init?(epochMilliseconds milliseconds: Int64) {
        guard (-Self.farthest...Self.farthest).contains(milliseconds) else { return nil }
        self.init(microseconds: milliseconds * 1000)
    }

    /// Milliseconds.
    private static let farthest: Int64 = 100_000_000_000_000

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 {
        let quotient = microseconds / 1_000_000
        return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
    }

    /// The calendar date in UTC. Not the date of a session, which is the date in the exchange's time zone.
    package var utcDate: SessionDate {
        let days = seconds / 86_400
        return SessionDate(day: Int32(truncatingIfNeeded: seconds % 86_400 < 0 ? days - 1 : days))
    }

    package func adding(seconds: Int64) -> Instant { Instant(microseconds: microseconds + seconds * 1_000_000) }

    /// Seconds from `right` to `left`.
    package static func - (left: Instant, right: Instant) -> Double { Double(left.microseconds - right.microseconds) / 1e6 }

    /// Midnight UTC of a date.
    package static func utcMidnight(_ date: SessionDate) -> Instant { Instant(seconds: Int64(date.day) * 86_400) }

    /// Parses RFC 3339 text with any offset and up to nine fraction digits (digits beyond microseconds are dropped); nil for any other text.
    package init?(_ rfc3339: some StringProtocol) {
        guard let microseconds = UTCTime.microseconds(rfc3339: rfc3339) else { return nil }
        self.microseconds = microseconds
    }
}

extension Instant: Comparable {
    package static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }
}

extension Instant: CustomStringConvertible {
    package var description: String {
        let date = utcDate
        let fraction = Int(microseconds - seconds * 1_000_000)
        var text = "\(date)T\(UTCTime(secondsSince1970: seconds).clock)"
        if fraction != 0 {
            var digits = DecimalText.padded(fraction, to: 6)
            while digits.last == "0" { digits.removeLast() }
            text += "." + digits
        }
        return text + "Z"
    }
}

extension Instant: TextCodable {
    package static let form = "an RFC 3339 time"
}

extension Instant {
    /// Parses the parameter `as_of`: an RFC 3339 time, or a date, which means its last microsecond in UTC; nil for any other text.
    ///
    /// `now` is the time of the request, which today's date stands for.
    package init?(asOf text: some StringProtocol, now: Instant) {
        if let date = SessionDate(text) {
            let end = Instant(microseconds: Instant.utcMidnight(date.advanced(by: 1)).microseconds - 1)
            self = date == now.utcDate ? min(end, now) : end
        } else if let instant = Instant(text) {
            self = instant
        } else {
            return nil
        }
    }

    package init?(text: String) { self.init(text) }
}
