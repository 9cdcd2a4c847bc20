import Formats

/// An EventBridge cron expression: minutes, hours, day of month, month, day of week, year.
struct CronExpression: Hashable, Sendable {
    private let minutes: [Int]
    private let hours: [Int]
    private let days: CronDays
    private let months: Set<Int>
    private let years: Set<Int>

    init(_ text: Substring) throws(ScheduleError) {
        let fields = text.split(separator: " ")
        guard fields.count == 6 else {
            throw ScheduleError("cron(\(text)): expected six fields: minutes, hours, day of month, month, day of week, year")
        }
        minutes = try CronField.set(fields[0], 0...59, "minute").sorted()
        hours = try CronField.set(fields[1], 0...23, "hour").sorted()
        days = try CronDays(dayOfMonth: fields[2], dayOfWeek: fields[4])
        months = try CronField.set(fields[3], 1...12, names: CronField.months, "month")
        years = try CronField.set(fields[5], 1970...2199, "year")
    }

    /// The first firing after `seconds`. Both are seconds since 1970.
    func next(after seconds: Int64, _ zone: LocalTime) -> Int64? {
        let now = zone.local(seconds)
        let today = Int(now.flooredQuotient(86400))
        // Start one day earlier: after a change of clocks over midnight, the local date repeats.
        var day = today - 1
        while true {
            let date = CivilDate(days: day)
            guard date.year < 2200 else { return nil }
            if !years.contains(date.year) || !months.contains(date.month) {
                day = firstOfNextMonth(date)
                continue
            }
            if days.contains(date), let found = firing(on: day, after: seconds, zone) { return found }
            day += 1
        }
    }

    private func firing(on day: Int, after seconds: Int64, _ zone: LocalTime) -> Int64? {
        for hour in hours {
            // Clock changes move time by less than a day, so earlier hours cannot fire.
            let start = Int64(day) * 86400 + Int64(hour) * 3600
            if start + 3600 + 86400 <= zone.local(seconds) { continue }
            for minute in minutes {
                if let moment = zone.instant(local: start + Int64(minute) * 60), moment > seconds { return moment }
            }
        }
        return nil
    }

    private func firstOfNextMonth(_ date: CivilDate) -> Int {
        date.month == 12
            ? CivilDate(year: date.year + 1, month: 1, day: 1).days : CivilDate(year: date.year, month: date.month + 1, day: 1).days
    }
}
