import Market
import Postgres
import Store
import TestSupport
import Testing

@Suite struct ScoreTests {
    private let fixture = ForecastTests()

    /// Apple's features of six sessions, first known one session after the other, and forecasts from the first two.
    private func withForecasts() async throws -> (Database, FeatureStore) {
        let database = try await freshDatabase()
        try await Instruments(database).register([apple])
        let features = FeatureStore(database, version: "f1", crossWidth: 2)
        for session in ForecastTests.sessions {
            try await features.insert([row(session)], from: answer(evening(session)), available: closed)
        }
        _ = try await ModelRegistry(database).register(fixture.model("m1", asOf: "2012-01-01T00:00:00Z"))
        _ = try await ModelRegistry(database).register(fixture.model("w", asOf: "2012-01-01T00:00:00Z", family: "random-walk"))
        try await Forecasts(database).store(
            [1, 5].flatMap { h in
                [0, 1].map { fixture.forecast("m1", ForecastTests.sessions[$0], h, asOf: evening(ForecastTests.sessions[$0])) }
            })
        return (database, features)
    }

    /// The features of a session: one return of 0.01 × n in the n-th session.
    private func row(_ session: SessionDate) -> FeatureRecord {
        let index = ForecastTests.sessions.firstIndex(of: session)!
        return FeatureRecord(session: session, values: [0, 0], logReturn: index == 0 ? .nan : 0.01 * Double(index), extras: [0])
    }

    /// Stores a row of a response that comes late, as Featurize does: the later responses are rolled back and projected again.
    private func insertLate(
        _ late: FeatureRecord, from response: ProviderResponse, _ database: Database, _ features: FeatureStore
    ) async throws {
        let responses = ProviderResponses(database)
        let later = try await responses.rollBack(responses.list(after: response))
        try await features.insert([late], from: response, available: closed)
        for next in later {
            let session = try #require(ForecastTests.sessions.first { evening($0) == next.knownAt })
            try await features.insert([row(session)], from: next, available: closed)
        }
    }

    private func evening(_ session: SessionDate) -> Instant { closed(session).adding(seconds: 4500) }

    private func score(_ matured: MaturedForecast, loss: Double = 0.5, inside: Bool = true) -> ForecastScore {
        ForecastScore(
            matured, loss: loss, uncalibratedLoss: 0.6, baselineLoss: 1, inside80: inside, inside90: true, uncalibratedInside80: false,
            uncalibratedInside90: true,
            baselineInside80: true)
    }

    private func due(_ database: Database, _ asOf: Instant) async throws -> [MaturedForecast] {
        try await Scores(database).due(from: "2012-01-01", asOf: asOf, horizons: [1, 5, 20], featureVersion: "f1")
    }

    @Test func `Forecasts mature when the last return of their horizon is known`() async throws {
        let (database, _) = try await withForecasts()
        #expect(try await due(database, "2012-01-04T22:00:00Z").isEmpty)
        let matured = try await due(database, evening("2012-01-10"))
        #expect(matured.map { "\($0.forecast.session) \($0.forecast.horizon)" } == ["2012-01-03 1", "2012-01-03 5", "2012-01-04 1"])
        #expect(zip(matured.map(\.outcome), [0.01, 0.15, 0.02]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(matured.map(\.knownAt) == [evening("2012-01-04"), evening("2012-01-10"), evening("2012-01-05")])
        #expect(matured[0].family == "blended-fhs")
    }

    @Test func `A later correction does not change what was known when a forecast matured`() async throws {
        let (database, features) = try await withForecasts()
        let before = try await due(database, evening("2012-01-10"))
        let corrected = FeatureRecord(session: "2012-01-04", values: [0, 0], logReturn: 0.5, extras: [0])
        try await insertLate(corrected, from: answer("2012-01-09T23:00:00Z", sha256: "cc"), database, features)
        let after = try await due(database, evening("2012-01-10"))
        #expect(after[0] == before[0])
        #expect(abs(after[1].outcome - 0.64) < 1e-12, "but those that matured after it see it")
    }

