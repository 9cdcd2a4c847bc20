/// Waits until the machine has come to rest: every source has handed over what happened, and no invocation runs or waits.
struct QuiescenceBarrier: Sendable {
    let queue: EventQueue
    let pool: EnvironmentPool
    let quiescenceSources: [any QuiescenceSource]

    /// Goes round until a whole round has changed nothing, because an invocation may put objects and an object may start invocations.
    /// Callers that keep invoking functions directly end the wait after many rounds without new events.
    func pass() async throws {
        for round in 0... {
            let events = await queue.acceptedCount
            let submissions = await pool.submissions()
            await queue.rest()
            await pool.rest()
            for source in quiescenceSources { try await source.quiesce() }
            await queue.rest()
            await pool.rest()
            let isSameEvents = await queue.acceptedCount == events
            let isSameSubmissions = await pool.submissions() == submissions
            if isSameEvents, isSameSubmissions || round >= 100 { return }
        }
    }
}
