import Synchronization
import Threads

/// Runs a task on the thread that waits for it, each time the task can go on: no other thread is woken in between.
final class LoopExecutor: TaskExecutor {
    private let ready = Mutex<[UnownedJob]>([])
    private let wake: WakeSignal

    /// - Parameter wake: sent for each job, to the thread that runs the jobs.
    init(_ wake: WakeSignal) { self.wake = wake }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        ready.withLock { $0.append(job) }
        wake.send()
    }

    /// Runs jobs on the calling thread until none is ready.
    func runReady() {
        while true {
            let jobs = ready.withLock { ready in
                defer { ready.removeAll(keepingCapacity: true) }
                return ready
            }
            guard !jobs.isEmpty else { return }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }
}
