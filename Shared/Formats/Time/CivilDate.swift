/// A date of the proleptic Gregorian calendar. Conversions after Howard Hinnant's `days_from_civil` and `civil_from_days`.
package struct CivilDate: Hashable, Sendable {
    package let year: Int
    /// 1…12.
    package let month: Int
    /// 1…31.
    package let day: Int

    @inlinable
    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Parses exactly `YYYY-MM-DD`; nil for any other text and for dates that do not exist.
    package init?(iso text: some StringProtocol) {
        var number = 0
        var parts: [Int] = []
        var length = 0
        for byte in text.utf8 {
            if length == 4 || length == 7 {
                guard byte == UInt8(ascii: "-") else { return nil }
                parts.append(number)
                number = 0
            } else {
                guard length < 10, (48...57).contains(byte) else { return nil }
                number = number * 10 + Int(byte - 48)
            }
            length += 1
        }
        guard length == 10, (1...12).contains(parts[1]), (1...CivilDate.length(ofMonth: parts[1], year: parts[0])).contains(number) else {
            return nil
        }
        self.init(year: parts[0], month: parts[1], day: number)
    }

    /// The date so many days after 1970-01-01.
    @inlinable
    package init(days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01. A day outside its month counts on into the next ones.
    @inlinable package var days: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// 1 = Monday … 7 = Sunday (ISO 8601).
    @inlinable package var isoWeekday: Int { CivilDate.isoWeekday(days: days) }

    /// The weekday of the date so many days after 1970-01-01: 1 = Monday … 7 = Sunday (ISO 8601).
    @inlinable
    package static func isoWeekday(days: Int) -> Int {
        let sinceMonday = (days % 7 + 3) % 7
        return (sinceMonday < 0 ? sinceMonday + 7 : sinceMonday) + 1
    }

    /// Days of a month, 28…31.
    @inlinable
    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The English three-letter names of the months, `Jan` … `Dec`.
    package static let monthAbbreviations = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The month (1…12) of an English three-letter name in any case; nil for any other text.
    package static func month(abbreviation: some StringProtocol) -> Int? {
        let name = abbreviation.lowercased()
        return monthAbbreviations.firstIndex { $0.lowercased() == name }.map { $0 + 1 }
    }
}

/// ISO 8601: `2012-01-03`.
extension CivilDate: CustomStringConvertible {
    package var description: String {
        "\(DecimalText.padded(year, to: 4))-\(DecimalText.padded(month, to: 2))-\(DecimalText.padded(day, to: 2))"
    }
}
