import Formats

/// The margins, pauses and time-outs of the runtime.
package struct RuntimeSettings: Sendable {
    /// The handler is cancelled this long before its deadline, or `marginShare` of its time before it if that is less.
    package var margin: Duration = .milliseconds(300)
    package var marginShare = 0.1
    /// Failed polls in a row before the process ends.
    package var pollAttempts = 5
    /// Pause after the first failed poll; doubles with each further one.
    package var firstPause: Duration = .milliseconds(50)
    /// How long the acknowledgement of a response may take.
    package var acknowledgement: Duration = .seconds(30)
    /// Assumed when the Runtime API states no usable deadline: Lambda's longest.
    package var assumedTime: Duration = .seconds(900)

    package init() {}

    /// Reads `DEADLINE_MARGIN_MS`, milliseconds.
    package init(_ environment: [String: String]) {
        if let text = environment["DEADLINE_MARGIN_MS"], let value = Int64(text), value >= 0 { margin = .milliseconds(value) }
    }

    /// The margin for an invocation that has this long.
    func margin(within time: Duration) -> Duration { min(margin, time * marginShare) }
}
