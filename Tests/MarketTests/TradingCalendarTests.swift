import Foundation
import Market
import Testing

@Suite struct TradingCalendars {
    @Test(.enabled(if: Vectors.root != nil, "BELLWETHER_VECTORS is not set"), arguments: ["XNYS", "XNAS"])
    func everySessionFrom1990To2030HasTheRecordedOpenAndClose(_ mic: String) throws {
        let calendar = try #require(TradingCalendar.of(mic: mic))
        var recorded: [SessionDate] = []
        for line in try Vectors.lines("contracts/calendar/xnys_sessions.csv.gz").dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            let session = try #require(SessionDate(fields[0]))
            recorded.append(session)
            #expect(calendar.open(of: session).description == fields[1], "\(session)")
            #expect(calendar.close(of: session).description == fields[2], "\(session)")
            #expect(calendar.isEarlyClose(session) == (fields[5] == "early_close"), "\(session)")
        }
        let own = calendar.sessions(from: SessionDate(year: 1990, month: 1, day: 1), through: SessionDate(year: 2030, month: 12, day: 31))
        #expect(own == recorded)
        #expect(own.count == 10_322)
        #expect(calendar.count(from: own[0], through: own[10_321]) == 10_322)
    }

    @Test func neighboursSkipWeekendsAndHolidays() throws {
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
    func theLatestClosedSessionAsksTheCalendar(_ at: String, _ session: String) throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNYS"))
        let instant = try #require(Instant(at))
        #expect(calendar.latestClosed(at: instant)?.description == session)
    }

    @Test func aClosureAnnouncedLaterIsData() throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNYS"))
        let day = SessionDate(year: 2031, month: 5, day: 7)
        #expect(calendar.isSession(day))
        let closed = calendar.closing([day])
        #expect(!closed.isSession(day))
        #expect(closed.next(after: day.advanced(by: -1)) == day.advanced(by: 1))
        #expect(closed.count(from: day, through: day) == 0)
    }

    @Test func anUnknownExchangeHasNoCalendar() {
        #expect(TradingCalendar.of(mic: "XXXX") == nil)
    }
}
