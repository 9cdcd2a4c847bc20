/// One line of the answer to `POST /emulator/advance`.
package struct AdvanceProgress: Sendable, Codable, Hashable {
    /// Virtual time reached, RFC 3339.
    package var time: String
    package var target: String
    /// Moments at which something fired or was retried so far.
    package var moments: Int
    /// Events that timed sources brought so far.
    package var events: Int
    /// 0…1 of the way from the start to the target.
    package var fraction: Double
    /// Only in the last line: `done` or the reason why time stopped.
    package var result: String?
}

/// The clock is already being advanced to another time.
package struct AdvanceInProgressError: Error, CustomStringConvertible {
    package let target: VirtualTime
    package var description: String { "the clock is already being advanced to \(target)" }
}
