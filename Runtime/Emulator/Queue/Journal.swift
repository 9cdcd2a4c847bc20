import NIOPosix

/// Appends records in the order of the calls; callers that wait for the disk share its syncs.
///
/// A disk that refuses them fails those callers, whose records are as if they had never been; notes are kept and written
/// once the disk takes them again.
actor Journal {
    private typealias Caller = CheckedContinuation<Void, any Error>

    /// Records that are written together or not at all.
    private struct Entry {
        let records: [JournalRecord]
        let bytes: [UInt8]
        /// nil for a note.
        var caller: Caller?
    }

    private var file: JournalFile
    private let thread: NIOThreadPool
    private var pending: [Entry] = []
    private var isFlushing = false
    private var isClosed = false
    /// The effect of what is on the disk.
    private var state: JournalState
    /// Bytes appended since the last compaction, and what that compaction left.
    private var growth = 0
    private var base = 0
    /// How long notes wait before the disk is asked again.
    private let patience: Duration

    /// Takes over a journal that was just opened, and what it amounts to.
    init(_ file: JournalFile, state: JournalState, patience: Duration = .seconds(1)) {
        self.file = file
        self.state = state
        self.patience = patience
        thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
    }

    private static let closed = JournalError(description: "the journal is closed")

    /// Adds records that need not be on disk before life goes on: losing them repeats a delivery, nothing else.
    func note(_ records: [JournalRecord]) throws {
        guard !isClosed else { throw Self.closed }
        pending.append(Entry(records: records, bytes: try JournalFormat.encode(records)))
        startFlushing()
    }

    /// Returns once the records, and all before them, are on disk.
    func write(_ records: [JournalRecord]) async throws {
        guard !isClosed else { throw Self.closed }
        let bytes = try JournalFormat.encode(records)
        try await withCheckedThrowingContinuation { caller in
            pending.append(Entry(records: records, bytes: bytes, caller: caller))
            startFlushing()
        }
    }

    func close() async throws {
        let last: Result<Void, any Error>
        do { last = .success(try await write([])) } catch { last = .failure(error) }
        await abandon()
        try last.get()
    }

    /// Stops without writing what waits, as a crash would. The second call finds nothing left to close.
    func abandon() async {
        guard !isClosed else { return }
        isClosed = true
        try? await thread.runIfActive { [file] in file.close() }
        try? await thread.shutdownGracefully()
    }

    private func startFlushing() {
        guard !isFlushing, !pending.isEmpty else { return }
        isFlushing = true
        Task { await flush() }
    }

    private static let compactionThreshold = 8 << 20

    private func flush() async {
        while !isClosed, !pending.isEmpty {
            let batch = pending
            pending = []
            do {
                try await store(batch)
                for entry in batch { entry.caller?.resume() }
            } catch {
                for entry in batch { entry.caller?.resume(throwing: error) }
                let notes = batch.filter { $0.caller == nil }
                pending.insert(contentsOf: notes, at: 0)
                // Callers that come meanwhile ask the disk at once.
                if pending.count == notes.count { return rest() }
            }
        }
        isFlushing = false
        guard isClosed else { return }
        for entry in pending { entry.caller?.resume(throwing: Self.closed) }
        pending = []
    }

    /// Ends the flushing for a while, though notes wait.
    private func rest() {
        isFlushing = false
        guard !pending.isEmpty else { return }
        Task {
            try await Task.sleep(for: patience)
            startFlushing()
        }
    }

    /// Appends, or rewrites the journal as short as it can be when it has grown or was torn.
    private func store(_ batch: [Entry]) async throws {
        if file.isTorn || growth > Self.compactionThreshold + 3 * base {
            var next = state
            for record in batch.flatMap(\.records) { next.apply(record) }
            let bytes = try JournalFormat.encode(next.snapshot)
            try await onDisk { file throws(JournalError) in try file.rewrite(bytes) }
            state = next
            (growth, base) = (0, bytes.count)
        } else {
            let bytes = batch.flatMap(\.bytes)
            if !bytes.isEmpty { try await onDisk { file throws(JournalError) in try file.append(bytes) } }
            for record in batch.flatMap(\.records) { state.apply(record) }
            growth += bytes.count
        }
    }

    /// Runs on the journal's thread; the file is as the body left it, whether it throws or not.
    private func onDisk(_ body: @escaping @Sendable (inout JournalFile) throws(JournalError) -> Void) async throws {
        let result: Result<Void, JournalError>
        (file, result) = try await thread.runIfActive { [file] in
            var file = file
            do throws(JournalError) {
                try body(&file)
                return (file, .success(()))
            } catch {
                return (file, .failure(error))
            }
        }
        try result.get()
    }
}
