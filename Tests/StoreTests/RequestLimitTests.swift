import Postgres
import Store
import TestSupport
import Testing

/// Request limits are shared by all callers and stored.
@Suite struct RequestLimitTests {
    let generous = RequestLimits.Allowance(perMinute: 60_000, perDay: nil, concurrency: 100)

    @Test func `A daily quota ends for all callers`() async throws {
        let (owner, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: owner)
        let allowance = RequestLimits.Allowance(perMinute: 60_000, perDay: 25, concurrency: 8)
        let granted = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let limits = RequestLimits(try TestSupport.database(named: name))
                    var granted = 0
                    while true {
                        switch try await limits.acquire("p", allowance) {
                        case .granted(let lease):
                            granted += 1
                            try await limits.release(lease, of: "p")
                        case .wait(let seconds, "daily-quota"):
                            #expect(seconds > 0 && seconds <= 86_400)
                            return granted
                        case .wait(let seconds, _): try await Task.sleep(for: .seconds(seconds))
                        }
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(granted == 25)
        // Yesterday's requests do not count today.
        try await owner.execute("UPDATE provider_limits SET quota_day = quota_day - 1")
        guard case .granted = try await RequestLimits(owner).acquire("p", allowance) else {
            Issue.record("a new day is no new quota")
            return
        }
        guard case .granted = try await RequestLimits(owner).acquire("another", allowance) else {
            Issue.record("another provider has a quota of its own")
            return
        }
    }

    @Test func `Requests are paced and the bucket refills`() async throws {
        let database = try await freshDatabase()
        let limits = RequestLimits(database)
        let slow = RequestLimits.Allowance(perMinute: 1, perDay: nil, concurrency: 2)
        guard case .granted(let lease) = try await limits.acquire("p", slow) else { return #expect(Bool(false), "no leave") }
        try await limits.release(lease, of: "p")
        guard case .wait(let seconds, "rate") = try await limits.acquire("p", slow) else { return #expect(Bool(false), "no pace") }
        #expect(seconds > 30 && seconds <= 60)
        try await database.execute("UPDATE provider_limits SET refilled_at = refilled_at - interval '60 seconds'")
        guard case .granted = try await limits.acquire("p", slow) else { return #expect(Bool(false), "no refill") }
    }

    @Test func `Concurrent requests are limited and a lost lease expires`() async throws {
        let database = try await freshDatabase()
        let limits = RequestLimits(database)
        var two = generous
        two.concurrency = 2
        guard case .granted(let first) = try await limits.acquire("p", two, lease: 60),
            case .granted = try await limits.acquire("p", two, lease: 60)
        else { return #expect(Bool(false), "no leave") }
        guard case .wait(_, "concurrency") = try await limits.acquire("p", two) else { return #expect(Bool(false), "three at once") }
        try await limits.release(first, of: "p")
        guard case .granted = try await limits.acquire("p", two, lease: 600) else {
            return #expect(Bool(false), "a lease given back is free")
        }
        guard case .wait(_, "concurrency") = try await limits.acquire("p", two) else { return #expect(Bool(false), "three at once") }
        try await database.execute(
            "UPDATE provider_limits SET leases = (SELECT array_agg(until - interval '60 seconds') FROM unnest(leases) until)")
        guard case .granted = try await limits.acquire("p", two) else { return #expect(Bool(false), "a lost lease ends") }
    }

    @Test func `A block holds for all callers and is never shortened`() async throws {
        let limits = RequestLimits(try await freshDatabase())
        _ = try await limits.acquire("p", generous)
        try await limits.block("p", seconds: 5000, reason: "rate-limited")
        try await limits.block("p", seconds: 5, reason: "rate-limited")
        guard case .wait(let seconds, "rate-limited") = try await limits.acquire("p", generous) else {
            return #expect(Bool(false), "no block")
        }
        #expect(seconds > 4000 && seconds <= 5000)
        // Another provider: in a day's last seconds the block above holds longer than the day.
        _ = try await limits.acquire("q", generous)
        try await limits.block("q", seconds: nil, reason: "daily-quota")
        guard case .wait(_, "daily-quota") = try await limits.acquire("q", generous) else { return #expect(Bool(false), "no block") }
    }
}
