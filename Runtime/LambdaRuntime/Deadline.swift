import Formats
import Glibc

/// The time by which an invocation must end: wall clock, in milliseconds, as in `Lambda-Runtime-Deadline-Ms`.
package struct Deadline: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970.
    package let epochMilliseconds: Int64

    package init(epochMilliseconds: Int64) { self.epochMilliseconds = epochMilliseconds }

    /// The deadline of `Lambda-Runtime-Deadline-Ms`; nil before 1970 and from 10¹⁴ milliseconds on (about the year 5138), which no clock means.
    init?(header milliseconds: Int64) {
        guard (0..<100_000_000_000_000).contains(milliseconds) else { return nil }
        epochMilliseconds = milliseconds
    }

    package static func after(_ duration: Duration) -> Deadline {
        Deadline(epochMilliseconds: WallClock.microseconds() / 1000 + duration.wholeMilliseconds)
    }

    /// Time left; negative once the deadline has passed.
    package var remaining: Duration { .milliseconds(epochMilliseconds) - .microseconds(WallClock.microseconds()) }

    /// The same moment for calls that take an instant of the continuous clock. Do not keep it
    /// across a freeze of the environment: the two clocks can drift apart.
    package var instant: ContinuousClock.Instant { .now + remaining }

    package func less(_ margin: Duration) -> Deadline { Deadline(epochMilliseconds: epochMilliseconds - margin.wholeMilliseconds) }

    package static func < (left: Self, right: Self) -> Bool { left.epochMilliseconds < right.epochMilliseconds }
}

package enum WallClock {
    /// Microseconds since 1970.
    package static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}

extension Duration {
    /// Rounded towards zero.
    var wholeMilliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
