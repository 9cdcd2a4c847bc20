import Formats

/// The trading rules of one exchange: weekdays, hours, holidays and dated exceptions, parsed from a block of `exchanges.txt`.
///
/// A block starts with `MIC[,MIC…] ZONE FIRST KNOWN`: the exchanges that share it, their time zone, the calendar's first date, and the last
/// date whose holidays are all known. Holidays that are dated year by year are missing after KNOWN. Indented lines follow:
///
/// | line | meaning |
/// | --- | --- |
/// | `week [from] 12345` | weekdays that trade (1 = Monday); without one, Monday to Friday |
/// | `hours [from] 0930-1600` | the regular session, from a date on (see `SessionHours`) |
/// | `season 1101-0229 0930-1700` | the regular session between two days of every year |
/// | `weekday 7 0959-1540` | the regular session of one weekday |
/// | `holidays RULE; RULE` | days without a session (see `AnnualDateRule`) |
/// | `closed DATES` | further days without a session |
/// | `open DATES` | sessions in spite of rule, week or holiday |
/// | `rule HOURS RULE; RULE` | days with other hours, if they are sessions |
/// | `on HOURS DATES` | dated days with other hours |
/// | `full DATES` | regular sessions in spite of a `rule` |
///
/// Dates are grouped by year: `2001:0911,0912 2004:0611`.
struct ExchangeRules: Sendable {
    let zone: String
    /// The first date of the calendar.
    let first: SessionDate
    /// The last date of every calendar.
    let last = SessionDate(year: 2100, month: 12, day: 31)
    private(set) var weeks: [(from: SessionDate, weekdays: Set<Int>)] = []
    private(set) var hours: [(from: SessionDate, hours: SessionHours)] = []
    /// First and last day (month · 100 + day) of the season, which may lie around New Year.
    private(set) var season: (first: Int, last: Int, hours: SessionHours)?
    private(set) var weekdayHours: [Int: SessionHours] = [:]
    private(set) var closed: Set<SessionDate> = []
    private(set) var open: Set<SessionDate> = []
    /// Days with other than the regular hours; not all of them need be sessions.
    private(set) var special: [SessionDate: SessionHours] = [:]

    /// The rules of an exchange; nil for an exchange that is missing in `table` or has a malformed block.
    init?(mic: String, in table: String = ExchangeTable.text) {
        let lines = table.split(separator: "\n")
        guard let start = lines.firstIndex(where: { ExchangeRules.names($0).contains(Substring(mic)) }) else { return nil }
        let heading = lines[start].split(separator: " ")
        guard heading.count == 4, let first = SessionDate(heading[2]), let known = SessionDate(heading[3]), first <= known else {
            return nil
        }
        zone = String(heading[1])
        self.first = first
        for line in lines[(start + 1)...].prefix(while: { $0.first == " " }) {
            guard read(line.split(separator: " ", maxSplits: 1).map { $0 }) else { return nil }
        }
        if weeks.isEmpty { weeks = [(first, [1, 2, 3, 4, 5])] }
        guard hours.first?.from == first, weeks[0].from == first else { return nil }
    }

    /// The exchanges that have rules, sorted.
    static let mics = ExchangeTable.text.split(separator: "\n").flatMap { names($0).map { String($0) } }.sorted()

    private static func names(_ line: Substring) -> [Substring] {
        line.first == " " ? [] : line.prefix { $0 != " " }.split(separator: ",")
    }

    private mutating func read(_ line: [Substring]) -> Bool {
        guard line.count == 2 else { return false }
        let (keyword, rest) = (line[0], line[1])
        switch keyword {
        case "week":
            guard let (from, text) = dated(rest) else { return false }
            weeks.append((from, Set(text.compactMap(\.wholeNumberValue))))
        case "hours":
            guard let (from, text) = dated(rest), let hours = SessionHours(text) else { return false }
            self.hours.append((from, hours))
        case "weekday":
            let parts = rest.split(separator: " ")
            guard parts.count == 2, let weekday = Int(parts[0]), let hours = SessionHours(parts[1]) else { return false }
            weekdayHours[weekday] = hours
        case "season":
            let parts = rest.split(separator: " ")
            let days = parts[0].split(separator: "-").compactMap { Int($0) }
            guard parts.count == 2, days.count == 2, let hours = SessionHours(parts[1]) else { return false }
            season = (days[0], days[1], hours)
        case "holidays":
            guard let days = days(rest) else { return false }
            closed.formUnion(days)
        case "closed":
            guard let dates = ExchangeRules.dates(rest) else { return false }
            closed.formUnion(dates)
        case "open":
            guard let dates = ExchangeRules.dates(rest) else { return false }
            open.formUnion(dates)
        case "rule", "on":
            let parts = rest.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let hours = SessionHours(parts[0]) else { return false }
            guard let dates = keyword == "rule" ? days(parts[1]) : ExchangeRules.dates(parts[1]) else { return false }
            for date in dates { special[date] = hours }
        case "full":
            guard let dates = ExchangeRules.dates(rest) else { return false }
            for date in dates { special[date] = nil }
        default: return false
        }
        return true
    }

    /// The leading date of a text (without one, the calendar's first date) and the text after it; nil when malformed.
    private func dated(_ text: Substring) -> (SessionDate, Substring)? {
        let parts = text.split(separator: " ")
        if parts.count == 1 { return (first, parts[0]) }
        return parts.count == 2 ? SessionDate(parts[0]).map { ($0, parts[1]) } : nil
    }

    /// The days of all years by rules separated by semicolons; nil when malformed.
    private func days(_ text: Substring) -> [SessionDate]? {
        var days: [SessionDate] = []
        for part in text.split(separator: ";") {
            guard let rule = AnnualDateRule(part) else { return nil }
            days += (first.year...(last.year + 1)).compactMap { rule.day(in: $0) }
        }
        return days
    }

    private static func dates(_ text: Substring) -> [SessionDate]? {
        var dates: [SessionDate] = []
        for group in text.split(separator: " ") {
            let parts = group.split(separator: ":")
            guard parts.count == 2, parts[0].utf8.count == 4 else { return nil }
            for day in parts[1].split(separator: ",") {
                guard day.utf8.count == 4, let date = SessionDate("\(parts[0])-\(day.prefix(2))-\(day.suffix(2))") else { return nil }
                dates.append(date)
            }
        }
        return dates
    }
}
