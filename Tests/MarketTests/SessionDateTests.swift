import Formats
import Foundation
import Market
import Testing

@Suite struct SessionDateTests {
    @Test func `Every day of four centuries survives its text form and its parts`() {
        var day = SessionDate(year: 1800, month: 1, day: 1)
        var weekday = 3
        var previous = (year: 1799, month: 12, day: 31)
        while day.year < 2200 {
            let parts = day.civil
            #expect(SessionDate(year: parts.year, month: parts.month, day: parts.day) == day)
            #expect(SessionDate(day.description) == day)
            #expect(day.weekday == weekday)
            #expect((parts.year, parts.month, parts.day) > previous)
            previous = (parts.year, parts.month, parts.day)
            weekday = weekday % 7 + 1
            day = day.advanced(by: 1)
        }
        #expect(SessionDate(year: 1970, month: 1, day: 1).day == 0)
        #expect(SessionDate(year: 2000, month: 3, day: 1).day == 11_017)
    }

    @Test(arguments: [
        "2012-02-30", "2011-02-29", "2012-13-01", "2012-00-10", "2012-1-1", "2012-01-01T", "20120101", "", "abcd-ef-gh", "2012-01-00",
    ])
    func `Text that is no date is rejected`(_ text: String) {
        #expect(SessionDate(text) == nil)
    }

    @Test func `JSON holds the ISO text`() throws {
        let date = SessionDate(year: 2012, month: 1, day: 3)
        let json = try JSONEncoder().encode([date])
        #expect(String(decoding: json, as: UTF8.self) == "[\"2012-01-03\"]")
        #expect(try JSONDecoder().decode([SessionDate].self, from: json) == [date])
    }
}

@Suite struct InstantTests {
    @Test(arguments: [
        ("2012-01-03T21:00:00Z", 1_325_624_400_000_000, "2012-01-03T21:00:00Z"),
        ("2012-01-03T16:00:00-05:00", 1_325_624_400_000_000, "2012-01-03T21:00:00Z"),
        ("2012-01-04T02:30:00+05:30", 1_325_624_400_000_000, "2012-01-03T21:00:00Z"),
        ("2012-01-03t21:00:00.250z", 1_325_624_400_250_000, "2012-01-03T21:00:00.25Z"),
        ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
        ("2012-01-03T21:00:00.123456789Z", 1_325_624_400_123_456, "2012-01-03T21:00:00.123456Z"),
    ])
    func `RFC 3339 text is parsed with any offset and written in UTC`(_ text: String, _ microseconds: Int64, _ written: String) {
        let instant = Instant(text)
        #expect(instant?.microseconds == microseconds)
        #expect(instant?.description == written)
    }

    @Test(arguments: ["2012-01-03", "2012-01-03T21:00:00", "2012-01-03T25:00:00Z", "2012-01-03T21:00:00.Z", "2012-01-03T21:00:00+5:00"])
    func `Text without an offset or out of range is rejected`(_ text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func `Seconds round down before the epoch`() {
        #expect(Instant(microseconds: -1).seconds == -1)
        #expect(Instant(microseconds: -1).utcDate == SessionDate(year: 1969, month: 12, day: 31))
        #expect(Instant(seconds: 10) - Instant(microseconds: 9_500_000) == 0.5)
    }
}
