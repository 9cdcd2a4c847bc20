import Store

/// Detects that runs are complete, after each projected response.
///
/// Reading the whole progress for each response would cost ten thousand reads of ten thousand instruments in a large run. So the actor
/// remembers one pending instrument per run, and reads no other instrument while that one is pending.
actor RunCompletion {
    /// By run, an instrument that was pending at the last check.
    private var pendingInstruments: [String: String] = [:]

    /// Whether a run has become complete.
    ///
    /// Each invocation checks after its own response is stored, so the invocation that projects the last response finds the run complete.
    func isComplete(_ run: String, _ runs: Runs) async throws -> Bool {
        if let instrument = pendingInstruments[run], try await runs.progress(run, of: instrument)?.isComplete == false { return false }
        guard let progress = try await runs.progress(run) else { return false }
        pendingInstruments[run] = progress.pending.randomElement()
        return progress.isComplete
    }
}
