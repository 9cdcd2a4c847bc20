import Market
import Postgres
import Store
import TestSupport
import Testing

extension PlanTests {
    private static let id = SyntheticHistory.id(7)
    private static let last = SyntheticHistory.last
    private static let yahoo = ["yahoo"]

    private static func lineup(_ history: SyntheticHistory) async throws -> ModelLineup {
        let lineup = try await ModelRegistry(history.database).lineup(
            asOf: history.now, featureVersion: SyntheticHistory.version, fallback: "blended-fhs", baseline: "random-walk")
        return try #require(lineup)
    }

    private static func features(_ history: SyntheticHistory) -> FeatureStore {
        FeatureStore(history.database, version: SyntheticHistory.version, crossWidth: 6)
    }

    /// The queries of the API's endpoints.
    static let requests = [
        Work("forecast: lineup", 60) { _ = try await lineup($0) },
        Work("forecast: champion", 60) {
            _ = try await ModelRegistry($0.database).champion(asOf: $0.now, featureVersion: SyntheticHistory.version)
        },
        Work("forecast: stored forecasts", 700) {
            let members = try await Self.members($0)
            _ = try await Forecasts($0.database).latest(
                symbol: "P10007", asOf: $0.now, members: members, featureVersion: SyntheticHistory.version)
        },
        Work("forecast: an earlier instant", 2500, 6000) {
            let members = try await Self.members($0)
            _ = try await Forecasts($0.database).latest(
                symbol: "P10007", asOf: $0.now.adding(seconds: -100 * 86_400), members: members, featureVersion: SyntheticHistory.version)
        },
        Work("forecast: performance", 1000, 2500) {
            _ = try await Scores($0.database).totals(
                by: .instrument, from: last.advanced(by: -550), through: last, asOf: $0.now, instrument: id)
        },
        Work("forecast: closed sessions", 20) {
            _ = try await Runs($0.database).exchanges(among: [SyntheticHistory.exchange], pastSession: last, after: $0.now)
        },
        Work("forecast: calendar", 10) {
            _ = try await ExchangeCalendars($0.database).calendar(of: SyntheticHistory.exchange, asOf: $0.now)
        },
        Work("prices: instrument", 20) { _ = try await Instruments($0.database).find(symbol: "P10007", asOf: $0.now) },
        Work("prices: kinds of responses", 300) { _ = try await ProviderResponses($0.database).kinds(of: id, asOf: $0.now) },
        Work("prices: the last thousand bars", 200, 1000) {
            _ = try await Bars($0.database).sourced(id, .recorded($0.now), precedence: yahoo, last: 1000)
        },
        Work("prices: actions", 60) { _ = try await CorporateActions($0.database).sourced(id, .recorded($0.now)) },
        Work("prices: provisional bars", 200) { _ = try await ProvisionalBars($0.database).read(id, asOf: $0.now, precedence: yahoo) },
        Work("symbols", 120, 2500) { _ = try await Instruments($0.database).list(asOf: $0.now) },
        Work("data status of one instrument", 700, 1500) { _ = try await DataStatus($0.database).entries(of: [id], asOf: $0.now) },
        Work("data status: objects", 10) { _ = try await QuarantinedObjects($0.database).list(limit: 100) },
        Work("data status: objects of one instrument", 10) { _ = try await QuarantinedObjects($0.database).list(of: [id], limit: 100) },
        Work("quarantine: first page", 1500) { _ = try await QuarantineLog($0.database).entries(asOf: $0.now, limit: 101) },
        Work("quarantine: one instrument", 1500) { _ = try await QuarantineLog($0.database).entries(of: id, asOf: $0.now, limit: 101) },
        Work("quarantine: sessions of one instrument", 1500) {
            _ = try await QuarantineLog($0.database).entries(
                of: id, source: "yahoo", from: last.advanced(by: -30), to: last, asOf: $0.now, limit: 101)
        },
        Work("evaluation", 300, 600) {
            _ = try await Scores($0.database).totals(by: .role, from: last.advanced(by: -730), through: last, asOf: $0.now)
        },
        Work("models: promotions", 20) { _ = try await Promotions($0.database).history(asOf: $0.now) },
        Work("models: evaluations", 60) { _ = try await Evaluations($0.database).list(asOf: $0.now) },
        Work("models: calibrations", 400) { _ = try await Calibrations($0.database).known(before: $0.now) },
        Work("models: one version", 10) { _ = try await ModelRegistry($0.database).find("ensemble-201105") },
    ]

