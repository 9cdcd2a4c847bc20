/// One line of the response to `POST /emulator/advance`.
package struct AdvanceProgress: Sendable, Codable, Hashable {
    /// Virtual time reached, RFC 3339.
    package var time: String
    /// The virtual time to reach, RFC 3339.
    package var target: String
    /// Moments so far at which an event fired or was retried.
    package var moments: Int
    /// Events of timed sources so far.
    package var events: Int
    /// 0…1 of the way from the start to the target.
    package var fraction: Double
    /// Only in the last line: `done`, or the reason why the clock stopped.
    package var result: String?
}

/// The virtual clock is already being advanced to another time.
package struct AdvanceInProgressError: Error, CustomStringConvertible {
    package let target: VirtualTime
    package var description: String { "the virtual clock is already being advanced to \(target)" }
}
