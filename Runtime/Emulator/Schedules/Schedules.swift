import Foundation

/// The enabled schedules of a template, a source of events on the virtual clock.
package struct Schedules: TimedEventSource {
    private let entries: [(definition: ScheduleDefinition, expression: ScheduleExpression)]
    private let anchor: VirtualTime

    /// - Parameter anchor: the start of the periods of `rate(…)`; has to be the same after a restart.
    package init(
        _ definitions: [ScheduleDefinition], anchor: VirtualTime = VirtualTime(milliseconds: 0)
    ) throws(ScheduleError) {
        var entries: [(ScheduleDefinition, ScheduleExpression)] = []
        for definition in definitions where definition.isEnabled {
            entries.append((definition, try ScheduleExpression(definition.expression, timeZone: definition.timeZone)))
        }
        self.entries = entries
        self.anchor = anchor
    }

    package func next(after time: VirtualTime) async -> VirtualTime? {
        entries.compactMap { $0.expression.next(after: time, anchor: anchor) }.min()
    }

    package func events(at time: VirtualTime) async -> [AsyncEvent] {
        let before = VirtualTime(milliseconds: time.milliseconds - 1)
        return entries.filter { $0.expression.next(after: before, anchor: anchor) == time }.map { entry in
            let definition = entry.definition
            return AsyncEvent(
                id: "schedule/\(definition.name)/\(ISOTime.text(time))", function: definition.function,
                payload: ScheduledPayload.bytes(definition, at: time))
        }
    }
}

/// Formats virtual times as UTC text such as `2012-01-03T22:30:00Z`.
enum ISOTime {
    static func text(_ time: VirtualTime) -> String {
        let second = Int(time.seconds - time.seconds.flooredQuotient(86400) * 86400)
        return "\(date(time))T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
    }

    /// With milliseconds, such as `2012-01-03T22:30:00.250Z`.
    static func preciseText(_ time: VirtualTime) -> String {
        let milliseconds = Int(time.milliseconds - time.seconds * 1000)
        return "\(text(time).dropLast()).\(milliseconds < 100 ? "0" : "")\(two(milliseconds))Z"
    }

    static func date(_ time: VirtualTime) -> String {
        let date = CivilDate(days: Int(time.seconds.flooredQuotient(86400)))
        let year = String(date.year)
        return "\(String(repeating: "0", count: max(0, 4 - year.count)))\(year)-\(two(date.month))-\(two(date.day))"
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
