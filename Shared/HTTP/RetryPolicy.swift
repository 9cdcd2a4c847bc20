/// When and after what pause a request is sent again: full jitter, bounded attempts, `Retry-After` honoured.
package struct RetryPolicy: Sendable {
    /// Attempts in all, the first included.
    package var attempts: Int
    /// The pause before retry `i` (from 0) is uniform between 0 and min(`base`·2^i, `ceiling`).
    package var base: Duration
    package var ceiling: Duration
    /// A response whose `Retry-After` is longer than this is returned instead of retried.
    package var longestRetryAfter: Duration

    package init(
        attempts: Int = 3, base: Duration = .milliseconds(100), ceiling: Duration = .seconds(5), longestRetryAfter: Duration = .seconds(60)
    ) {
        self.attempts = attempts
        self.base = base
        self.ceiling = ceiling
        self.longestRetryAfter = longestRetryAfter
    }

    /// One attempt.
    package static let never = RetryPolicy(attempts: 1)

    /// The pause before retry number `retry` (from 0), for a random number in 0..<1.
    package func pause(retry: Int, random: Double) -> Duration { min(base * (1 << min(retry, 30)), ceiling) * random }

    /// The pause before retry number `retry` (from 0) of a request with a deadline; nil when the attempts are used up or the pause would
    /// not end before the deadline.
    ///
    /// - Parameters:
    ///   - floor: the pause of `Retry-After`, if any.
    ///   - random: a random number in 0..<1.
    package func pause(
        retry: Int, atLeast floor: Duration?, before deadline: ContinuousClock.Instant, random: Double = .random(in: 0..<1)
    ) -> Duration? {
        guard retry + 1 < attempts else { return nil }
        let pause = max(floor ?? .zero, pause(retry: retry, random: random))
        return .now + pause < deadline ? pause : nil
    }

    /// Whether a request with a response of this status may succeed later.
    package func wantsRetry(_ status: Int) -> Bool { [429, 500, 502, 503, 504].contains(status) }
}
