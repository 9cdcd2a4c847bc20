import Glibc
import NIOPosix

/// A journal that was opened, with what is in it.
struct OpenedJournal: Sendable {
    let journal: Journal
    let state: JournalState
    /// Bytes of a last line that a crash cut off, and which were removed; 0 when the last line was complete.
    let tornBytes: Int
}

/// Appends records to the journal file in the order of the calls; calls at the same time share one sync of the disk.
///
/// When a write fails, `write` throws and its records are dropped; records of `writeLater` are written once the disk accepts them again.
actor Journal {
    private typealias Caller = CheckedContinuation<Void, any Error>

    /// Records that are written all together or not at all.
    private struct Entry {
        let records: [JournalRecord]
        let bytes: [UInt8]
        /// nil for records of `writeLater`.
        var caller: Caller?
    }

    private var file: JournalFile
    /// Runs everything that waits for the disk, in order.
    nonisolated let thread: NIOThreadPool
    private var pending: [Entry] = []
    private var isFlushing = false
    private var isClosed = false
    /// Waits in `abandon` for the write in progress, which may replace the file.
    private var flushEnd: CheckedContinuation<Void, Never>?
    /// The state of the records on disk.
    private var state: JournalState
    /// The error of the last attempt to write; nil when it succeeded.
    private(set) var problem: JournalError?
    /// Bytes appended since the last compaction.
    private var growth = 0
    /// Bytes of the journal after the last compaction.
    private var base = 0
    /// The pause before records of `writeLater` are tried again after an error.
    private let retryDelay: Duration

    private init(_ file: JournalFile, state: JournalState, thread: NIOThreadPool, retryDelay: Duration) {
        self.file = file
        self.state = state
        self.thread = thread
        self.retryDelay = retryDelay
    }

    /// Locks the folder, reads its journal and replaces it by a compact one.
    ///
    /// - Parameter clock: the virtual clock when the journal has none.
    /// - Throws: `JournalError` when another emulator uses the folder, a line is damaged, or the disk is full.
    static func open(
        in folder: String, clock: ClockState = .running(), retryDelay: Duration = .seconds(1),
        synchronise: @escaping @Sendable (CInt) -> CInt = { fdatasync($0) }
    ) async throws -> OpenedJournal {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        do {
            let (file, state, tornBytes) = try await thread.runIfActive {
                try recover(try JournalFile.open(in: folder, synchronise: synchronise), clock, "\(folder)/journal")
            }
            let journal = Journal(file, state: state, thread: thread, retryDelay: retryDelay)
            return OpenedJournal(journal: journal, state: state, tornBytes: tornBytes)
        } catch {
            try? await thread.shutdownGracefully()
            throw error
        }
    }

    /// Reads the records and writes a compact journal. Blocks on the disk.
    private static func recover(
        _ opened: (file: JournalFile, bytes: [UInt8]), _ clock: ClockState, _ path: String
    ) throws -> (JournalFile, JournalState, tornBytes: Int) {
        var file = opened.file
        do {
            let content: JournalFormat.Content
            do throws(JournalFormat.DamagedLine) { content = try JournalFormat.decode(opened.bytes) } catch {
                throw JournalError.damaged(path, error)
            }
            var state = JournalState(content.records)
            state.apply(.clockMoved(state.clock ?? clock, []))
            try file.rewrite(JournalFormat.encode(state.snapshot))
            return (file, state, content.tornBytes)
        } catch {
            file.close()
            throw error
        }
    }

    private static let closed = JournalError(description: "the journal is closed")

    /// Adds records without waiting for the disk. When a crash loses them, a delivery is repeated, nothing else.
    func writeLater(_ records: [JournalRecord]) throws {
        guard !isClosed else { throw Self.closed }
        pending.append(Entry(records: records, bytes: try JournalFormat.encode(records)))
        startFlushing()
    }

    /// Returns once the records, and all records before them, are on disk.
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

    /// Closes the file without writing the waiting records, as a crash would. A second call does nothing.
    func abandon() async {
        guard !isClosed else { return }
        isClosed = true
        if isFlushing { await withCheckedContinuation { flushEnd = $0 } }
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
                problem = nil
                for entry in batch { entry.caller?.resume() }
            } catch {
                problem = error as? JournalError
                for entry in batch { entry.caller?.resume(throwing: error) }
                let retried = batch.filter { $0.caller == nil }
                pending.insert(contentsOf: retried, at: 0)
                // New calls of `write` try the disk at once.
                if pending.count == retried.count { return pauseFlushing() }
            }
        }
        endFlushing()
        guard isClosed else { return }
        for entry in pending { entry.caller?.resume(throwing: Self.closed) }
        pending = []
    }

    private func endFlushing() {
        isFlushing = false
        flushEnd?.resume()
        flushEnd = nil
    }

    /// Tries the records of `writeLater` again after a pause.
    private func pauseFlushing() {
        endFlushing()
        guard !pending.isEmpty else { return }
        Task {
            try await Task.sleep(for: retryDelay)
            startFlushing()
        }
    }

    /// Appends the batch, or writes a compacted journal when the file has grown or its end is torn.
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

    /// Runs on the journal's thread and stores the file's new state, also when the body throws.
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
