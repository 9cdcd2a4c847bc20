/// A civil date of the proleptic Gregorian calendar: the exchange-local date that names one trading session.
///
/// Text form, JSON included, is ISO 8601 (`2012-01-03`).
package struct SessionDate: Hashable, Sendable {
    /// Days since 1970-01-01.
    package let day: Int32

    package init(day: Int32) { self.day = day }

    /// The date of a year, a month (1…12) and a day of the month. A day outside its month carries over into the next ones.
    package init(year: Int, month: Int, day: Int) {
        self.day = Int32(SessionDate.days(year, month) + day - 1)
    }

    /// Parses exactly `YYYY-MM-DD`; nil for any other text and for dates that do not exist.
    package init?(_ iso: some StringProtocol) {
        var digits = 0
        var number = 0
        var parts: [Int] = []
        for (index, byte) in iso.utf8.enumerated() {
            if index == 4 || index == 7 {
                guard byte == UInt8(ascii: "-") else { return nil }
                parts.append(number)
                number = 0
            } else {
                guard index < 10, byte >= 48, byte <= 57 else { return nil }
                number = number * 10 + Int(byte) - 48
                digits += 1
            }
        }
        guard digits == 8, parts.count == 2 else { return nil }
        let (year, month) = (parts[0], parts[1])
        guard (1...12).contains(month), number >= 1, number <= SessionDate.length(year, month) else { return nil }
        self.init(year: year, month: month, day: number)
    }

    package var year: Int { civil.year }
    package var month: Int { civil.month }
    package var dayOfMonth: Int { civil.day }

    /// 1 = Monday … 7 = Sunday.
    package var weekday: Int {
        let shifted = (Int(day) + 3) % 7
        return (shifted < 0 ? shifted + 7 : shifted) + 1
    }

    package func advanced(by days: Int) -> SessionDate { SessionDate(day: day + Int32(days)) }

    /// Year, month and day of the month at once: cheaper than the three properties.
    package var civil: (year: Int, month: Int, day: Int) {
        let shifted = Int(day) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// Days from 1970-01-01 to the first of a month.
    private static func days(_ year: Int, _ month: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func length(_ year: Int, _ month: Int) -> Int {
        days(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1) - days(year, month)
    }
}

extension SessionDate: Comparable {
    package static func < (left: SessionDate, right: SessionDate) -> Bool { left.day < right.day }
}

extension SessionDate: CustomStringConvertible {
    package var description: String {
        let (year, month, day) = civil
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }
}

extension SessionDate: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let date = SessionDate(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date of the form YYYY-MM-DD: \(text)")
        }
        self = date
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Decimal text with leading zeros up to `width`.
func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