    @Test func `A score is due again only when late data made it obsolete`() async throws {
        let (database, features) = try await withForecasts()
        let now = evening("2012-01-10")
        let matured = try await due(database, now)
        try await Scores(database).replace(matured.map { score($0) })
        #expect(try await due(database, now).isEmpty)
        try await database.execute("DELETE FROM features WHERE session = '2012-01-05'")
        let late = FeatureRecord(session: "2012-01-05", values: [0, 0], logReturn: 0.03, extras: [0])
        try await insertLate(late, from: answer("2012-01-05T22:40:00Z", sha256: "dd"), database, features)
        let again = try await due(database, now)
        #expect(again.map { "\($0.forecast.session) \($0.forecast.horizon)" } == ["2012-01-03 5", "2012-01-04 1"])
        try await Scores(database).replace(again.map { score($0) })
        #expect(try await database.query("SELECT count(*) FROM scores")[0][0] == 3)
        #expect(try await due(database, now).isEmpty)
    }

    @Test func `A gap filled late matures the forecasts that reach over it`() async throws {
        let (database, features) = try await withForecasts()
        try await database.execute("DELETE FROM features WHERE session = '2012-01-05'")
        let filled: Instant = "2012-01-11T22:40:00Z"
        #expect(try await due(database, evening("2012-01-10")).allSatisfy { $0.forecast.horizon == 1 })
        let late = FeatureRecord(session: "2012-01-05", values: [0, 0], logReturn: 0.03, extras: [0])
        try await features.insert([late], from: answer(filled, sha256: "dd"), available: closed)
        let longest = try #require(try await due(database, filled).first { $0.forecast.horizon == 5 })
        #expect(longest.knownAt == filled)
        #expect(abs(longest.outcome - 0.16) < 1e-12, "0.01 + 0.03 + 0.03 + 0.04 + 0.05")
    }

    @Test func `The target session is counted in the exchange's sessions`() throws {
        let calendar = try #require(TradingCalendar.of(mic: "XNAS"))
        let expected = TargetSession.expected(after: "2012-01-13", count: 5, calendar)
        #expect(expected == ["2012-01-17", "2012-01-18", "2012-01-19", "2012-01-20", "2012-01-23"], "the sixteenth is a holiday")
        #expect(TargetSession.find(horizon: 1, after: "2012-01-13", in: expected) == "2012-01-17")
        #expect(TargetSession.find(horizon: 3, after: "2012-01-18", in: expected) == "2012-01-23")
        #expect(TargetSession.find(horizon: 2, after: "2012-01-14", in: expected) == "2012-01-18", "an origin need not be a session")
        #expect(TargetSession.find(horizon: 6, after: "2012-01-13", in: expected) == nil)
    }

    @Test func `A day on which one instrument of an exchange has a bar is no session of the exchange`() {
        let full: [(session: SessionDate, instruments: Int)] = [
            ("2012-10-25", 500), ("2012-10-26", 499), ("2012-10-29", 1), ("2012-10-31", 480), ("2012-11-01", 300),
        ]
        #expect(TargetSession.held(full) == ["2012-10-25", "2012-10-26", "2012-10-31", "2012-11-01"])
        #expect(TargetSession.held([("2012-10-25", 1)]) == ["2012-10-25"])
        let growing: [(session: SessionDate, instruments: Int)] = [("2012-10-25", 5), ("2012-10-26", 500), ("2012-10-29", 500)]
        #expect(TargetSession.held(growing) == ["2012-10-25", "2012-10-26", "2012-10-29"], "the universe grew on the second day")
    }

    @Test func `Closed days in a row with bars of one instrument are no sessions`() {
        let days = (0..<40).map { SessionDate(day: 15_000 + $0) }
        func held(_ instruments: (Int) -> Int) -> [Int] {
            TargetSession.held(days.enumerated().map { ($1, instruments($0)) }).map { Int($0.day) - 15_000 }
        }
        for closed in [20...21, 20...26, 38...39, 37...39] {
            #expect(held { closed.contains($0) ? 1 : 500 } == (0..<40).filter { !closed.contains($0) })
        }
        #expect(held { $0 < 20 ? 500 : 100 } == Array(0..<40), "the universe shrank")
        #expect(held { $0 < 35 ? 500 : 100 } == Array(0..<37), "it shrank five days ago, and the last three days are not sure yet")
        #expect(held { $0 < 20 ? 1 : 500 } == Array(0..<40), "one instrument's history is longer")
        #expect(held { _ in 1 } == Array(0..<40))
    }

