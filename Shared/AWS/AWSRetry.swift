import Synchronization

/// The pauses of AWS's standard retry mode since 2026: full jitter over min(base·2^i, 20 s), base 50 ms, 1 s when throttled.
package struct AWSRetryPolicy: Sendable {
    /// Attempts in all, the first included.
    package var attempts = 3
    package var base = Duration.milliseconds(50)
    package var throttledBase = Duration.seconds(1)
    package var ceiling = Duration.seconds(20)

    package init(attempts: Int = 3) { self.attempts = attempts }

    /// A policy for functions with minutes until their deadline: nine attempts, which outlast the restart of a server.
    package static let patient = AWSRetryPolicy(attempts: 9)

    /// The pause before retry number `retry` (from 0).
    ///
    /// - Parameters:
    ///   - random: in 0..<1.
    ///   - requested: `x-amz-retry-after`; raises the pause, by at most five seconds.
    package func pause(retry: Int, isThrottled: Bool, requested: Duration?, random: Double) -> Duration {
        let drawn = min((isThrottled ? throttledBase : base) * (1 << min(retry, 30)), ceiling) * random
        guard let requested, requested > drawn else { return drawn }
        return min(requested, drawn + .seconds(5))
    }
}

/// A budget of 500 tokens for the retries of one client, so that retries do not make an outage worse.
package final class AWSRetryQuota: Sendable {
    package static let capacity = 500
    private let tokens = Mutex(AWSRetryQuota.capacity)

    package init() {}

    package var available: Int { tokens.withLock { $0 } }

    /// Takes the cost of a retry from the budget and returns it: 14 tokens, or 5 after throttling. `nil` if fewer tokens are left.
    package func take(isThrottled: Bool) -> Int? {
        let cost = isThrottled ? 5 : 14
        return tokens.withLock { left in
            guard left >= cost else { return nil }
            left -= cost
            return cost
        }
    }

    /// Returns the cost of a successful call's last retry to the budget, or one token if the call had no retry.
    package func succeeded(afterTaking cost: Int?) {
        tokens.withLock { $0 = min(Self.capacity, $0 + (cost ?? 1)) }
    }
}
