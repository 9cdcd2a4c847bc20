import Formats

/// The footer of TZif data, a POSIX TZ rule such as `EST5EDT,M3.2.0,M11.1.0`: one offset, or two that change on the n-th weekday
/// of a month (the only form of date that current zones use).
struct PosixTimeZoneRule: Sendable {
    /// The month, week (5 = last), weekday (0 = Sunday) and local second of the day of an offset change.
    private struct Change {
        let month, week, weekday, second: Int

        /// The local second since 1970 of the change, by the offset before it.
        func localSecond(in year: Int) -> Int64 {
            let first = SessionDate(year: year, month: month, day: 1)
            var day = first.advanced(by: (weekday - first.weekday % 7 + 7) % 7 + (week - 1) * 7)
            if week == 5, day.month != month { day = day.advanced(by: -7) }
            return Int64(day.day) * 86_400 + Int64(second)
        }
    }

    private let standard: Int
    private let summer: (offset: Int, start: Change, end: Change)?

    /// Parses a rule; nil for an empty rule and for an unknown form.
    init?(_ text: [UInt8]) {
        var rest = text[...]
        func skipName() {
            if rest.first == UInt8(ascii: "<") {
                rest = rest.drop { $0 != UInt8(ascii: ">") }.dropFirst()
            } else {
                rest = rest.drop { ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 }
            }
        }
        func number() -> Int? {
            let digits = rest.prefix { (48...57).contains($0) }
            rest = rest.dropFirst(digits.count)
            return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        }
        func clock() -> Int? {
            let sign = rest.first == UInt8(ascii: "-") ? -1 : 1
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            for unit in [60, 1] where rest.first == UInt8(ascii: ":") {
                rest = rest.dropFirst()
                seconds += (number() ?? 0) * unit
            }
            return sign * seconds
        }
        func change() -> Change? {
            guard rest.starts(with: ",M".utf8) else { return nil }
            rest = rest.dropFirst(2)
            guard let month = number(), rest.popFirst() == UInt8(ascii: "."), let week = number(), rest.popFirst() == UInt8(ascii: "."),
                let weekday = number()
            else { return nil }
            guard rest.first == UInt8(ascii: "/") else { return Change(month: month, week: week, weekday: weekday, second: 7200) }
            rest = rest.dropFirst()
            return clock().map { Change(month: month, week: week, weekday: weekday, second: $0) }
        }
        skipName()
        guard let west = clock() else { return nil }
        standard = -west
        if rest.isEmpty {
            summer = nil
            return
        }
        skipName()
        let offset = rest.first == UInt8(ascii: ",") ? standard + 3600 : clock().map { -$0 } ?? standard
        guard let start = change(), let end = change(), rest.isEmpty else { return nil }
        summer = (offset, start, end)
    }

    /// Seconds east of UTC at a second since 1970.
    func offset(atSecond second: Int64) -> Int {
        guard let summer else { return standard }
        let local = second + Int64(standard)
        let year = SessionDate(day: Int32(truncatingIfNeeded: local >= 0 ? local / 86_400 : (local - 86_399) / 86_400)).year
        let start = summer.start.localSecond(in: year) - Int64(standard)
        let end = summer.end.localSecond(in: year) - Int64(summer.offset)
        let inSummer = start < end ? second >= start && second < end : second >= start || second < end
        return inSummer ? summer.offset : standard
    }
}
