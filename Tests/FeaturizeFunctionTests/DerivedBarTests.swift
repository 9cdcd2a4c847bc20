import Clients
import Market
import Objects
import Postgres
import Store
import TestSupport
import Testing

@testable import FeaturizeFunction

/// Providers with adjusted prices only: their bars are unadjusted, and marked as such.
@Suite struct DerivedBarTests {
    let instrument = ResponseMarket.instrument(1)
    let rows: [Row]
    let evening: Instant

    init() {
        var rows = ResponseMarket.rows(120, seed: 5)
        for index in rows.indices { rows[index].dividend = 0 }
        for index in 0..<80 { rows[index] = rows[index].scaled(2) }
        for index in 80..<120 { rows[index].volume *= 2 }
        rows[80].split = 2
        self.rows = rows
        evening = ResponseMarket.evening(rows[119].session)
    }

    @Test func `Adjusted prices are unadjusted by the known actions`() async throws {
        var harness = try await ProjectionHarness([instrument], providers: "alphavantage,stooq")
        try await harness.add(ResponseMarket.response(rows, about: instrument, knownAt: evening))
        let summary = try await harness.add(ResponseMarket.stooq(rows, about: instrument, knownAt: evening.adding(seconds: 60)))
        #expect(summary.bars == 120 && summary.featureRows == 0)
        let asOf = AsOf.recorded(evening.adding(seconds: 60))
        let derived = try await Bars(harness.database).read(instrument.id, asOf, precedence: ["stooq"])
        #expect(try await derived == Bars(harness.database).read(instrument.id, asOf, precedence: ["alphavantage"]))
        let bases = try await harness.database.query("SELECT DISTINCT source, price_basis::text FROM bars ORDER BY 1").all {
            row throws(PostgresError) in
            [try row[0] as String, try row[1]]
        }
        #expect(bases == [["alphavantage", "as-traded"], ["stooq", "unadjusted"]])
        let before = try await TableHash.all(in: harness.database)
        try await harness.clear()
        for object in harness.archived.values { try await harness.add(object) }
        #expect(try await TableHash.all(in: harness.database) == before)
    }