    /// Another instrument trades on the session on which Apple does not.
    @Test func `The target of a halted instrument is the session that the exchange held`() async throws {
        let (database, features) = try await withForecasts()
        let other = Instrument(id: "XNAS:MSFT", symbol: "MSFT", exchange: "XNAS", currency: "USD", name: "Microsoft")
        try await Instruments(database).register([other])
        for session in ForecastTests.sessions {
            let row = FeatureRecord(session: session, values: [0, 0], logReturn: 0.01, extras: [0])
            try await features.insert([row], from: answer(evening(session), instrument: other.id), available: closed)
        }
        try await database.execute(
            "DELETE FROM features WHERE instrument = (SELECT number FROM instruments WHERE id = $1) AND session = '2012-01-04'", [apple.id])
        let matured = try await due(database, evening("2012-01-10"))
        #expect(
            matured.map { "\($0.forecast.session) \($0.forecast.horizon)" } == ["2012-01-03 5", "2012-01-04 1"],
            "no outcome over one session, in which Apple did not trade; five sessions are over on the tenth")
        #expect(abs(matured[0].outcome - 0.14) < 1e-12 && matured[0].knownAt == evening("2012-01-10"))
    }

    @Test func `A forecast whose target was withdrawn when it matured has no outcome`() async throws {
        let (database, features) = try await withForecasts()
        let other = Instrument(id: "XNAS:MSFT", symbol: "MSFT", exchange: "XNAS", currency: "USD", name: "Microsoft")
        try await Instruments(database).register([other])
        for session in ForecastTests.sessions {
            let row = FeatureRecord(session: session, values: [0, 0], logReturn: 0.01, extras: [0])
            try await features.insert([row], from: answer(evening(session), instrument: other.id), available: closed)
        }
        // The fifth of January comes late, when the bar of the tenth is quarantined.
        try await database.execute(
            "DELETE FROM features WHERE instrument = (SELECT number FROM instruments WHERE id = $1) AND session = '2012-01-05'", [apple.id])
        #expect(try await features.withdraw(["2012-01-10"], from: answer("2012-01-11T12:00:00Z", sha256: "ww")) == ["2012-01-10"])
        let filled: Instant = "2012-01-11T22:40:00Z"
        let late = FeatureRecord(session: "2012-01-05", values: [0, 0], logReturn: 0.03, extras: [0])
        try await features.insert([late], from: answer(filled, sha256: "dd"), available: closed)
        #expect(try await due(database, filled).allSatisfy { $0.forecast.horizon == 1 && $0.outcome != 0 })
    }

    @Test func `A forecast made in hindsight is never scored and never served before a published one`() async throws {
        let (database, _) = try await withForecasts()
        let runs = Runs(database)
        try await runs.open(
            Run(id: "XNAS/2", exchange: "XNAS", asOf: evening("2012-01-04"), session: "2012-01-04", expected: [apple.id]))
        #expect(try await runs.exchanges(among: ["XNAS", "XNYS"], pastSession: "2012-01-03", after: evening("2012-01-03")) == ["XNAS"])
        #expect(try await runs.exchanges(among: ["XNAS"], pastSession: "2012-01-04", after: evening("2012-01-04")).isEmpty)
        // The session of a run over several exchanges may be one of an exchange that is hours ahead.
        try await runs.open(
            Run(id: "cross-check", exchange: Run.severalExchanges, asOf: evening("2012-01-05"), session: "2012-01-06", expected: [apple.id])
        )
        #expect(try await runs.exchanges(among: ["XNAS"], pastSession: "2012-01-04", after: evening("2012-01-04")).isEmpty)
        let made = fixture.forecast("m1", "2012-01-03", 1, asOf: evening("2012-01-03"), data: "00000000000000d9")
        try await Forecasts(database).store([
            Forecast(
                model: made.model, instrument: made.instrument, session: made.session, featureVersion: made.featureVersion,
                dataVersion: made.dataVersion, horizon: 1, role: made.role, asOf: made.asOf, originClose: made.originClose,
                currency: made.currency, quantiles: made.quantiles, baselineModel: made.baselineModel,
                baselineQuantiles: made.baselineQuantiles, probabilityOfLoss: 0.5, isHindsight: true)
        ])
        #expect(try await due(database, evening("2012-01-10")).allSatisfy { $0.forecast.dataVersion != "00000000000000d9" })
        try await Promotions(database).promote("m1", asOf: "2012-01-01T00:00:00Z", reason: "first")
        let champion = try #require(try await ModelRegistry(database).champion(asOf: evening("2012-01-03"), featureVersion: "f1"))
        let served = try await Forecasts(database).latest(
            symbol: "AAPL", asOf: evening("2012-01-03"), members: [champion], featureVersion: "f1")
        #expect(served?.families.first?.forecasts.contains { $0.dataVersion == "00000000000000d9" } == false)
        // A request that made a forecast before the published one came does not serve it beside or instead of that.
        let own = fixture.forecast("m1", "2012-01-03", 1, asOf: evening("2012-01-03"), data: "00000000000000ff")
        #expect(served?.adding([own, made], members: [champion]).families.first?.forecasts == served?.families.first?.forecasts)
    }

    @Test func `Totals and origins count what was scored by an instant`() async throws {
        let (database, _) = try await withForecasts()
        _ = try await ModelRegistry(database).register(fixture.model("n1", asOf: "2012-01-01T00:00:00Z", family: "lstm"))
        try await Forecasts(database).store([fixture.forecast("n1", "2012-01-03", 1, asOf: evening("2012-01-03"))])
        let scores = Scores(database)
        let now = evening("2012-01-10")
        try await scores.replace(
            try await due(database, now).map { score($0, loss: $0.family == "lstm" ? 0.25 : 0.5, inside: $0.family == "lstm") })
        let totals = try await scores.totals(by: .role, from: "2012-01-01", through: "2012-01-31", asOf: now)
        #expect(
            totals.map { "\($0.group) \($0.family) \($0.horizon) \($0.count)" } == [
                "champion blended-fhs 1 2", "champion blended-fhs 5 1", "champion lstm 1 1",
            ])
        #expect(
            totals[0].loss == 1 && totals[0].uncalibratedLoss == 1.2 && totals[0].inside80 == 0
                && totals[0].coverage(totals[0].baselineInside80) == 1)
        #expect(
            try await scores.totals(by: .instrument, from: "2012-01-01", through: "2012-01-31", asOf: "2012-01-04T23:00:00Z").map(\.count)
                == [1, 1])
        let origins = try await scores.origins(of: ["lstm", "blended-fhs"], from: "2012-01-01", asOf: now)
        #expect(
            origins.map { "\($0.session) \($0.horizon) \($0.family) \($0.loss)" } == [
                "2012-01-03 1 blended-fhs 0.5", "2012-01-03 1 lstm 0.25",
            ])
    }

    @Test func `Families are compared where all of them forecast and versions of one family count as one`() async throws {
        let database = try await freshDatabase()
        let evening = evening("2012-01-03")
        for (model, family) in [("m1", "blended-fhs"), ("n1", "lstm"), ("n2", "lstm"), ("w", "random-walk")] {
            _ = try await ModelRegistry(database).register(fixture.model(model, asOf: "2012-01-01T00:00:00Z", family: family))
        }
        var scores: [ForecastScore] = []
        let rows: [(instrument: String, model: String, family: String, loss: Double, baseline: Double, inside: Bool)] = [
            ("XNAS:A", "m1", "blended-fhs", 0.5, 1, true), ("XNAS:A", "n1", "lstm", 0.25, 1, true),
            ("XNAS:A", "n2", "lstm", 0.35, 0.6, false), ("XNAS:B", "m1", "blended-fhs", 0.1, 0.4, true),
            ("XNAS:B", "n1", "lstm", 0.2, 0.4, true), ("XNAS:C", "m1", "blended-fhs", 9, 9, true),
        ]
        for instrument in ["A", "B", "C"] {
            try await Instruments(database).register([
                Instrument(id: "XNAS:\(instrument)", symbol: instrument, exchange: "XNAS", currency: "USD", name: "")
            ])
        }
        for row in rows {
            let forecast = fixture.forecast(row.model, "2012-01-03", 1, asOf: evening, of: row.instrument)
            try await Forecasts(database).store([forecast])
            scores.append(
                ForecastScore(
                    MaturedForecast(forecast: forecast, family: row.family, outcome: 0.01, knownAt: evening.adding(seconds: 86_400)),
                    loss: row.loss, uncalibratedLoss: 7, baselineLoss: row.baseline, inside80: row.inside, inside90: true,
                    uncalibratedInside80: false,
                    uncalibratedInside90: false, baselineInside80: false))
        }
        try await Scores(database).replace(scores)
        let now = evening.adding(seconds: 2 * 86_400)
        let found = try await Scores(database).origins(of: ["lstm", "blended-fhs"], from: "2012-01-01", asOf: now)
        #expect(found.map(\.family) == ["blended-fhs", "lstm"] && found.map(\.count) == [2, 2] && found.map(\.inside80) == [2, 1])
        for (origin, expected) in zip(found, [(0.3, 0.7), (0.25, 0.6)]) {
            #expect(abs(origin.loss - expected.0) < 1e-11 && abs(origin.baselineLoss - expected.1) < 1e-11)
            #expect(origin.session == "2012-01-03" && origin.horizon == 1)
        }
        #expect(try await Scores(database).origins(of: ["lstm", "blended-fhs"], from: "2012-01-01", asOf: evening).isEmpty)
        #expect(try await Scores(database).origins(of: [], from: "2012-01-01", asOf: now).isEmpty)
        let alone = try await Scores(database).origins(of: ["blended-fhs"], from: "2012-01-01", asOf: now)
        #expect(alone.map(\.count) == [3])
    }

    @Test func `Factors are read as they were known and late outcomes do not count`() async throws {
        let (database, _) = try await withForecasts()
        let calibrations = Calibrations(database)
        let matured = try await due(database, evening("2012-01-10"))
        let late = matured.map {
            MaturedForecast(forecast: $0.forecast, family: $0.family, outcome: $0.outcome, knownAt: evening("2012-01-10"))
        }
        var other = fixture.forecast("m1", "2012-01-03", 1, asOf: evening("2012-01-03"), data: "00000000000000d2")
        try await Forecasts(database).store([other])
        try await Scores(database).replace([score(matured[0]), score(matured[2], inside: false), score(late[1])])
        other = try #require(try await due(database, evening("2012-01-10")).first).forecast
        try await Scores(database).replace(
            [score(MaturedForecast(forecast: other, family: "blended-fhs", outcome: 0.01, knownAt: evening("2012-01-10")))])
        let origins = try await calibrations.origins(of: "blended-fhs", horizon: 1, from: "2012-01-01")
        #expect(origins.map(\.session) == ["2012-01-03", "2012-01-04"])
        #expect(origins.map(\.outcomes) == [1, 1] && origins.map(\.inside80) == [1, 0])

        let steps = origins.enumerated().map { index, origin in
            Calibration(
                family: "blended-fhs", horizon: 1, session: origin.session, knownAt: origin.knownAt, outcomes: origin.outcomes,
                inside80: origin.inside80, factor: 1 + Double(index))
        }
        for _ in 0..<2 { try await calibrations.replace(steps, of: "blended-fhs", horizon: 1, from: "2012-01-03") }
        #expect(try await calibrations.known(before: evening("2012-01-04")).isEmpty)
        #expect(try await calibrations.known(before: evening("2012-01-05")) == [steps[0]])
        #expect(try await calibrations.known(before: "2012-02-01T00:00:00Z") == [steps[1]])
        #expect(try await calibrations.last(of: "blended-fhs", horizon: 1, before: "2012-01-04") == steps[0])
    }

    @Test func `A stored evaluation is never changed`() async throws {
        let evaluations = Evaluations(try await freshDatabase())
        let failure = ModelEvaluation(
            .training, family: "lstm", asOf: "2012-02-01T10:00:00Z", decision: .failed, evidence: #"{"reason": "diverged"}"#)
        try await evaluations.store(failure)
        try await evaluations.store(
            ModelEvaluation(.training, family: "lstm", asOf: failure.asOf, decision: .notPromoted, evidence: "{}"))
        #expect(try await evaluations.list(asOf: failure.asOf) == [failure])
        #expect(try await evaluations.list(asOf: "2012-01-01T00:00:00Z").isEmpty)
    }
}
