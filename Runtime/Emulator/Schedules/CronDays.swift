import Formats

/// The days of a cron expression, by day of month or by day of week.
enum CronDays: Hashable {
    case every
    case daysOfMonth(Set<Int>)
    /// `L`, or `L-n`: n days before the last.
    case lastDay(before: Int)
    /// `LW`.
    case lastWorkday
    /// `15W`: the working day nearest to the 15th within the month.
    case workdayNear(Int)
    /// 1 = Sunday.
    case weekdays(Set<Int>)
    /// `6L`: the month's last Friday.
    case lastWeekday(Int)
    /// `3#2`: the second Tuesday.
    case nthWeekday(Int, Int)

    init(dayOfMonth: Substring, dayOfWeek: Substring) throws(ScheduleError) {
        guard (dayOfMonth == "?") != (dayOfWeek == "?") else {
            throw ScheduleError("cron: exactly one of day of month and day of week is ?")
        }
        self = dayOfMonth == "?" ? try Self.week(dayOfWeek) : try Self.month(dayOfMonth)
    }

    private static func month(_ text: Substring) throws(ScheduleError) -> CronDays {
        let label = "day of month"
        switch text.uppercased() {
        case "*": return .every
        case "L": return .lastDay(before: 0)
        case "LW", "WL": return .lastWorkday
        case let upper where upper.hasPrefix("L-"):
            return .lastDay(before: try CronField.number(text.dropFirst(2), 1...30, [], label))
        case let upper where upper.hasSuffix("W"):
            return .workdayNear(try CronField.number(text.dropLast(), 1...31, [], label))
        default: return .daysOfMonth(try CronField.set(text, 1...31, label))
        }
    }

    private static func week(_ text: Substring) throws(ScheduleError) -> CronDays {
        let label = "day of week"
        func day(_ text: Substring) throws(ScheduleError) -> Int {
            try CronField.number(text, 1...7, CronField.weekdays, label)
        }
        if text == "*" { return .every }
        if text.uppercased() == "L" { return .weekdays([7]) }
        if text.uppercased().hasSuffix("L") { return .lastWeekday(try day(text.dropLast())) }
        if let hash = text.firstIndex(of: "#") {
            return .nthWeekday(try day(text[..<hash]), try CronField.number(text[text.index(after: hash)...], 1...5, [], label))
        }
        return .weekdays(try CronField.set(text, 1...7, names: CronField.weekdays, label))
    }

    func contains(_ date: CivilDate) -> Bool {
        let length = CivilDate.length(ofMonth: date.month, year: date.year)
        return switch self {
        case .every: true
        case .daysOfMonth(let days): days.contains(date.day)
        case .lastDay(let before): date.day == length - before
        case .lastWorkday: date.day == Self.workday(near: length, date, length)
        case .workdayNear(let day): day <= length && date.day == Self.workday(near: day, date, length)
        case .weekdays(let days): days.contains(date.cronWeekday)
        case .lastWeekday(let day): date.cronWeekday == day && date.day > length - 7
        case .nthWeekday(let day, let count): date.cronWeekday == day && (date.day - 1) / 7 == count - 1
        }
    }

    private static func workday(near day: Int, _ date: CivilDate, _ length: Int) -> Int {
        switch CivilDate(year: date.year, month: date.month, day: day).cronWeekday {
        case 1: day == length ? day - 2 : day + 1
        case 7: day == 1 ? day + 2 : day - 1
        default: day
        }
    }
}

extension CivilDate {
    /// 1 = Sunday … 7 = Saturday, as cron counts.
    fileprivate var cronWeekday: Int { isoWeekday % 7 + 1 }
}