    @Test(arguments: [false, true]) func `A split that is reported after the adjusted prices counts once`(_ isLate: Bool) async throws {
        // The source without actions is requested on the day before the split, and on evenings after it. Its prices are adjusted for the
        // split before any provider reports it.
        let adjusted = [79, 90, 100, 119].map { last in
            ResponseMarket.stooq(rows[(last < 100 ? 0 : 95)...last], about: instrument, knownAt: ResponseMarket.evening(rows[last].session))
        }
        let reported = ResponseMarket.response(rows, about: instrument, knownAt: ResponseMarket.evening(rows[110].session))
        var harness = try await ProjectionHarness([instrument], providers: "alphavantage,stooq")
        let order =
            isLate
            ? [adjusted[0], adjusted[3], adjusted[1], reported, adjusted[2]]
            : [adjusted[0], adjusted[1], adjusted[2], reported, adjusted[3]]
        for object in order { try await harness.add(object) }
        let both = AsOf.recorded(evening)
        let derived = try await Bars(harness.database).read(instrument.id, both, precedence: ["stooq"])
        #expect(try await derived == Bars(harness.database).read(instrument.id, both, precedence: ["alphavantage"]))
        // As known before the split was reported: history at the new level, the day before the split at its own.
        let before = AsOf.recorded(ResponseMarket.evening(rows[90].session))
        #expect(
            try await Bars(harness.database).read(instrument.id, before, precedence: ["stooq"])[10].close.double == Double(rows[10].close)
                / 200)
        let first = AsOf.recorded(ResponseMarket.evening(rows[79].session))
        #expect(
            try await Bars(harness.database).read(instrument.id, first, precedence: ["stooq"])[10].close.double == Double(rows[10].close)
                / 100)
        let hashes = try await TableHash.all(in: harness.database)
        try await harness.clear()
        for object in harness.archived.values { try await harness.add(object) }
        #expect(try await TableHash.all(in: harness.database) == hashes)
    }

    @Test func `Actions before a provider's first session come from the next source`() async throws {
        // The second source reports the split. The first is requested for the first time long after it.
        var harness = try await ProjectionHarness([instrument], providers: "yahoo,alphavantage,stooq")
        try await harness.add(
            ResponseMarket.response(rows[60...110], about: instrument, knownAt: ResponseMarket.evening(rows[110].session)))
        try await harness.add(ResponseMarket.stooq(rows[...111], about: instrument, knownAt: ResponseMarket.evening(rows[111].session)))
        let before = AsOf.recorded(ResponseMarket.evening(rows[111].session))
        let order = ["yahoo", "alphavantage", "stooq"]
        let features = try await harness.features(instrument, before)
        try await harness.add(ResponseMarket.chart(rows[100...112], about: instrument, knownAt: ResponseMarket.evening(rows[112].session)))
        let asOf = AsOf.recorded(evening)
        let derived = try await Bars(harness.database).read(instrument.id, asOf, precedence: ["stooq"])
        #expect(derived.prefix(112).map(\.close.double) == rows[...111].map { Double($0.close) / 100 })
        let series = try await ConsolidatedSeries(harness.database).read(instrument.id, asOf, precedence: order, withoutActions: ["stooq"])
        #expect(series.bars.map(\.source).prefix(61).allSatisfy { $0 == "stooq" || $0 == "alphavantage" })
        #expect(series.actions.map(\.exDate) == [rows[80].session])
        for (session, bits) in try await harness.features(instrument, asOf) where session < rows[100].session {
            #expect(bits == features[session])
        }
    }

    @Test func `An action that the first source lacks within its coverage does not apply`() async throws {
        let order = ["yahoo", "stooq", "alphavantage"]
        var harness = try await ProjectionHarness([instrument], providers: order.joined(separator: ","))
        var paying = rows
        for index in [90, 105] { paying[index].dividend = 24 }
        try await harness.add(
            ResponseMarket.response(paying[...110], about: instrument, knownAt: ResponseMarket.evening(rows[110].session)))
        try await harness.add(ResponseMarket.stooq(rows[...111], about: instrument, knownAt: ResponseMarket.evening(rows[111].session)))
        let both = try await ConsolidatedSeries(harness.database).read(
            instrument.id, .recorded(evening), precedence: order, withoutActions: ["stooq"])
        #expect(both.actions.map(\.exDate) == [80, 90, 105].map { rows[$0].session })
        // The first source lacks the session itself and the dividend, but has the sessions around it.
        try await harness.add(
            ResponseMarket.chart(rows[100..<105] + rows[106...112], about: instrument, knownAt: ResponseMarket.evening(rows[112].session)))
        let all = try await ConsolidatedSeries(harness.database).read(
            instrument.id, .recorded(evening), precedence: order, withoutActions: ["stooq"])
        #expect(all.bars.count == 113 && all.bars[105].source == "stooq")
        #expect(all.actions.map(\.exDate) == [80, 90].map { rows[$0].session })
        var fresh = try await ProjectionHarness([instrument], providers: order.joined(separator: ","))
        for object in harness.archived.values.shuffled() { try await fresh.add(object) }
        #expect(try await fresh.features(instrument, .recorded(evening)) == harness.features(instrument, .recorded(evening)))
    }

    @Test func `Prices without a currency are in the exchange's quote unit`() async throws {
        let london = Instrument(id: "XLON:VOD", symbol: "VOD", exchange: "XLON", currency: "GBP", name: "VOD")
        let fund = Instrument(id: "XLON:VUSD", symbol: "VUSD", exchange: "XLON", currency: "USD", name: "VUSD")
        var harness = try await ProjectionHarness([london, fund])
        var week = Array(ResponseMarket.rows(5, seed: 5, from: "2010-03-01"))
        week[2].dividend = 24
        let evening = ResponseMarket.evening(week[4].session)
        for instrument in [london, fund] { try await harness.add(ResponseMarket.response(week, about: instrument, knownAt: evening)) }
        let asOf = AsOf.recorded(evening)
        let (pounds, dollars) = (
            try await Bars(harness.database).read(london.id, asOf), try await Bars(harness.database).read(fund.id, asOf)
        )
        #expect(pounds.map(\.close.double) == week.map { Double($0.close) / 10_000 })
        #expect(dollars.map(\.close.double) == week.map { Double($0.close) / 100 })
        let paid = try await CorporateActions(harness.database).read(london.id, asOf)
        #expect(paid.map(\.kind) == [.dividend(Price(0.0024)!)])
        #expect(try await Bars(harness.database).currency(of: london.id, source: "alphavantage") == "GBP")
    }

    @Test func `A rejected split does not restate a source without actions`() async throws {
        let plain = ResponseMarket.rows(120, seed: 5)
        var harness = try await ProjectionHarness([instrument], providers: "alphavantage,stooq")
        try await harness.add(ResponseMarket.stooq(plain[...110], about: instrument, knownAt: ResponseMarket.evening(plain[110].session)))
        var lying = plain
        lying[90].split = 3
        for night in 111...113 {
            try await harness.add(
                ResponseMarket.response(lying[80...night], about: instrument, knownAt: ResponseMarket.evening(plain[night].session)))
        }
        #expect(try await harness.count("SELECT count(*) FROM bars WHERE source = 'stooq'") == 111)
        #expect(try await harness.count("SELECT count(*) FROM quarantine WHERE rule = 'event-without-split'") == 1)
    }

    @Test func `A provider with adjusted prices only gives bars`() async throws {
        var harness = try await ProjectionHarness([instrument], providers: "stooq")
        try await harness.add(ResponseMarket.stooq(rows, about: instrument, knownAt: evening))
        #expect(try await harness.features(instrument, .recorded(evening)).count == 120)
        #expect(try await harness.count("SELECT count(*) FROM bars WHERE price_basis = 'unadjusted' AND NOT quarantined") == 120)
        #expect(try await harness.count("SELECT count(*) FROM quarantine") == 0)
    }

    @Test func `The nature of an action is stored`() async throws {
        let harness = try await ProjectionHarness([instrument])
        let actions = CorporateActions(harness.database)
        let response = ProviderResponse(
            ResponseMarket.response(rows, about: instrument, knownAt: evening), about: instrument.id)
        let special = CorporateAction(exDate: rows[10].session, kind: .dividend(Price(3)!), nature: .special)
        let plain = CorporateAction(exDate: rows[10].session, kind: .dividend(Price(0.25)!))
        let spun = CorporateAction(exDate: rows[20].session, kind: .split(numerator: 1.2, denominator: 1), nature: .spinOff)
        try await actions.insert([plain, special, spun], from: response, covering: nil) { _ in evening }
        let both = CorporateAction(exDate: rows[10].session, kind: .dividend(Price(3.25)!), nature: .special)
        #expect(try await actions.read(instrument.id, .recorded(evening)) == [both, spun])
    }

    @Test func `An object of an unknown instrument does not stop a rebuild`() async throws {
        let harness = try await ProjectionHarness([instrument])
        let stray = ResponseMarket.response(rows, about: ResponseMarket.instrument(9), knownAt: evening)
        var summary = FeaturizeSummary()
        let failure = await #expect(throws: Featurize.UnknownOrigin.self) {
            try await harness.projector.project(stray, &summary) { _ in stray }
        }
        #expect(failure.map { FailureScope($0) } == .object)
        #expect(FailureScope(Featurize.Failure.unknownRun("r")) == .store)
    }
}
