import Store

/// Notices the ends of runs. As long as one instrument is known for which a run waits, nobody has to look at the others: an object of a
/// run over ten thousand would cost ten thousand looks otherwise.
actor RunCompletion {
    /// Of each run, an instrument that it waited for when it was looked at.
    private var witnesses: [String: String] = [:]

    /// Whether a run waits for nothing more. Whoever folds a run's last object sees it, because each looks after its own is in.
    func hasEnded(_ run: String, _ runs: Runs) async throws -> Bool {
        if let witness = witnesses[run], try await !runs.isDone(witness, in: run) { return false }
        let state = try await runs.state(run)
        if case .waiting(let instrument) = state { witnesses[run] = instrument } else { witnesses[run] = nil }
        return state == .complete
    }
}
