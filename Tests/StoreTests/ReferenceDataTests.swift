import Market
import Postgres
import Store
import TestSupport
import Testing

/// Symbols, memberships, delistings and closures have dates, and times from which they are known.
@Suite struct ReferenceDataTests {
    let facebook = Instrument(id: "XNAS:FB", symbol: "FB", exchange: "XNAS", currency: "USD", name: "Meta")
    /// The same instrument under its later symbol.
    let meta = Instrument(id: "XNAS:FB", symbol: "META", exchange: "XNAS", currency: "USD", name: "Meta")
    let renamed: Instant = "2022-06-01T12:00:00Z"
    let now: Instant = "2025-01-10T12:00:00Z"

    @Test func `A renamed instrument is found by its symbols and the old symbol can be reused`() async throws {
        let database = try await freshDatabase()
        let (instruments, symbols) = (Instruments(database), Symbols(database))
        try await instruments.register([facebook])
        try await symbols.record([.init(instrument: facebook.id, symbol: "META", from: "2022-06-09")], knownAt: renamed)
        let fund = Instrument(id: "XNAS:FB-2", symbol: "FB", exchange: "XNAS", currency: "USD", name: "A fund")
        try await instruments.register([fund], since: "2024-05-01")

        #expect(try await providerSymbol(of: facebook.id, "yahoo", on: "2022-06-08", asOf: now, database)?.text == "FB")
        #expect(try await providerSymbol(of: facebook.id, "yahoo", on: "2022-06-09", asOf: now, database)?.text == "META")
        #expect(try await providerSymbol(of: facebook.id, "yahoo", on: "2022-06-09", asOf: "2022-05-01T00:00:00Z", database)?.text == "FB")
        #expect(try await symbols.instrument(called: "FB", on: "2020-01-02", asOf: now) == meta)
        #expect(try await symbols.instrument(called: "FB", on: "2023-01-03", asOf: now) == nil)
        #expect(try await symbols.instrument(called: "FB", on: "2024-06-03", asOf: now) == fund)
        #expect(try await symbols.instrument(called: "META", on: "2024-06-03", asOf: now) == meta)
        #expect(try await instruments.find(symbol: "FB") == fund)
        #expect(try await instruments.find(symbol: "META") == meta)
        #expect(try await instruments.find(symbol: "FB", asOf: "2020-01-02T00:00:00Z") == facebook)
        #expect(try await instruments.find(symbol: "FB", asOf: now) == fund)
        #expect(try await instruments.find(symbols: ["META", "NONE"], asOf: "2020-01-02T00:00:00Z") == ["META": facebook])
        #expect(try await instruments.find(symbol: "XNAS:FB") == meta)
        #expect(try await providerSymbol(of: fund.id, "yahoo", on: "2024-04-30", asOf: now, database) == nil)
        let forecasts = Forecasts(database)
        #expect(try await forecasts.latest(symbol: "META", asOf: now, members: [], featureVersion: "f1")?.instrument == meta)
        #expect(try await forecasts.latest(symbol: "FB", asOf: now, members: [], featureVersion: "f1")?.instrument == fund)
        #expect(try await forecasts.latest(symbol: "META", asOf: "2022-05-01T00:00:00Z", members: [], featureVersion: "f1") == nil)
        #expect(
            try await forecasts.latest(symbol: "FB", asOf: "2022-05-01T00:00:00Z", members: [], featureVersion: "f1")?.instrument
                == facebook)
    }

    @Test func `The list continues after any instrument`() async throws {
        let instruments = Instruments(try await freshDatabase())
        let symbols = ["b", "A", "BRK.B", "BRKA", "a", "Z", "É"]
        try await instruments.register(
            symbols.map { Instrument(id: "XNAS:\($0)", symbol: $0, exchange: "XNAS", currency: "USD", name: $0) })
        let all = try await instruments.list()
        #expect(all.count == symbols.count)
        for (index, instrument) in all.enumerated() {
            #expect(try await instruments.list(after: instrument.id) == Array(all.dropFirst(index + 1)))
        }
        #expect(try await instruments.list(of: ["XNAS:a", "XNAS:Z"]).count == 2)
        #expect(try await instruments.list(of: []).isEmpty)
    }

    @Test func `An instrument is shown under the symbol of the instant`() async throws {
        let database = try await freshDatabase()
        let instruments = Instruments(database)
        try await instruments.register([facebook])
        try await Symbols(database).record(
            [.init(instrument: facebook.id, symbol: "META", from: "2022-06-09")], knownAt: "2022-06-01T00:00:00Z")
        let (before, after): (Instant, Instant) = ("2022-06-08T12:00:00Z", "2022-06-09T12:00:00Z")
        #expect(try await instruments.list(asOf: before).map(\.symbol) == ["FB"])
        #expect(try await instruments.list(asOf: after).map(\.symbol) == ["META"])
        #expect(try await DataStatus(database).entries(asOf: before).map(\.instrument.symbol) == ["FB"])
        #expect(try await DataStatus(database).entries(asOf: after).map(\.instrument.symbol) == ["META"])
        #expect(try await instruments.find(symbol: "FB", asOf: after)?.symbol == "META")
    }

    @Test func `Instruments leave the universe with their setting and come back with it`() async throws {
        let database = try await freshDatabase()
        try await Instruments(database).register([apple, facebook], areConfigured: true)
        let named = Instrument(id: "XNAS:X", symbol: "X", exchange: "XNAS", currency: "USD", name: "X")
        try await Instruments(database).register([named])
        let universe = Universe(database)
        func members(_ day: SessionDate, _ asOf: Instant) async throws -> [String] {
            try await universe.members(exchange: "XNAS", on: day, asOf: asOf).map(\.id)
        }
        let (first, second): (Instant, Instant) = ("2012-01-10T23:30:00Z", "2012-01-20T23:30:00Z")
        for _ in 0..<2 { try await universe.configure([apple.id], from: "2012-01-10", knownAt: first) }
        #expect(try await members("2012-01-10", first) == [apple.id, named.id])
        #expect(try await members("2012-01-09", first) == [apple.id, facebook.id, named.id])
        #expect(try await members("2012-01-10", "2012-01-10T00:00:00Z") == [apple.id, facebook.id, named.id])
        try await universe.configure([apple.id, facebook.id], from: "2012-01-20", knownAt: second)
        #expect(try await members("2012-01-19", second) == [apple.id, named.id])
        #expect(try await members("2012-01-20", second) == [apple.id, facebook.id, named.id])
        // An instrument that came with a file belongs to the settings once they name it, and leaves with them.
        let (third, fourth): (Instant, Instant) = ("2012-01-30T23:30:00Z", "2012-02-03T23:30:00Z")
        try await universe.configure([apple.id, facebook.id, named.id], from: "2012-01-30", knownAt: third)
        #expect(try await members("2012-01-30", third) == [apple.id, facebook.id, named.id])
        try await universe.configure([apple.id, facebook.id], from: "2012-02-03", knownAt: fourth)
        #expect(try await members("2012-02-03", fourth) == [apple.id, facebook.id])
        #expect(try await members("2012-02-02", fourth) == [apple.id, facebook.id, named.id])
    }

    @Test func `A provider's own symbol precedes the general one and a symbol may end`() async throws {
        let database = try await freshDatabase()
        let symbols = Symbols(database)
        try await Instruments(database).register([apple])
        try await symbols.record(
            [.init(instrument: apple.id, provider: "stooq", symbol: "aapl.us", from: "2000-01-03", to: "2010-01-04")], knownAt: renamed)
        #expect(try await providerSymbol(of: apple.id, "stooq", on: "2009-12-31", asOf: now, database)?.text == "aapl.us")
        #expect(try await providerSymbol(of: apple.id, "stooq", on: "2010-01-04", asOf: now, database)?.text == "AAPL")
        #expect(try await providerSymbol(of: apple.id, "yahoo", on: "2009-12-31", asOf: now, database)?.text == "AAPL")
        #expect(try await symbols.instrument(called: "aapl.us", provider: "stooq", on: "2005-01-03", asOf: now) == apple)
        #expect(try await symbols.instrument(called: "aapl.us", provider: "yahoo", on: "2005-01-03", asOf: now) == nil)
    }

    @Test func `A delisting has a date and can be revoked`() async throws {
        let database = try await freshDatabase()
        let universe = Universe(database)
        try await Instruments(database).register([apple, facebook])
        try await universe.recordDelisting(of: facebook.id, last: "2023-03-10", reason: "taken over", knownAt: renamed)
        #expect(try await universe.members(exchange: "XNAS", on: "2023-03-10", asOf: now).map(\.id) == [apple.id, facebook.id])
        #expect(try await universe.members(exchange: "XNAS", on: "2023-03-13", asOf: now).map(\.id) == [apple.id])
        #expect(try await universe.members(exchange: "XNAS", on: "2023-03-13", asOf: "2022-01-01T00:00:00Z").count == 2)
        #expect(try await universe.delistings(asOf: now) == [facebook.id: "2023-03-10"])
        try await universe.recordDelisting(of: facebook.id, last: nil, reason: "relisted", knownAt: "2023-04-01T00:00:00Z")
        #expect(try await universe.members(exchange: "XNAS", on: "2023-05-01", asOf: now).count == 2)
    }

    @Test func `A closure is in the calendar from when it was known`() async throws {
        let calendars = ExchangeCalendars(try await freshDatabase())
        let day: SessionDate = "2031-01-09"
        let known: Instant = "2030-12-30T00:00:00Z"
        try #require(TradingCalendar.of(mic: "XNYS")?.isSession(day) == true, "outside the calendar")
        try await calendars.record([.init(exchange: "XNYS", day: day, closed: true, reason: "day of mourning")], knownAt: known)
        #expect(try await calendars.calendar(of: "XNYS", asOf: known)?.isSession(day) == false)
        #expect(try await calendars.calendar(of: "XNYS", asOf: known.adding(seconds: -1))?.isSession(day) == true)
        #expect(try await calendars.calendar(of: "XNAS", asOf: known)?.isSession(day) == true)
        try await calendars.record(
            [.init(exchange: "XNYS", day: day, closed: false, reason: "an error")], knownAt: known.adding(seconds: 9))
        #expect(try await calendars.calendar(of: "XNYS", asOf: known.adding(seconds: 9))?.isSession(day) == true)
        #expect(try await calendars.calendar(of: "NONE", asOf: known) == nil)
    }

    @Test func `Announced hours shorten a session or add one`() async throws {
        let calendars = ExchangeCalendars(try await freshDatabase())
        let (day, saturday): (SessionDate, SessionDate) = ("2030-03-20", "2030-03-23")
        let known: Instant = "2030-03-18T00:00:00Z"
        try await calendars.record(
            [
                .init(exchange: "XNYS", day: day, closed: false, hours: "0930-1300", reason: "storm"),
                .init(exchange: "XNYS", day: saturday, closed: false, hours: "1000-1130,1200-1500", reason: "test of the systems"),
            ], knownAt: known)
        let calendar = try #require(try await calendars.calendar(of: "XNYS", asOf: known))
        #expect(calendar.close(of: day) == "2030-03-20T17:00:00Z")
        #expect(calendar.isSession(saturday) && calendar.lunch(of: saturday)?.start == "2030-03-23T15:30:00Z")
        #expect(try await calendars.calendar(of: "XNYS", asOf: known.adding(seconds: -1))?.isSession(saturday) == false)
        try await calendars.record(
            [.init(exchange: "XNYS", day: day, closed: false, reason: "an error")], knownAt: known.adding(seconds: 9))
        #expect(try await calendars.calendar(of: "XNYS", asOf: known.adding(seconds: 9))?.close(of: day) == "2030-03-20T20:00:00Z")
    }

    @Test func `The source precedence is parsed from text`() throws {
        let precedence = try SourcePrecedence("yahoo, stooq; XLON=stooq ;XNAS:FB=tiingo,yahoo", defaultProvider: "x")
        #expect(precedence.providers(for: apple) == ["yahoo", "stooq"])
        #expect(precedence.providers(for: facebook) == ["tiingo", "yahoo"])
        #expect(precedence.providers(for: Instrument(id: "XLON:A", symbol: "A", exchange: "XLON", currency: "GBP", name: "A")) == ["stooq"])
        #expect(precedence.allProviders == ["yahoo", "stooq", "tiingo"])
        #expect(try SourcePrecedence("", defaultProvider: "x").general == ["x"])
        #expect(try SourcePrecedence(environment: ["PROVIDER": "p", "PROVIDERS": ""]).general == ["p"])
        for wrong in ["a,a", "XLON=", "A=b=c", "yahoo,,stooq=x=y"] {
            #expect(throws: SourcePrecedence.Malformed.self) { try SourcePrecedence(wrong, defaultProvider: "x") }
        }
    }

    @Test func `The status lists missing sessions`() async throws {
        let database = try await freshDatabase()
        try await Instruments(database).register([apple, facebook])
        let calendar = try #require(TradingCalendar.of(mic: "XNAS"))
        let sessions = calendar.sessions(from: "2012-01-03", through: "2012-01-31").filter { $0 != "2012-01-10" }
        let first = answer("2012-02-01T22:30:00Z")
        try await Bars(database).insert(sessions.map { bar($0, 10) }, from: first, currency: "USD", available: closed)
        try await ProvisionalBars(database).insert([bar("2012-02-01", 11)], from: first, currency: "USD")
        try await ProviderResponses(database).record(first, ProviderResponses.Counts(bars: 1, actions: 0, quarantined: 0))
        let status = DataStatus(database)
        let entries = try await status.entries(asOf: first.knownAt)
        let entry = try #require(entries.first)
        #expect(entries.count == 2 && entry.first == "2012-01-03" && entry.last == "2012-01-31" && entry.sessions == 19)
        #expect(entry.provisional == 1 && entry.quarantined == 0 && entry.sources == ["yahoo"] && entry.lastResponse == first.knownAt)
        func gaps(_ entries: [DataStatus.Entry], through last: SessionDate) async throws -> [String: DataStatus.Gaps] {
            try await status.gaps(in: entries, exchanges: ["XNAS": DataStatus.Sessions(calendar, through: last)], asOf: first.knownAt)
        }
        let missing = try await gaps(entries, through: "2012-02-01")
        #expect(missing.keys.sorted() == [apple.id] && missing[apple.id]?.count == 2)
        #expect(missing[apple.id]?.first == ["2012-01-10", "2012-02-01"])
        // A bar beyond the range does not stand in for one that is missing in it.
        #expect(try await gaps([entry], through: "2012-01-30")[apple.id]?.first == ["2012-01-10"])
        let long = try await gaps([entry], through: "2012-06-29")[apple.id]
        #expect(long?.count == 106 && long?.first.count == 50 && long?.first.last == "2012-04-11")
        #expect(try await status.entries(of: [facebook.id], asOf: first.knownAt).map(\.sessions) == [0])
        #expect(try await gaps([entries[1]], through: "2012-02-01").isEmpty)
        let head = try await status.entries(limit: 1, asOf: first.knownAt)
        let tail = try await status.entries(after: entry.instrument.id, asOf: first.knownAt)
        #expect(head + tail == entries && head.count == 1)
    }
}
