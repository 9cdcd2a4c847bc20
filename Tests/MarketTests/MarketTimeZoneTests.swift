import Foundation
import Market
import Testing

@Suite struct MarketTimeZoneTests {
    @Test(arguments: [
        "America/New_York", "Europe/London", "Asia/Tokyo", "Asia/Kolkata", "Europe/Berlin", "Australia/Sydney", "America/Sao_Paulo", "UTC",
        "America/Chicago", "America/Santiago", "America/Mexico_City", "Europe/Dublin", "Europe/Moscow", "Europe/Istanbul", "Europe/Lisbon",
        "Asia/Jerusalem", "Asia/Seoul", "Asia/Riyadh", "Africa/Johannesburg", "Africa/Cairo", "Pacific/Auckland", "Atlantic/Bermuda",
    ])
    func `Offsets equal the platform's from 1950 to 2090`(_ name: String) throws {
        let zone = try #require(MarketTimeZone(name))
        let reference = try #require(TimeZone(identifier: name))
        var second: Int64 = -631_152_000
        while second < 3_786_912_000 {
            let expected = reference.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
            #expect(zone.offset(at: Instant(seconds: second)) == expected, "\(name) at \(Instant(seconds: second))")
            second += 5_400 * 31
        }
    }

    @Test func `A session date can differ from the UTC date`() throws {
        let tokyo = try #require(MarketTimeZone("Asia/Tokyo"))
        let evening = try #require(Instant("2022-01-11T23:30:00Z"))
        #expect(tokyo.localDate(at: evening) == SessionDate("2022-01-12"))
        #expect(tokyo.instant(SessionDate(year: 2022, month: 1, day: 12), secondsIntoDay: 30_600) == evening)
    }

    @Test func `Local times around both clock changes convert back`() throws {
        let zone = try #require(MarketTimeZone("America/New_York"))
        let spring = SessionDate(year: 2012, month: 3, day: 11)
        let autumn = SessionDate(year: 2012, month: 11, day: 4)
        #expect(zone.instant(spring, secondsIntoDay: 9 * 3600).description == "2012-03-11T13:00:00Z")
        #expect(zone.instant(spring, secondsIntoDay: 2 * 3600 + 1800).description == "2012-03-11T07:30:00Z")
        #expect(zone.instant(autumn, secondsIntoDay: 3600 + 1800).description == "2012-11-04T05:30:00Z")
        #expect(zone.instant(autumn, secondsIntoDay: 16 * 3600).description == "2012-11-04T21:00:00Z")
    }

    @Test func `An unknown zone and damaged data are nil`() {
        #expect(MarketTimeZone("Mars/Olympus") == nil)
        #expect(MarketTimeZone(name: "x", tzif: [UInt8]("TZif2".utf8)) == nil)
        #expect(MarketTimeZone(name: "x", tzif: [UInt8](repeating: 0xFF, count: 200)) == nil)
    }
}
