import Foundation
import Synchronization

/// The emulator's clock, for schedules, retries and business time. Only `EventQueue` sets it, after the journal has the new state.
package final class VirtualClock: Sendable {
    private let storage: Mutex<ClockState>

    init(_ state: ClockState) { storage = Mutex(state) }

    package var state: ClockState { storage.withLock { $0 } }
    package var now: VirtualTime { state.now }

    func set(_ state: ClockState) { storage.withLock { $0 = state } }
}

/// The state of the virtual clock, as the journal records it.
package struct ClockState: Sendable, Codable, Hashable {
    package enum Mode: String, Sendable, Codable {
        /// Virtual time passes with real time.
        case running
        /// Virtual time stands still until it is advanced.
        case held
    }

    package var mode: Mode
    /// Virtual minus real time in milliseconds, while running.
    package var offset: Int64
    /// Held: the current virtual time. Running: all events due up to this time have fired.
    package var time: VirtualTime

    private enum CodingKeys: String, CodingKey {
        case mode, time
        case offset = "offset_milliseconds"
    }

    package static func running(offset: Int64 = 0) -> ClockState {
        ClockState(mode: .running, offset: offset, time: VirtualTime(milliseconds: VirtualTime.real.milliseconds + offset))
    }

    package static func held(at time: VirtualTime) -> ClockState { ClockState(mode: .held, offset: 0, time: time) }

    package var now: VirtualTime {
        mode == .held ? time : VirtualTime(milliseconds: VirtualTime.real.milliseconds + offset)
    }
}
