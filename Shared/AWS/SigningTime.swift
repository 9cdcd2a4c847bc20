import Formats
import Glibc

/// The time in a request's signature, to the second, in UTC.
package struct SigningTime: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    /// Parses a basic (`20150830T123600Z`) or extended (`2015-08-30T12:36:00Z`, with or without a fraction) ISO 8601 time in UTC.
    package init?(_ text: String) {
        guard text.hasSuffix("Z") else { return nil }
        let digits = text.prefix { $0 != "." }.utf8.filter { (0x30...0x39).contains($0) }.map { Int64($0) - 0x30 }
        guard digits.count == 14 else { return nil }
        func number(_ range: Range<Int>) -> Int64 { digits[range].reduce(0) { $0 * 10 + $1 } }
        let days = Int64(CivilDate(year: Int(number(0..<4)), month: Int(number(4..<6)), day: Int(number(6..<8))).days)
        seconds = days * 86_400 + number(8..<10) * 3_600 + number(10..<12) * 60 + number(12..<14)
    }

    /// The time of the system's clock plus `offset` seconds.
    package static func now(offset: Int64 = 0) -> SigningTime { SigningTime(seconds: Int64(time(nil)) + offset) }

    /// `20150830`.
    package var date: String { String(stamp.prefix(8)) }

    /// `20150830T123600Z`.
    package var stamp: String {
        let time = UTCTime(secondsSince1970: seconds)
        return (time.date.description + "T" + time.clock).filter { $0 != "-" && $0 != ":" } + "Z"
    }
}
