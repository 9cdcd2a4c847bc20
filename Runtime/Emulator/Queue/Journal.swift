import NIOPosix

/// Appends records in the order of the calls; callers that wait for the disk share its syncs.
actor Journal {
    private var file: JournalFile
    private let thread: NIOThreadPool
    private var pending: [UInt8] = []
    private var waiters: [CheckedContinuation<Void, any Error>] = []
    private var isFlushing = false
    private var failure: JournalFailure?
    private var state: JournalState
    /// Bytes appended since the last compaction, and what that compaction left.
    private var growth = 0
    private var base = 0

    /// Takes over a journal that was just opened, and what it amounts to.
    init(_ file: JournalFile, state: JournalState) {
        self.file = file
        self.state = state
        thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
    }

    /// Adds records that need not be on disk before life goes on: losing them repeats a delivery, nothing else.
    func note(_ record: JournalRecord) throws {
        try add([record])
        startFlushing()
    }

    /// Returns once the records, and all before them, are on disk.
    func write(_ records: [JournalRecord]) async throws {
        try add(records)
        try await withCheckedThrowingContinuation { continuation in
            waiters.append(continuation)
            startFlushing()
        }
    }

    func close() async throws {
        try await write([])
        await abandon()
    }

    /// Stops without writing what waits, as a crash would.
    func abandon() async {
        failure = JournalFailure(description: "the journal is closed")
        try? await thread.runIfActive { [file] in file.close() }
        try? await thread.shutdownGracefully()
    }

    private func add(_ records: [JournalRecord]) throws {
        if let failure { throw failure }
        let bytes = try JournalFormat.encode(records)
        for record in records { state.apply(record) }
        pending.append(contentsOf: bytes)
        growth += bytes.count
    }

    private func startFlushing() {
        guard !isFlushing, !waiters.isEmpty || !pending.isEmpty else { return }
        isFlushing = true
        Task { await flush() }
    }

    private static let compactionThreshold = 8 << 20

    /// Rewrites the journal as short as it can be, with the effect of everything added so far.
    private func compact() async throws {
        let bytes = try JournalFormat.encode(state.snapshot)
        (growth, base) = (0, bytes.count)
        file = try await thread.runIfActive { [file] in
            var file = file
            try file.rewrite(bytes)
            return file
        }
    }

    private func flush() async {
        while failure == nil, !waiters.isEmpty || !pending.isEmpty {
            let (batch, callers) = (pending, waiters)
            (pending, waiters) = ([], [])
            do {
                if growth > Self.compactionThreshold + 3 * base {
                    try await compact()
                } else if !batch.isEmpty {
                    try await thread.runIfActive { [file] in try file.append(batch) }
                }
                for caller in callers { caller.resume() }
            } catch {
                failure = failure ?? JournalFailure(description: String(describing: error))
                for caller in callers { caller.resume(throwing: error) }
            }
        }
        isFlushing = false
        guard let failure else { return }
        for caller in waiters { caller.resume(throwing: failure) }
        waiters = []
    }
}
