import Foundation

/// Where the virtual clock stands, as it is kept in the journal.
package struct ClockState: Sendable, Codable, Hashable {
    package enum Mode: String, Sendable, Codable {
        /// Virtual time passes with real time.
        case running
        /// Virtual time stands still until it is advanced.
        case held
    }

    package var mode: Mode
    /// Virtual less real time, milliseconds; used while running.
    package var offset: Int64
    /// Held: the time. Running: everything due up to here has been fired.
    package var time: VirtualTime

    package static func running(offset: Int64 = 0) -> ClockState {
        ClockState(mode: .running, offset: offset, time: VirtualTime(milliseconds: VirtualTime.real.milliseconds + offset))
    }

    package static func held(at time: VirtualTime) -> ClockState { ClockState(mode: .held, offset: 0, time: time) }

    package var now: VirtualTime {
        mode == .held ? time : VirtualTime(milliseconds: VirtualTime.real.milliseconds + offset)
    }
}

extension VirtualTime: CustomStringConvertible {
    /// The machine's own clock.
    package static var real: VirtualTime { VirtualTime(milliseconds: Int64((Date.now.timeIntervalSince1970 * 1000).rounded())) }

    /// Parses RFC 3339 with any offset, or a date, which means its midnight in UTC.
    package init?(_ text: some StringProtocol) {
        let full = text.count == 10 ? "\(text)T00:00:00Z" : String(text)
        let date =
            (try? Date(full, strategy: .iso8601))
            ?? (try? Date(full, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        guard let date else { return nil }
        self.init(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }

    /// RFC 3339 in UTC; a fraction only when there is one.
    package var description: String {
        let fraction = ((milliseconds % 1000) + 1000) % 1000
        let seconds = (milliseconds - fraction) / 1000
        let text = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        guard fraction != 0 else { return text }
        return text.dropLast() + "." + String(1000 + fraction).dropFirst() + "Z"
    }

    func adding(milliseconds more: Int64) -> VirtualTime { VirtualTime(milliseconds: milliseconds + more) }
}
