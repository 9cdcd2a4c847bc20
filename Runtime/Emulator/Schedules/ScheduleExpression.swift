import Formats
import Foundation

/// A schedule expression is invalid.
package struct ScheduleError: Error, Sendable, Hashable {
    package let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// An EventBridge schedule: `cron(…)`, `rate(…)` or `at(…)` in a time zone.
package struct ScheduleExpression: Sendable, Hashable {
    private enum Kind: Hashable {
        case cron(CronExpression)
        /// Milliseconds between firings.
        case rate(Int64)
        /// Local seconds since 1970.
        case once(Int64)
    }

    private let kind: Kind
    private let zone: LocalTime

    /// - Parameter timeZone: an IANA name such as `America/New_York`, or `UTC`.
    package init(_ text: String, timeZone: String = "UTC") throws(ScheduleError) {
        guard let zone = LocalTime(timeZone) else { throw ScheduleError("no time zone is named \(timeZone)") }
        self.zone = zone
        let text = text.trimmingCharacters(in: .whitespaces)
        guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else {
            throw ScheduleError("\"\(text)\" is neither cron(…), rate(…) nor at(…)")
        }
        let body = text[text.index(after: open)...].dropLast()
        switch text[..<open] {
        case "cron": kind = .cron(try CronExpression(body))
        case "rate": kind = .rate(try Self.period(body))
        case "at": kind = .once(try Self.moment(body))
        case let other: throw ScheduleError("\"\(other)\" is neither cron, rate nor at")
        }
    }

    /// The first firing strictly after `time`.
    ///
    /// A local time that is skipped by a change of clocks does not fire; a repeated local time fires once, the first time.
    /// - Parameter anchor: the start of the periods of `rate(…)`.
    package func next(after time: VirtualTime, anchor: VirtualTime = VirtualTime(milliseconds: 0)) -> VirtualTime? {
        switch kind {
        case .cron(let cron):
            return cron.next(after: time.seconds, zone).map { VirtualTime(milliseconds: $0 * 1000) }
        case .rate(let period):
            let steps = max(0, (time.milliseconds - anchor.milliseconds).flooredQuotient(period)) + 1
            return VirtualTime(milliseconds: anchor.milliseconds + steps * period)
        case .once(let local):
            guard let moment = zone.instant(local: local), moment * 1000 > time.milliseconds else { return nil }
            return VirtualTime(milliseconds: moment * 1000)
        }
    }

    private static func period(_ body: Substring) throws(ScheduleError) -> Int64 {
        let words = body.split(separator: " ")
        guard words.count == 2, let count = Int64(words[0]), count > 0, count < 10_000_000 else {
            throw ScheduleError("rate(\(body)): expected a positive number and a unit")
        }
        let units: [Substring: Int64] = ["minute": 60_000, "hour": 3_600_000, "day": 86_400_000]
        let unit = count == 1 ? words[1] : words[1].hasSuffix("s") ? words[1].dropLast() : ""
        guard let length = units[unit] else {
            throw ScheduleError("rate(\(body)): the unit is minute, hour or day, with an s unless the number is 1")
        }
        return count * length
    }

    private static func moment(_ body: Substring) throws(ScheduleError) -> Int64 {
        let numbers = body.split(whereSeparator: { "-T:".contains($0) }).compactMap { Int64($0) }
        guard body.count == 19, numbers.count == 6, (1...9999).contains(numbers[0]), (1...12).contains(numbers[1]),
            (1...Int64(CivilDate.length(ofMonth: Int(numbers[1]), year: Int(numbers[0])))).contains(numbers[2]),
            numbers[3] < 24, numbers[4] < 60, numbers[5] < 60
        else { throw ScheduleError("at(\(body)): expected yyyy-mm-ddThh:mm:ss") }
        let date = CivilDate(year: Int(numbers[0]), month: Int(numbers[1]), day: Int(numbers[2]))
        return Int64(date.days) * 86400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity; the divisor is positive.
    func flooredQuotient(_ divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
