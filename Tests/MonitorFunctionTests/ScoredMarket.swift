import Features
import Forecasting
import Market
import Postgres
import Store
import TestSupport

/// Ten instruments whose returns are spread evenly between −0.9 and 0.9 per cent each session, forecast every evening by a network and by
/// the fallback. An interval scaled by one covers eight in ten.
struct ScoredMarket {
    static let start = SessionDate(day: 15_000)
    let database: Database
    let days: Int

    static func session(_ day: Int) -> SessionDate { start.advanced(by: day) }
    static func evening(_ day: Int) -> Instant { Instant.utcMidnight(session(day)).adding(seconds: 81_000) }

    /// - Parameter net: the scale of the network's intervals on a day; right is near one. The fallback's is 1.5, the random walk's 2.
    init(days: Int, net: (Int) -> Double) async throws {
        database = try await freshDatabase()
        self.days = days
        let instruments = (0..<10).map { Instrument(id: "XNAS:\($0)", symbol: "S\($0)", exchange: "XNAS", currency: "USD", name: "") }
        try await Instruments(database).register(instruments)
        let features = FeatureStore(database, version: FeatureSet.version, crossWidth: 0)
        for (place, instrument) in instruments.enumerated() {
            for day in 0..<days {
                let row = FeatureRecord(
                    session: Self.session(day), values: [0], logReturn: 0.01 * (-0.9 + 0.2 * Double(place)), extras: [0])
                let answer = ProviderResponse(
                    key: "\(instrument.id)/\(day)", instrument: instrument.id, provider: "yahoo", kind: "chart",
                    knownAt: Self.evening(day),
                    fetchedAt: Self.evening(day), sha256: "\(day)")
                try await features.insert([row], from: answer) { Instant.utcMidnight($0) }
            }
        }
        for family in ["random-walk", "blended-fhs", "lstm"] { try await ModelRegistry(database).register(Self.model(family)) }
        try await Promotions(database).promote("blended-fhs-1", asOf: Self.evening(-1), reason: "the first champion")
        var forecasts: [Forecast] = []
        for day in 0..<days {
            for instrument in instruments {
                for horizon in Quantiles.horizons {
                    forecasts.append(Self.forecast("lstm", "challenger", instrument, day, horizon, scale: net(day)))
                    forecasts.append(Self.forecast("blended-fhs", "champion", instrument, day, horizon, scale: 1.5))
                }
            }
        }
        try await Forecasts(database).store(forecasts)
    }

    static func model(_ family: String, featureVersion: String = FeatureSet.version) -> ModelVersion {
        ModelVersion(
            id: "\(family)-1", family: family, asOf: evening(-1), featureVersion: featureVersion, configuration: "{}", dataVersion: "d",
            codeVersion: "c", seed: 1, windowFrom: start, windowTo: start, metrics: "{}", artifactKey: "", artifactSHA256: "")
    }

    private static func forecast(
        _ family: String, _ role: String, _ instrument: Instrument, _ day: Int, _ horizon: Int, scale: Double
    ) -> Forecast {
        let levels = [-0.95, -0.8, -0.5, 0, 0.5, 0.8, 0.95].map { 0.01 * Double(horizon) * $0 }
        return Forecast(
            model: "\(family)-1", instrument: instrument.id, session: session(day), featureVersion: FeatureSet.version,
            dataVersion: String(repeating: "0", count: 16 - "\(day + 9)".count) + "\(day + 9)",
            horizon: horizon, role: role, asOf: evening(day), originClose: Price(100)!, currency: "USD",
            quantiles: levels.map { scale * $0 },
            baselineModel: "random-walk-1", baselineQuantiles: levels.map { 2 * $0 }, probabilityOfLoss: 0.5)
    }
}
