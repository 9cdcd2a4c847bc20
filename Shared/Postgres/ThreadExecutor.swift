import CPostgres
import Glibc
import Synchronization

/// One thread that runs an actor's jobs in turn, so that blocking C never holds a thread of the cooperative pool.
/// The thread starts with the first job and ends with the executor.
final class ThreadExecutor: SerialExecutor {
    private let queue = Queue()

    func enqueue(_ job: consuming ExecutorJob) {
        queue.push(UnownedJob(job), on: asUnownedSerialExecutor())
    }

    deinit { queue.close() }
}

private final class Queue: Sendable {
    private struct State {
        var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
        var isStarted = false
        var isAsleep = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bell = bell_open()

    deinit { Glibc.close(bell) }

    func push(_ job: UnownedJob, on executor: UnownedSerialExecutor) {
        let (start, ring) = state.withLock { state in
            state.jobs.append((job, executor))
            defer { (state.isStarted, state.isAsleep) = (true, false) }
            return (!state.isStarted, state.isAsleep)
        }
        if start { startThread() } else if ring { bell_ring(bell) }
    }

    func close() {
        let ring = state.withLock { state in
            state.isClosed = true
            return state.isAsleep
        }
        if ring { bell_ring(bell) }
    }

    private func startThread() {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Queue>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        guard code == 0 else { fatalError("no thread for the database: \(String(cString: strerror(code)))") }
        pthread_detach(thread)
    }

    private func run() {
        while true {
            let (batch, isClosed) = state.withLock { state in
                defer { state.jobs.removeAll(keepingCapacity: true) }
                state.isAsleep = state.jobs.isEmpty
                return (state.jobs, state.isClosed)
            }
            for (job, executor) in batch { job.runSynchronously(on: executor) }
            guard batch.isEmpty else { continue }
            if isClosed { return }
            bell_wait(bell)
        }
    }
}
