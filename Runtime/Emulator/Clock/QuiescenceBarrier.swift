/// Waits until the emulated stack is quiescent: every source has delivered its events, and no invocation runs or waits.
struct QuiescenceBarrier: Sendable {
    let queue: EventQueue
    let pool: EnvironmentPool
    let sources: [any QuiescenceSource]

    /// Repeats until one whole round has changed nothing, because an invocation may put objects and an object may start invocations.
    /// After 100 rounds without new events, direct invocations by callers no longer extend the wait.
    func wait() async throws {
        for round in 0... {
            let events = await queue.acceptedCount
            let submissions = await pool.submissions()
            await queue.waitUntilIdle()
            await pool.waitUntilIdle()
            for source in sources { try await source.quiesce() }
            await queue.waitUntilIdle()
            await pool.waitUntilIdle()
            let isSameEvents = await queue.acceptedCount == events
            let isSameSubmissions = await pool.submissions() == submissions
            if isSameEvents, isSameSubmissions || round >= 100 { return }
        }
    }
}
