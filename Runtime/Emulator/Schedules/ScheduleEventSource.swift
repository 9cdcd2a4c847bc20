import Foundation

/// The enabled schedules of a template, a source of events on the virtual clock.
package struct ScheduleEventSource: TimedEventSource {
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
                id: "schedule/\(definition.name)/\(time.text)", function: definition.function,
                payload: ScheduledPayload.bytes(definition, at: time))
        }
    }
}
