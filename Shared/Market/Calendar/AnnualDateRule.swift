import Formats

/// A rule for one date in each year, such as a holiday, and the years in which it applies.
///
/// Text form: `MMDD`, a sign that moves it off a weekend, and the years, such as `0704~ 1971-`. The forms of the day:
///
/// | form | day |
/// | --- | --- |
/// | `0704` | that date |
/// | `0704>` | on a weekend, the Monday after |
/// | `0704+` | on a Sunday, the Monday after |
/// | `0704-` | on a Saturday, the Friday before |
/// | `0704~` | on a Saturday the Friday before, on a Sunday the Monday after |
/// | `0704<` | on a weekend, the Friday before |
/// | `0704&` | on a weekend, two days later (a second holiday has the Monday) |
/// | `0704*` | on a Saturday, two days later |
/// | `0704=` | Tuesday and Wednesday: the Monday before; Thursday and Friday: the Monday after |
/// | `0704/` | on a Sunday two days later, on a Monday one |
/// | `0901mon` | the first Monday on or after that date |
/// | `E-2`, `O+1` | days from Gregorian or Orthodox Easter Sunday |
/// | `V`, `A` | spring and autumn equinox in Japan; a sign may follow |
struct AnnualDateRule: Sendable {
    private enum Day {
        case date(month: Int, day: Int, roll: [Int])
        case weekday(Int, onOrAfterMonth: Int, day: Int)
        case easter(Int)
        case orthodoxEaster(Int)
        case equinox(isSpring: Bool, roll: [Int])
    }

    private let day: Day
    private let years: [ClosedRange<Int>]

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: " ")
        guard let form = parts.first, parts.count <= 2, let day = AnnualDateRule.day(form) else { return nil }
        self.day = day
        let spans = parts.count == 1 ? [0...9999] : parts[1].split(separator: ",").map { AnnualDateRule.span($0) }
        guard spans.allSatisfy({ $0 != nil }) else { return nil }
        years = spans.compactMap { $0 }
    }

    /// The date in a year; nil in a year to which the rule does not apply.
    func day(in year: Int) -> SessionDate? {
        guard years.contains(where: { $0.contains(year) }) else { return nil }
        switch day {
        case .date(let month, let day, let roll): return AnnualDateRule.roll(SessionDate(year: year, month: month, day: day), roll)
        case .weekday(let weekday, let month, let day):
            let first = SessionDate(year: year, month: month, day: day)
            return first.advanced(by: (weekday - first.weekday + 7) % 7)
        case .easter(let days): return Easter.gregorian(year).advanced(by: days)
        case .orthodoxEaster(let days): return Easter.orthodox(year).advanced(by: days)
        case .equinox(let isSpring, let roll): return AnnualDateRule.roll(AnnualDateRule.equinox(year, isSpring), roll)
        }
    }

    private static func roll(_ date: SessionDate, _ shifts: [Int]) -> SessionDate {
        shifts.isEmpty ? date : date.advanced(by: shifts[date.weekday - 1])
    }

    /// The shift in days for each weekday, Monday first; nil for an unknown sign.
    private static func shifts(_ sign: some StringProtocol) -> [Int]? {
        switch sign {
        case "": []
        case ">": [0, 0, 0, 0, 0, 2, 1]
        case "+": [0, 0, 0, 0, 0, 0, 1]
        case "-": [0, 0, 0, 0, 0, -1, 0]
        case "~": [0, 0, 0, 0, 0, -1, 1]
        case "<": [0, 0, 0, 0, 0, -1, -2]
        case "&": [0, 0, 0, 0, 0, 2, 2]
        case "*": [0, 0, 0, 0, 0, 2, 0]
        case "=": [0, -1, -2, 4, 3, 0, 0]
        case "/": [1, 0, 0, 0, 0, 0, 2]
        default: nil
        }
    }

    private static func day(_ form: some StringProtocol) -> Day? {
        switch form.first {
        case "E": return Int(form.dropFirst()).map { .easter($0) }
        case "O": return Int(form.dropFirst()).map { .orthodoxEaster($0) }
        case "V", "A": return shifts(form.dropFirst()).map { .equinox(isSpring: form.first == "V", roll: $0) }
        default:
            guard form.utf8.count >= 4, let date = Int(form.prefix(4)), (1...12).contains(date / 100), (1...31).contains(date % 100) else {
                return nil
            }
            if let weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].firstIndex(of: String(form.dropFirst(4))) {
                return .weekday(weekday + 1, onOrAfterMonth: date / 100, day: date % 100)
            }
            return shifts(form.dropFirst(4)).map { .date(month: date / 100, day: date % 100, roll: $0) }
        }
    }

    /// Parses years: `1990`, `1990-2001`, `-2001` or `1990-`.
    private static func span(_ text: some StringProtocol) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let from = ends[0].isEmpty ? 0 : Int(ends[0]) else { return nil }
        guard ends.count == 2 else { return ends.count == 1 ? from...from : nil }
        guard let to = ends[1].isEmpty ? 9999 : Int(ends[1]), to >= from else { return nil }
        return from...to
    }

    /// The equinox in Japan; valid from 1980 to 2099.
    private static func equinox(_ year: Int, _ isSpring: Bool) -> SessionDate {
        let since = year - 1980
        let day = (Int(checked: (isSpring ? 20.8431 : 23.2488) + 0.242194 * Double(since)) ?? 0) - since / 4
        return SessionDate(year: year, month: isSpring ? 3 : 9, day: day)
    }
}
