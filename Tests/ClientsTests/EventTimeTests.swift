import Clients
import Market
import Testing

@Suite struct EventTimeTests {
    @Test func `A time of the far future is refused, one of a clock that is ahead is not`() throws {
        let now = try #require(Instant("2026-12-01T22:30:00Z"))
        try EventTime.check(nil, now: now)
        try EventTime.check(Instant("2012-01-03T22:30:00Z"), now: now)
        try EventTime.check(now.adding(seconds: 86_400), now: now)
        let far = try #require(Instant("9999-01-04T23:30:00Z"))
        #expect(throws: EventTime.InTheFuture.self) { try EventTime.check(far, now: now) }
    }
}
