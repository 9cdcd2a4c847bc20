import Glibc
import Synchronization
import Testing
import Threads

@Suite struct `Threads of our own` {
    @Test func `A signal that was sent before the wait is not lost`() {
        let signal = WakeSignal()
        let soon = Int64(time(nil)) * 1000 + 20_000
        signal.send()
        let begun = ContinuousClock.now
        signal.wait(untilEpochMilliseconds: soon)
        #expect(ContinuousClock.now - begun < .seconds(10))
        signal.wait(untilEpochMilliseconds: 1)
    }

    @Test func `A wait until a moment before 1970 ends at once, and a wait does not spin`() {
        let signal = WakeSignal()
        signal.wait(untilEpochMilliseconds: .min)
        signal.wait(untilEpochMilliseconds: -1)
        signal.send()
        signal.wait(untilEpochMilliseconds: -1)
        let begun = threadSeconds()
        signal.wait(untilEpochMilliseconds: Int64(time(nil)) * 1000 + 1000)
        #expect(threadSeconds() - begun < 0.3, "the wait spins")
    }

    /// The processor time of this thread.
    private func threadSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test func `A thread wakes the one that waits for it`() {
        let signal = WakeSignal()
        let other = Box(Mutex<Thread.ID?>(nil))
        #expect(
            Thread.start {
                other.value.withLock { $0 = Thread.current }
                signal.send()
            } == 0)
        signal.wait()
        #expect(other.value.withLock { $0 } != nil)
        #expect(other.value.withLock { $0 } != Thread.current)
    }

    private actor Blocking {
        private let executor = ThreadExecutor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        func thread() -> Thread.ID { Thread.current }
    }

    @Test func `All jobs of an executor run on one thread`() async {
        let actor = Blocking()
        let threads = await withTaskGroup(of: Thread.ID.self) { group in
            for _ in 0..<50 { group.addTask { await actor.thread() } }
            return await group.reduce(into: Set<Thread.ID>()) { $0.insert($1) }
        }
        #expect(threads.count == 1)
    }
}
