package import Market

/// The check of the times in events.
package enum EventTime {
    /// A time that no event can have yet.
    package struct InTheFuture: Error, Hashable, Sendable, CustomStringConvertible {
        package let time: Instant
        package var description: String { "the event's time, \(time), is in the future" }
    }

    /// The seconds by which an event's time may be later than the real clock. A replay's virtual clock is in the past, and never needs more.
    private static let margin: Int64 = 2 * 86_400

    /// Refuses a time in the future, by the real clock.
    ///
    /// What an event stores is known from its time on. One event dated by mistake in the far future would block all reference data until then,
    /// and its promotions would hold against every later one.
    ///
    /// - Parameters:
    ///   - time: the event's time; nil for an event without one, which passes.
    ///   - now: the real time.
    package static func check(_ time: Instant?, now: Instant) throws(InTheFuture) {
        if let time, time > now.adding(seconds: margin) { throw InTheFuture(time: time) }
    }
}
