import Glibc
import Synchronization

/// Runs an actor's jobs in turn on one thread of its own, so that blocking C calls never hold a thread of the cooperative pool.
///
/// The thread starts with the first job and ends with the executor.
package final class ThreadExecutor: SerialExecutor {
    private let queue = JobQueue()

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        queue.append(UnownedJob(job), on: asUnownedSerialExecutor())
    }

    deinit { queue.close() }
}

private final class JobQueue: Sendable {
    private struct State {
        var jobs: [(UnownedJob, UnownedSerialExecutor)] = []
        var isStarted = false
        var isAsleep = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wake = WakeSignal()

    func append(_ job: UnownedJob, on executor: UnownedSerialExecutor) {
        let (mustStart, mustWake) = state.withLock { state in
            state.jobs.append((job, executor))
            defer { (state.isStarted, state.isAsleep) = (true, false) }
            return (!state.isStarted, state.isAsleep)
        }
        if mustStart { startThread() } else if mustWake { wake.send() }
    }

    func close() {
        let mustWake = state.withLock { state in
            state.isClosed = true
            return state.isAsleep
        }
        if mustWake { wake.send() }
    }

    private func startThread() {
        let code = Thread.start { [self] in run() }
        guard code == 0 else { fatalError("the system has no thread for blocking calls: \(String(cString: strerror(code)))") }
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
            wake.wait()
        }
    }
}
