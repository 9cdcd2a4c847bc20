import Market
import Store
import Testing

/// The expiry of feature rows.
@Suite struct ExpiryTests {
    private let calendar = TradingCalendar.of(mic: "XNAS")!
    private let expiry = FeatureExpiry(sessions: 5)

    @Test func `The age counts the sessions that have closed`() {
        #expect(expiry.age(of: "2012-01-03", at: "2012-01-03T22:00:00Z", calendar) == 0)
        #expect(expiry.age(of: "2012-01-03", at: "2012-01-04T20:59:59Z", calendar) == 0, "the session after is still open")
        #expect(expiry.age(of: "2012-01-03", at: "2012-01-04T21:00:00Z", calendar) == 1)
        #expect(expiry.age(of: "2012-01-13", at: "2012-01-17T12:00:00Z", calendar) == 0, "a long weekend is no session")
    }

    @Test func `A row is valid through its last session and not after`() {
        #expect(!expiry.isExpired("2012-01-03", at: "2012-01-10T23:00:00Z", calendar))
        #expect(expiry.isExpired("2012-01-03", at: "2012-01-11T23:00:00Z", calendar))
        #expect(!expiry.isExpired("2012-01-03", at: "2012-01-11T23:00:00Z", calendar.changed(closures: ["2012-01-09"])))
    }
}
