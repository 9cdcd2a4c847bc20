/// How events come into the queue: on the disk before anyone may deliver them.
extension EventQueue {
    /// Returns once the events are on disk. An id that is known, owed or finished, adds nothing.
    func accept(_ events: [AsyncEvent]) async throws {
        let fresh = admit(events, at: clock.now)
        try await record(fresh, as: fresh.map { .accepted($0) })
    }

    /// Moves the clock and accepts the events of that moment, in one record.
    func move(to state: ClockState, events: [AsyncEvent]) async throws {
        let fresh = admit(events, at: state.time)
        try await record(fresh, as: [.moved(state, fresh)])
        clock.set(state)
        release()
    }

    /// The events that this call has to write: new ones, and those that another call is still writing and may fail to.
    func admit(_ events: [AsyncEvent], at time: VirtualTime) -> [PendingEvent] {
        var fresh: [PendingEvent] = []
        var seen: Set<String> = []
        for event in events where seen.insert(event.id).inserted && !finished.contains(Fingerprint(event.id)) {
            var entry = entries[event.id] ?? Entry(pending: PendingEvent(event: event, acceptedAt: time))
            guard !entry.isWritten else { continue }
            entry.writers += 1
            entries[event.id] = entry
            fresh.append(entry.pending)
        }
        return fresh
    }

    private func record(_ fresh: [PendingEvent], as records: [JournalRecord]) async throws {
        writing += 1
        defer {
            writing -= 1
            checkRest()
        }
        do {
            try await journal.write(records)
        } catch {
            for pending in fresh { abandon(pending.event.id) }
            throw error
        }
        for pending in fresh { written(pending.event.id) }
        pump()
    }

    private func abandon(_ id: String) {
        guard var entry = entries[id] else { return }
        entry.writers -= 1
        entries[id] = entry.writers > 0 || entry.isWritten ? entry : nil
    }

    /// The first of its writers lets the event go.
    func written(_ id: String) {
        guard var entry = entries[id] else { return }
        entry.writers -= 1
        let isFirst = !entry.isWritten
        entry.isWritten = true
        entries[id] = entry
        guard isFirst else { return }
        acceptedCount += 1
        if isStarted { schedule(entry.pending) }
    }
}
