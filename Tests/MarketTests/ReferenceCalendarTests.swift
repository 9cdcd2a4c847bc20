import Hashing
import Market
import Testing

@Suite struct ReferenceCalendarTests {
    /// Day, open, close and break of the sessions of a range.
    private func sessions(_ calendar: TradingCalendar, _ first: SessionDate, _ last: SessionDate) -> [ReferenceCalendars.Session] {
        calendar.sessions(from: first, through: last).map { session in
            let lunch = calendar.lunch(of: session).map { [Int($0.start.seconds), Int($0.end.seconds)] } ?? []
            return ReferenceCalendars.Session(
                day: Int(session.day), open: Int(calendar.open(of: session).seconds), close: Int(calendar.close(of: session).seconds),
                lunch: lunch)
        }
    }

    @Test(arguments: CalendarDigests.all) func `Every session has the digest of the reference calendar`(
        _ digest: CalendarDigests.Digest
    ) throws {
        let calendar = try #require(TradingCalendar.of(mic: digest.mic))
        let own = sessions(calendar, digest.first, digest.last)
        var hash = FNV1a64()
        for session in own {
            for number in [session.day, session.open, session.close] + session.lunch { hash.add(Int64(number)) }
        }
        #expect(own.count == digest.sessions)
        #expect(hash.value == digest.hash)
    }

    @Test func `Every calendar has a digest or shares one with another exchange`() {
        let digests = Set(CalendarDigests.all.map(\.mic))
        #expect(digests.count == CalendarDigests.all.count)
        #expect(digests.isSubset(of: TradingCalendar.mics))
        #expect(TradingCalendar.mics.allSatisfy { TradingCalendar.of(mic: $0) != nil })
    }

    @Test(.enabled(if: ReferenceCalendars.python != nil, "BELLWETHER_EXCHANGE_CALENDARS is not set"))
    func `Every session equals the installed reference calendar`() throws {
        let exchanges = try ReferenceCalendars.exchanges(CalendarDigests.all.map(\.mic))
        #expect(exchanges.count == CalendarDigests.all.count)
        for exchange in exchanges {
            let calendar = try #require(TradingCalendar.of(mic: exchange.mic))
            let own = sessions(calendar, exchange.first, exchange.last)
            let (missing, extra) = (Set(exchange.sessions).subtracting(own), Set(own).subtracting(exchange.sessions))
            #expect(missing.isEmpty, "\(exchange.mic): \(missing.count) sessions such as \(missing.prefix(3))")
            #expect(extra.isEmpty, "\(exchange.mic): \(extra.count) sessions such as \(extra.prefix(3))")
        }
    }
}
