/// The date of Easter Sunday.
enum Easter {
    /// Easter of the western churches (Meeus, Jones, Butcher).
    static func gregorian(_ year: Int) -> SessionDate {
        let (golden, century, inCentury) = (year % 19, year / 100, year % 100)
        let correction = (8 * century + 13) / 25
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let shift = (32 + 2 * (century % 4) + 2 * (inCentury / 4) - epact - inCentury % 4) % 7
        let late = (golden + 11 * epact + 22 * shift) / 451
        let month = (epact + shift - 7 * late + 114) / 31
        return SessionDate(year: year, month: month, day: (epact + shift - 7 * late + 114) % 31 + 1)
    }

    /// Easter of the orthodox churches (Meeus), as a Gregorian date; valid from 1900 to 2099.
    static func orthodox(_ year: Int) -> SessionDate {
        let moon = (19 * (year % 19) + 15) % 30
        let sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
        let julian = moon + sunday + 114
        return SessionDate(year: year, month: julian / 31, day: julian % 31 + 1).advanced(by: 13)
    }
}
