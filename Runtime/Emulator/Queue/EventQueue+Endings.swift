/// How deliveries end: well, to be tried again, or as a dead letter.
extension EventQueue {
    func ended(_ id: String, _ result: Result<InvocationResult, InvocationError>) async {
        guard isStarted, var entry = entries[id] else { return }
        let function = functions[entry.pending.event.function]
        switch result {
        case .success(let answer) where answer.functionError == nil:
            entry.owed -= 1
            entries[id] = entry
            if entry.owed == 0 { await end(id, .finished(id: id)) }
        case .success(let answer):
            entry.pending.attempts += 1
            let delay: Int64 = entry.pending.attempts == 1 ? 60_000 : 120_000
            let isLast = entry.pending.attempts > function?.maximumRetryAttempts ?? 0
            await postpone(entry, by: delay, answer: answer, error: String(decoding: answer.payload, as: UTF8.self), isLast: isLast)
        case .failure(.unavailable): return
        case .failure(.throttled): await postpone(entry, by: 60_000, error: "throttled", isLast: false)
        case .failure(let refusal): await postpone(entry, by: 0, error: String(describing: refusal), isLast: true)
        }
    }

    /// The age of an event is judged when a delivery has failed: time that the emulator was away costs no event.
    private func postpone(
        _ entry: Entry, by milliseconds: Int64, answer: InvocationResult? = nil, error: String, isLast: Bool
    ) async {
        var entry = entry
        let pending = entry.pending
        let due = clock.now.adding(milliseconds: milliseconds)
        let age = due.milliseconds - pending.acceptedAt.milliseconds
        let maximumAge = Int64(functions[pending.event.function]?.maximumEventAge ?? 0) * 1000
        if isLast || age > maximumAge {
            await giveUp(pending, answer: answer, error: error, condition: isLast ? "RetriesExhausted" : "EventAgeExceeded")
        } else {
            entry.pending.due = due
            entries[pending.event.id] = entry
            try? await journal.note([.postponed(id: pending.event.id, attempts: pending.attempts, due: due)])
            place(pending.event.id, pending.event.function, due: due)
        }
    }

    /// Ends an event as a dead letter, and hands its record to the function's destination.
    private func giveUp(_ pending: PendingEvent, answer: InvocationResult?, error: String, condition: String) async {
        let id = pending.event.id
        var letter = DeadLetter(
            id: id, function: pending.event.function, event: String(decoding: pending.event.payload, as: UTF8.self), error: error,
            attempts: pending.attempts, time: clock.now.description)
        var message: PendingEvent?
        if let destination = functions[pending.event.function]?.onFailure {
            let record = OnFailureRecord.of(
                pending, answer: answer, condition: condition, arn: arn(pending.event.function), time: clock.now)
            letter.destination = destination.arn
            if let function = destination.function, let event = OnFailureRecord.event(record, of: id, to: function) {
                message = admit([event], at: clock.now).first
            } else {
                letter.record = record
            }
        }
        deadLetters.append(letter)
        // The message stands before the end of what it speaks of: a crash between them repeats it under the same id.
        if let message { await end(id, .accepted(message), .dead(letter)) } else { await end(id, .dead(letter)) }
        deadLetterFile.append(letter)
        if let message { written(message.event.id) }
    }

    private func end(_ id: String, _ records: JournalRecord...) async {
        entries[id] = nil
        finishedCount += 1
        if AsyncEvent.isRepeatable(id) { finished.insert(Fingerprint(id)) }
        try? await journal.note(records)
    }
}
