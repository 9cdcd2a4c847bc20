/// The calendar of the New York exchanges (NYSE and Nasdaq keep the same days) as rules and ad hoc days.
enum NewYork {
    static let first = SessionDate(year: 1962, month: 1, day: 1)
    static let last = SessionDate(year: 2100, month: 12, day: 31)
    static let open = 9 * 3600 + 1800
    static let close = 16 * 3600

    static func closures() -> Set<SessionDate> {
        var days = adHocClosures
        for year in first.year...last.year { days.formUnion(holidays(in: year)) }
        return days
    }

    /// The observed holidays of a year.
    static func holidays(in year: Int) -> [SessionDate] {
        let date = { (month: Int, day: Int) in SessionDate(year: year, month: month, day: day) }
        var days = [
            observed(date(7, 4)), observed(date(12, 25)), weekday(1, 1, of: 9, in: year), weekday(4, 4, of: 11, in: year),
            easter(year).advanced(by: -2),
        ]
        let newYear = date(1, 1)
        if newYear.weekday != 6 { days.append(observed(newYear)) }
        if year >= 1998 { days.append(weekday(3, 1, of: 1, in: year)) }
        days.append(year >= 1971 ? weekday(3, 1, of: 2, in: year) : observed(date(2, 22)))
        days.append(year >= 1971 ? weekday(1, 1, of: 6, in: year).advanced(by: -7) : year == 1970 ? date(5, 30) : observed(date(5, 30)))
        if year >= 2022 { days.append(observed(date(6, 19))) }
        if year <= 1968 || (year <= 1980 && year % 4 == 0) { days.append(weekday(1, 1, of: 11, in: year).advanced(by: 1)) }
        return days
    }

    /// Early closes and their local second of the day.
    static func earlyCloses() -> [SessionDate: Int] {
        var closes: [SessionDate: Int] = [:]
        for year in 1990...last.year {
            let second = (year < 1993 ? 14 : 13) * 3600
            let third = SessionDate(year: year, month: 7, day: 3)
            let fifth = third.advanced(by: 2)
            let christmasEve = SessionDate(year: year, month: 12, day: 24)
            if year >= 1992 { closes[weekday(4, 4, of: 11, in: year).advanced(by: 1)] = second }
            if christmasEve.weekday <= 4 { closes[christmasEve] = second }
            if year >= 1995, [1, 2, 4].contains(third.weekday) || (third.weekday == 3 && year >= 2013) { closes[third] = second }
            if (1995...2012).contains(year), fifth.weekday == 5 { closes[fifth] = second }
        }
        for text in ["1997-12-26", "1999-12-31", "2003-12-26"] {
            if let day = SessionDate(text) { closes[day] = 13 * 3600 }
        }
        return closes
    }

    /// Days of mourning, storms, attacks, the paperwork crisis of 1968 and the like.
    private static let adHocClosures = Set(
        """
        1963-11-25 1968-02-12 1968-04-09 1969-02-10 1969-03-31 1969-07-21 1972-12-28 1973-01-25 1977-07-14 1985-09-27 1994-04-27 \
        2001-09-11 2001-09-12 2001-09-13 2001-09-14 2004-06-11 2007-01-02 2012-10-29 2012-10-30 2018-12-05 2025-01-09 \
        1968-06-12 1968-06-19 1968-06-26 1968-07-05 1968-07-10 1968-07-17 1968-07-24 1968-07-31 1968-08-07 1968-08-14 1968-08-21 \
        1968-08-28 1968-09-11 1968-09-18 1968-09-25 1968-10-02 1968-10-09 1968-10-16 1968-10-23 1968-10-30 1968-11-11 1968-11-20 \
        1968-12-04 1968-12-11 1968-12-18 1968-12-25
        """.split(separator: " ").compactMap { SessionDate($0) })

    /// A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after.
    private static func observed(_ date: SessionDate) -> SessionDate {
        date.weekday == 6 ? date.advanced(by: -1) : date.weekday == 7 ? date.advanced(by: 1) : date
    }

    /// The n-th weekday (1 = Monday) of a month.
    private static func weekday(_ ordinal: Int, _ weekday: Int, of month: Int, in year: Int) -> SessionDate {
        let first = SessionDate(year: year, month: month, day: 1)
        return first.advanced(by: (weekday - first.weekday + 7) % 7 + (ordinal - 1) * 7)
    }

    /// Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher).
    private static func easter(_ year: Int) -> SessionDate {
        let (golden, century, inCentury) = (year % 19, year / 100, year % 100)
        let correction = (8 * century + 13) / 25
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let shift = (32 + 2 * (century % 4) + 2 * (inCentury / 4) - epact - inCentury % 4) % 7
        let late = (golden + 11 * epact + 22 * shift) / 451
        let month = (epact + shift - 7 * late + 114) / 31
        return SessionDate(year: year, month: month, day: (epact + shift - 7 * late + 114) % 31 + 1)
    }
}
