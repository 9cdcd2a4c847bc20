import Foundation
import Market
import TestVectors
import Testing

@Suite struct TradingCalendarTests {
    @Test(.enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"), arguments: ["XNYS", "XNAS"])
    func `Every session from 1990 to 2030 has the recorded open and close`(_ mic: String) throws {
        let calendar = try #require(TradingCalendar.of(mic: mic))
        var recorded: [SessionDate] = []
        for line in try Vectors.lines("contracts/calendar/xnys_sessions.csv.gz").dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let session = try #require(SessionDate(fields[0]))
            recorded.append(session)
            #expect(calendar.open(of: session).description == fields[1], "\(session)")
            #expect(calendar.close(of: session).description == fields[2], "\(session)")
        }
        let own = calendar.sessions(from: SessionDate(year: 1990, month: 1, day: 1), through: SessionDate(year: 2030, month: 12, day: 31))
        #expect(own == recorded)
        #expect(own.count == 10_322)
        #expect(calendar.count(from: own[0], through: own[10_321]) == 10_322)
    }

    @Test func `Crypto trades every day and currencies on weekdays`() throws {
        let (coins, currencies) = (try #require(TradingCalendar.of(mic: "CRYPTO")), try #require(TradingCalendar.of(mic: "FOREX")))
        let sunday = SessionDate(year: 2024, month: 3, day: 3)
        #expect(coins.isSession(sunday) && !currencies.isSession(sunday))
        #expect(coins.close(of: sunday) == coins.open(of: sunday.advanced(by: 1)))
        #expect(coins.latestClosed(at: coins.close(of: sunday)) == sunday)
        #expect(["VOD", "^FTSE"].map { Instrument.usualCurrency(of: $0, on: "XLON") } == ["GBP", "GBP"])
        #expect(
            Instrument.usualCurrency(of: "EUR/JPY", on: "FOREX") == "JPY" && Instrument.usualCurrency(of: "BTC-EUR", on: "CRYPTO") == "EUR")
        let units = ["VOD", "^FTSE"].map {
            Instrument(id: $0, symbol: $0, exchange: "XLON", currency: "GBP", name: $0).quoteUnit.minorPerMajor
        }
        #expect(units == [100, 1])
    }

    @Test func `Next and previous sessions skip weekends and holidays`() throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNAS"))
        let friday = SessionDate(year: 2011, month: 12, day: 30)
        let tuesday = SessionDate(year: 2012, month: 1, day: 3)
        #expect(calendar.next(after: friday) == tuesday)
        #expect(calendar.previous(before: tuesday) == friday)
        #expect(calendar.next(after: friday.advanced(by: 1)) == tuesday)
        #expect(!calendar.isSession(SessionDate(year: 2012, month: 10, day: 29)))
        #expect(calendar.sessions(from: tuesday, through: friday).isEmpty)
        #expect(calendar.next(after: calendar.last) == nil)
        #expect(calendar.previous(before: calendar.first) == nil)
    }

    @Test(arguments: [
        ("2012-01-03T20:59:59Z", "2011-12-30"), ("2012-01-03T21:00:00Z", "2012-01-03"), ("2012-01-08T12:00:00Z", "2012-01-06"),
        ("2012-11-23T18:00:00Z", "2012-11-23"), ("2012-11-23T17:59:00Z", "2012-11-21"), ("2012-01-04T02:00:00Z", "2012-01-03"),
    ])
    func `The latest closed session follows the calendar`(_ at: String, _ session: String) throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNYS"))
        let instant = try #require(Instant(at))
        #expect(calendar.latestClosed(at: instant)?.description == session)
    }

    @Test func `A closure announced later closes the calendar`() throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNYS"))
        let day = SessionDate(year: 2031, month: 5, day: 7)
        #expect(calendar.isSession(day))
        let closed = calendar.changed(closures: [day])
        #expect(!closed.isSession(day))
        #expect(closed.next(after: day.advanced(by: -1)) == day.advanced(by: 1))
        #expect(closed.count(from: day, through: day) == 0)
        #expect(calendar.isSession(day))
    }

    @Test func `An extra session and an earlier close change the calendar`() throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNSE"))
        let saturday = SessionDate(year: 2024, month: 3, day: 2)
        #expect(!calendar.isSession(saturday))
        let hours = SessionHours(open: 9 * 3600 + 900, close: 12 * 3600 + 1800)
        let changed = calendar.changed(openings: [saturday], hours: [saturday: hours])
        #expect(changed.previous(before: SessionDate(year: 2024, month: 3, day: 4)) == saturday)
        #expect(changed.close(of: saturday).description == "2024-03-02T07:00:00Z")
    }

    @Test func `A lunch break divides the session`() throws {
        let calendar = try #require(TradingCalendar.of(mic: "XTKS"))
        let session = SessionDate(year: 2024, month: 11, day: 5)
        let lunch = try #require(calendar.lunch(of: session))
        let times = [calendar.open(of: session), lunch.start, lunch.end, calendar.close(of: session)]
        #expect(times.map(\.description) == ["00:00", "02:30", "03:30", "06:30"].map { "2024-11-05T\($0):00Z" })
        #expect(calendar.close(of: session.advanced(by: -1)).description == "2024-11-04T06:00:00Z")
    }

    @Test func `A session that opens the evening before belongs to its own date`() throws {
        let calendar = try #require(TradingCalendar.of(mic: "CMES"))
        let monday = SessionDate(year: 2024, month: 3, day: 11)
        #expect(calendar.open(of: monday).description == "2024-03-10T22:00:00Z")
        #expect(calendar.isSession(monday) && !calendar.isSession(monday.advanced(by: -1)))
    }

    @Test func `Dates outside the calendar are no sessions`() throws {
        let calendar = try #require(TradingCalendar.of(mic: "XSHG"))
        #expect(!calendar.covers(SessionDate(year: 1990, month: 1, day: 1)))
    }

    @Test func `An unknown exchange has no calendar`() {
        #expect(TradingCalendar.of(mic: "XXXX") == nil)
    }
}
