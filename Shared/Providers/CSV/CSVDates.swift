import Formats
import Market

/// Parses the dates of one column, which all have the same form: `2012-01-03`, `2012/01/03`, `20120103`, `03.01.2012`, `01/03/2012`,
/// `Jan 3, 2012`, `3-Jan-12`. A time of day after a date is ignored.
///
/// In `01/03/2012`, the other dates of the column decide whether the month or the day comes first: a number above 12 is a day.
struct CSVDates {
    private var isDayFirst = false

    /// - Throws: `malformed` when the dates are ambiguous, or when they contradict each other.
    init(_ stamps: some Sequence<String>) throws(ProviderError) {
        var (firstIsDay, secondIsDay) = (false, false)
        var ambiguous: String?
        for stamp in stamps {
            guard let (first, second, _) = CSVDates.numbers(stamp), min(first, second) <= 12 else { continue }
            if first > 12 { firstIsDay = true }
            if second > 12 { secondIsDay = true }
            if first <= 12, second <= 12, first != second { ambiguous = ambiguous ?? stamp }
        }
        if firstIsDay, secondIsDay {
            throw ProviderError(.malformed, "some dates have the day first and some the month: write them as 2012-01-03")
        }
        if let ambiguous, !firstIsDay, !secondIsDay {
            throw ProviderError(.malformed, "\(ambiguous) and all other dates could be day/month or month/day: write them as 2012-01-03")
        }
        isDayFirst = firstIsDay
    }

    /// Whether a date is unambiguous by itself.
    static func isPlain(_ stamp: String) -> Bool { plain(stamp) != nil }

    /// Whether the text has a time of day.
    static func hasTime(_ stamp: String) -> Bool {
        stamp.utf8.contains(UInt8(ascii: ":")) || stamp.utf8.count { (48...57).contains($0) } > 8
    }

    func date(_ stamp: String) -> SessionDate? {
        if let date = CSVDates.plain(stamp) { return date }
        if let (first, second, year) = CSVDates.numbers(stamp) {
            return isDayFirst ? CSVDates.date(year, second, first) : CSVDates.date(year, first, second)
        }
        let words = CSVDates.words(stamp)
        guard words.count >= 3 else { return nil }
        // With full stops, as in 3.1.2012, the day always comes first.
        if stamp.contains("."), let day = Int(words[0]), let month = Int(words[1]), let year = CSVDates.year(words[2]) {
            return CSVDates.date(year, month, day)
        }
        guard let year = CSVDates.year(words[2]) else { return nil }
        if let month = CSVDates.month(words[0]), let day = Int(words[1]) { return CSVDates.date(year, month, day) }
        if let month = CSVDates.month(words[1]), let day = Int(words[0]) { return CSVDates.date(year, month, day) }
        return nil
    }

    /// An unambiguous date: `2012-01-03`, `2012/01/03`, `2012.01.03` or `20120103`, with or without a time of day.
    private static func plain(_ stamp: String) -> SessionDate? {
        if let date = SessionDate(stamp.prefix(10)) { return " Tt".contains(stamp.dropFirst(10).first ?? " ") ? date : nil }
        let digits = stamp.prefix { $0.isASCII && $0.isNumber }
        if digits.utf8.count == 8, digits.endIndex == stamp.endIndex || " Tt".contains(stamp[digits.endIndex]) {
            return SessionDate("\(digits.prefix(4))-\(digits.dropFirst(4).prefix(2))-\(digits.suffix(2))")
        }
        let words = words(stamp)
        guard words.count >= 3, words[0].count == 4, let year = Int(words[0]), let month = Int(words[1]), let day = Int(words[2]) else {
            return nil
        }
        return date(year, month, day)
    }

    /// The three numbers of `01/03/2012` or `01-03-2012`, the year last.
    private static func numbers(_ stamp: String) -> (Int, Int, year: Int)? {
        let sign: Character = stamp.contains("/") ? "/" : "-"
        let parts = (stamp.split(separator: " ").first ?? "").split(separator: sign, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count <= 2, let first = Int(parts[0]), let second = Int(parts[1]), let year = year(parts[2]) else {
            return nil
        }
        return (first, second, year)
    }

    private static func words(_ stamp: String) -> [Substring] { stamp.split { " ,./-".contains($0) } }

    /// A year of four digits, or of two: below 70 in this century, else in the last.
    private static func year(_ text: Substring) -> Int? {
        guard let year = Int(text), text.count == 4 || text.count == 2 else { return nil }
        return text.count == 4 ? year : year < 70 ? 2000 + year : 1900 + year
    }

    private static func month(_ word: Substring) -> Int? {
        word.allSatisfy(\.isLetter) ? CivilDate.month(abbreviation: word.prefix(3)) : nil
    }

    /// nil for a day that does not exist.
    private static func date(_ year: Int, _ month: Int, _ day: Int) -> SessionDate? {
        guard (1...12).contains(month), (1...31).contains(day), (1...9999).contains(year) else { return nil }
        let date = SessionDate(year: year, month: month, day: day)
        return date.month == month ? date : nil
    }
}
