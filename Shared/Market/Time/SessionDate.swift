package import Formats

/// A civil date of the proleptic Gregorian calendar: the exchange-local date that names one trading session.
///
/// Text form, JSON included, is ISO 8601 (`2012-01-03`).
package struct SessionDate: Hashable, Sendable {
    /// Days since 1970-01-01.
    package let day: Int32

    package init(day: Int32) { self.day = day }

    /// The date of a year, a month (1…12) and a day of the month. A day beyond its month's end counts into the following months.
    package init(year: Int, month: Int, day: Int) {
        self.day = Int32(truncatingIfNeeded: CivilDate(year: year, month: month, day: day).days)
    }

    /// Parses exactly `YYYY-MM-DD`; nil for any other text and for dates that do not exist.
    package init?(_ iso: some StringProtocol) {
        guard let date = CivilDate(iso: iso) else { return nil }
        self.init(day: Int32(truncatingIfNeeded: date.days))
    }

    package var year: Int { civil.year }
    package var month: Int { civil.month }
    package var dayOfMonth: Int { civil.day }

    /// 1 = Monday … 7 = Sunday.
    package var weekday: Int { CivilDate.isoWeekday(days: Int(day)) }

    package func advanced(by days: Int) -> SessionDate { SessionDate(day: day + Int32(truncatingIfNeeded: days)) }

    /// Year, month and day of the month; cheaper than the three properties one by one.
    package var civil: CivilDate { CivilDate(days: Int(day)) }
}

extension SessionDate: Comparable {
    package static func < (left: SessionDate, right: SessionDate) -> Bool { left.day < right.day }
}

extension SessionDate: CustomStringConvertible {
    package var description: String { civil.description }
}

extension SessionDate: TextCodable {
    package static let form = "a date of the form YYYY-MM-DD"

    package init?(text: String) { self.init(text) }
}
