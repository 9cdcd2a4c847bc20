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

    /// Parses RFC 3339 text with any offset and up to nine fraction digits (digits beyond microseconds are dropped); nil for any other text,
    /// and for dates and times of day that do not exist.
    ///
    /// - Returns: microseconds since 1970.
    package static func microseconds(rfc3339: some StringProtocol) -> Int64? {
        let text = Array(rfc3339.utf8)
        guard text.count >= 20, let date = CivilDate(iso: rfc3339.prefix(10)) else { return nil }
        func number(_ start: Int, _ limit: Int) -> Int? {
            guard start + 2 <= text.count, (48...57).contains(text[start]), (48...57).contains(text[start + 1]) else { return nil }
            let value = Int(text[start] - 48) * 10 + Int(text[start + 1] - 48)
            return value <= limit ? value : nil
        }
        guard text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "), text[13] == UInt8(ascii: ":"),
            text[16] == UInt8(ascii: ":"), let hour = number(11, 23), let minute = number(14, 59), let second = number(17, 60)
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if text[position] == UInt8(ascii: ".") {
            var digits = 0
            position += 1
            while position < text.count, (48...57).contains(text[position]) {
                if digits < 6 { fraction = fraction * 10 + Int64(text[position] - 48) }
                digits += 1
                position += 1
            }
            guard (1...9).contains(digits) else { return nil }
            for _ in 0..<max(0, 6 - digits) { fraction *= 10 }
        }
        guard position < text.count else { return nil }
        var offset = 0
        switch text[position] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            guard position + 1 == text.count else { return nil }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard position + 6 == text.count, text[position + 3] == UInt8(ascii: ":"), let hours = number(position + 1, 23),
                let minutes = number(position + 4, 59)
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (text[position] == UInt8(ascii: "-") ? -1 : 1)
        default: return nil
        }
        let seconds = Int64(date.days) * 86_400 + Int64(hour * 3600 + minute * 60 + second - offset)
        return seconds * 1_000_000 + fraction
    }

    /// RFC 3339 to the millisecond: `2012-01-03T21:00:00.000Z`.
    package static func rfc3339(milliseconds: Int64) -> String {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let time = UTCTime(secondsSince1970: remainder < 0 ? quotient - 1 : quotient)
        return "\(time.date)T\(time.clock).\(DecimalText.padded(Int(remainder < 0 ? remainder + 1000 : remainder), to: 3))Z"
    }
}
