/// A moment in UTC as a civil date and a time of day, to the second.
package struct UTCTime: Hashable, Sendable {
    package let date: CivilDate
    /// Seconds since midnight, 0…86399.
    package let secondOfDay: Int

    /// - Parameter secondsSince1970: Unix time.
    package init(secondsSince1970: Int64) {
        let (quotient, remainder) = secondsSince1970.quotientAndRemainder(dividingBy: 86_400)
        date = CivilDate(days: Int(remainder < 0 ? quotient - 1 : quotient))
        secondOfDay = Int(remainder < 0 ? remainder + 86_400 : remainder)
    }

    package var hour: Int { secondOfDay / 3600 }
    package var minute: Int { secondOfDay / 60 % 60 }
    package var second: Int { secondOfDay % 60 }

    /// `21:00:00`.
    package var clock: String {
        "\(DecimalText.padded(hour, to: 2)):\(DecimalText.padded(minute, to: 2)):\(DecimalText.padded(second, to: 2))"
    }

    /// RFC 3339 without a fraction: `2012-01-03T21:00:00Z`.
    package var rfc3339: String { "\(date)T\(clock)Z" }

    /// RFC 3339 to the millisecond: `2012-01-03T21:00:00.000Z`.
    package static func rfc3339(milliseconds: Int64) -> String {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let time = UTCTime(secondsSince1970: remainder < 0 ? quotient - 1 : quotient)
        return "\(time.date)T\(time.clock).\(DecimalText.padded(Int(remainder < 0 ? remainder + 1000 : remainder), to: 3))Z"
    }
}
