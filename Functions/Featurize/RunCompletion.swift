import Store

/// Detects that runs are complete, after each projected response.
///
/// Reading the whole progress for each response would cost ten thousand reads of ten thousand instruments in a large run. So one pending
/// instrument of each run is remembered, and as long as it is pending, no other instrument is read.
actor RunCompletion {
    /// An instrument of each run that was pending at the last look.
    private var pendingInstruments: [String: String] = [:]

    /// Whether a run has become complete. The invocation that projects the last response of a run sees this, because each invocation
    /// checks after its own response is stored.
    func isComplete(_ run: String, _ runs: Runs) async throws -> Bool {
        if let instrument = pendingInstruments[run], try await runs.progress(run, of: instrument)?.isComplete == false { return false }
        guard let progress = try await runs.progress(run) else { return false }
        pendingInstruments[run] = progress.pending.randomElement()
        return progress.isComplete
    }
}