    private static func members(_ history: SyntheticHistory) async throws -> [ModelLineup.Member] {
        // Looking up the lineup is another work.
        try await Database.observing(StatementObserver { _, _ in }) { try await lineup(history).members.filter { $0.role != .baseline } }
    }

    /// An evening's response about one instrument.
    private static let response = ProviderResponse(
        key: "raw/yahoo/chart-1d/\(id)/2012-01-03/aa.0", instrument: id, provider: "yahoo", kind: "chart-1d",
        knownAt: "2012-01-03T23:15:00Z", fetchedAt: "2012-01-03T23:15:00Z", sha256: "aa")

    /// The queries of Ingest, Featurize, Predict and Monitor.
    static let evening = [
        Work("Ingest: before a request", 150, 400) {
            _ = try await RequestBasis($0.database, of: id, provider: "yahoo", on: last, asOf: $0.now, kinds: ["chart-1d"])
        },
        Work("Ingest: members", 200, 5000) {
            _ = try await Universe($0.database).members(exchange: SyntheticHistory.exchange, on: last, asOf: $0.now)
        },
        Work("Ingest: oldest responses", 100, 4000) { _ = try await ProviderResponses($0.database).latestKnown(before: $0.now) },
        Work("Ingest: run", 60, 150) {
            let run = Run(id: "XNYS/x", exchange: "XNYS", asOf: $0.now, session: last, expected: [id])
            try await Runs($0.database).open(run)
            _ = try await Runs($0.database).find("XNYS/\(last)")
            _ = try await Runs($0.database).latest(exchange: "XNYS", asOf: $0.now)
        },
        Work("Ingest: recorded responses", 60) {
            try await Runs($0.database).recordResponses(["raw/x"], of: id, in: "XNYS/x")
            try await Runs($0.database).recordFailure("no", of: id, in: "XNYS/x")
        },
        Work("run progress of one instrument", 40) { _ = try await Runs($0.database).progress("XNYS/\(last)", of: id) },
        Work("run progress", 400, 10_000) { _ = try await Runs($0.database).progress("XNYS/\(last)") },
        Work("runs of a response", 20) { _ = try await Runs($0.database).runs(ofResponse: response.key) },
        Work("Featurize: one response", 300) { history in
            try await history.rollingBack { database in
                let responses = ProviderResponses(database)
                _ = try await ProjectionBasis.read(database, for: response)
                _ = try await responses.rollBack(responses.list(after: response))
                let response = try await responses.recorded(response)
                _ = try await Bars(database).validated(id, source: "yahoo", in: last.advanced(by: -60)...last)
                _ = try await Bars(database).insert([bar(last, 10)], from: response, currency: "USD", available: closed)
                _ = try await Bars(database).currency(of: id, source: "yahoo")
                let states = FeatureStates(database, version: SyntheticHistory.version)
                _ = try await states.find(before: response, precedence: ["yahoo", "csv", "iex", "stooq"])
                _ = try await ConsolidatedSeries(database).read(
                    id, .recorded(response.knownAt), precedence: yahoo, from: last.advanced(by: -30))
                let row = FeatureRecord(
                    session: last, values: [Float](repeating: 1, count: 28), logReturn: 0.02, extras: [Double](repeating: 1, count: 8))
                _ = try await features(history).insert([row], from: response, available: closed)
                _ = try await features(history).withdraw([last], from: response)
                try await CorporateActions(database).insert(
                    [], from: response, covering: last.advanced(by: -14)...last, available: { _ in response.knownAt })
                let violation = RecordedViolation(ordinal: 0, session: last, rule: "spike", detail: "", text: "")
                try await QuarantineLog(database).update([violation], from: response, validated: [last], received: [last])
                try await ProviderResponses(database).record(response, ProviderResponses.Counts(bars: 1, actions: 0, quarantined: 1))
            }
        },
        Work("Featurize: sources of actions", 40) {
            _ = try await ActionSourceCoverage($0.database, id, .recorded($0.now), precedence: ["yahoo", "csv"], withoutActions: [])
        },
        Work("cross-sections: outdated sessions", 50, 50) {
            _ = try await CrossSections(features($0), exchange: SyntheticHistory.exchange).outdatedSessions(asOf: response.knownAt)
        },
        Work("cross-sections: inputs of one session", 200, 4000) {
            _ = try await CrossSections(features($0), exchange: SyntheticHistory.exchange).inputs(from: last, through: last, asOf: $0.now)
        },
        Work("cross-sections: begin and write", 600, 8000) { history in
            try await history.rollingBack { _ in
                let sections = CrossSections(features(history), exchange: SyntheticHistory.exchange)
                _ = try await sections.consumePending(upTo: response.knownAt)
                try await sections.begin(response.knownAt)
                try await sections.open([last], knownAt: response.knownAt)
                let rows = (1...history.instruments).map {
                    (instrument: SyntheticHistory.id($0), values: [Float](repeating: 0.25, count: 6))
                }
                _ = try await sections.store(rows, of: last, knownAt: response.knownAt, availableAt: response.knownAt)
                try await sections.finish(response.knownAt)
            }
        },
        Work("Predict: window of features", 3500) { _ = try await features($0).read([id], .recorded($0.now), last: 260) },
        Work("Predict: origin's bar", 20, 100) {
            _ = try await Bars($0.database).read(id, .recorded($0.now), precedence: yahoo, from: last, through: last)
        },
        Work("Predict: stored forecasts", 1500) { history in
            try await history.rollingBack { database in
                let forecasts = SyntheticHistory.families.flatMap { family in
                    [1, 5, 20].map { horizon in
                        Forecast(
                            model: "\(family)-201112", instrument: id, session: last, featureVersion: SyntheticHistory.version,
                            dataVersion: "00000000000000d1", horizon: horizon, role: "challenger", asOf: history.now,
                            originClose: Price(10)!, currency: "USD", quantiles: (0..<7).map { Double($0) },
                            baselineModel: "random-walk-201112", baselineQuantiles: (0..<7).map { Double($0) }, probabilityOfLoss: 0.5)
                    }
                }
                _ = try await Forecasts(database).store(forecasts)
            }
        },
        Work("Monitor: due forecasts", 400_000, 7_000_000) {
            _ = try await Scores($0.database).due(
                from: last.advanced(by: -60), asOf: response.knownAt, horizons: [1, 5, 20], featureVersion: SyntheticHistory.version)
        },
        Work("Monitor: calibration", 400, 4000) {
            _ = try await Calibrations($0.database).last(of: "lstm", horizon: 5, before: last)
            _ = try await Calibrations($0.database).origins(of: "lstm", horizon: 5, from: last.advanced(by: -20))
        },
        Work("Monitor: live scores", 4000, 100_000) {
            _ = try await Scores($0.database).origins(
                of: ["ensemble", "blended-fhs"], from: last.advanced(by: -410), asOf: $0.now)
        },
        Work("Train: versions", 60) { _ = try await ModelRegistry($0.database).list(family: "lstm", asOf: $0.now) },
    ]
}

private struct RolledBack: Error {}

extension SyntheticHistory {
    /// Runs `body` in a transaction that is rolled back.
    func rollingBack(_ body: @Sendable (Database) async throws -> Void) async throws {
        do {
            try await database.transaction {
                try await body(database)
                throw RolledBack()
            }
        } catch is RolledBack {}
    }
}
