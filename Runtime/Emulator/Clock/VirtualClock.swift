import Synchronization

/// The clock that schedules, retries and business time go by. Anyone may read it; only the queue moves it, after the journal has it.
package final class VirtualClock: Sendable {
    private let storage: Mutex<ClockState>

    init(_ state: ClockState) { storage = Mutex(state) }

    package var state: ClockState { storage.withLock { $0 } }
    package var now: VirtualTime { state.now }

    func set(_ state: ClockState) { storage.withLock { $0 = state } }
}
