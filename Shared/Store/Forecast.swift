package import Market
import Postgres

/// One published forecast: quantiles of the log total return over `horizon` sessions from the close of `session`.
package struct Forecast: Hashable, Sendable {
    /// The id of the model version that made the forecast.
    package let model: String
    package let instrument: String
    /// The origin: the last session whose features the model read.
    package let session: SessionDate
    /// The feature version of the model's version.
    package let featureVersion: String
    /// 16 hexadecimal digits.
    package let dataVersion: String
    package let horizon: Int
    /// The role of the model's family when the forecast was made: `champion`, `challenger` …
    package let role: String
    /// The business time from which the forecast counts as published.
    package let asOf: Instant
    /// The unadjusted close at the origin.
    package let originClose: Price
    package let currency: String
    /// The model's own quantiles, before calibration, in ascending order; the baseline has equally many.
    package let quantiles: [Double]
    /// The id of the random walk's version.
    package let baselineModel: String
    package let baselineQuantiles: [Double]
    /// P(return < 0), from the calibrated quantiles.
    package let probabilityOfLoss: Double
    /// The factor by which the published intervals were scaled about the median.
    package let calibrationFactor: Double
    /// Whether the forecast was made when a session after its origin had closed. Such a forecast is never scored.
    package let isHindsight: Bool

    package init(
        model: String, instrument: String, session: SessionDate, featureVersion: String, dataVersion: String, horizon: Int, role: String,
        asOf: Instant, originClose: Price, currency: String, quantiles: [Double], baselineModel: String, baselineQuantiles: [Double],
        probabilityOfLoss: Double, calibrationFactor: Double = 1, isHindsight: Bool = false
    ) {
        self.model = model
        self.instrument = instrument
        self.session = session
        self.featureVersion = featureVersion
        self.dataVersion = dataVersion
        self.horizon = horizon
        self.role = role
        self.asOf = asOf
        self.originClose = originClose
        self.currency = currency
        self.quantiles = quantiles
        self.baselineModel = baselineModel
        self.baselineQuantiles = baselineQuantiles
        self.probabilityOfLoss = probabilityOfLoss
        self.calibrationFactor = calibrationFactor
        self.isHindsight = isHindsight
    }

    /// The columns from which a forecast is read: of the table `forecasts` (alias f) and of the tables that are joined by `joins`.
    static let columns = """
        m.id AS model_id, i.id AS instrument_id, f.session, m.feature_version, encode(f.data_version, 'hex') AS data_version, f.horizon, \
        f.role::text AS role, f.as_of, f.origin_close, i.currency, f.quantiles, w.id AS baseline_model_id, b.quantiles AS baseline_quantiles, \
        f.probability_of_loss, f.calibration_factor, f.hindsight
        """
    static let joins = """
        JOIN models m ON m.number = f.model JOIN instruments i ON i.number = f.instrument JOIN baselines b ON b.id = f.baseline_id \
        JOIN models w ON w.number = b.model
        """
    init(_ row: Row) throws(PostgresError) {
        self.init(
            model: try row["model_id"], instrument: try row["instrument_id"], session: try row["session"],
            featureVersion: try row["feature_version"], dataVersion: try row["data_version"], horizon: try row["horizon"],
            role: try row["role"], asOf: try row["as_of"], originClose: try row["origin_close"], currency: try row["currency"],
            quantiles: try row["quantiles"], baselineModel: try row["baseline_model_id"],
            baselineQuantiles: try row["baseline_quantiles"], probabilityOfLoss: try row["probability_of_loss"],
            calibrationFactor: try row["calibration_factor"], isHindsight: try row["hindsight"])
    }
}

/// A forecast whose horizon is over, with the realised return.
package struct MaturedForecast: Hashable, Sendable {
    package let forecast: Forecast
    /// The model's family.
    package let family: String
    /// The log total return over the horizon as known at `knownAt`.
    package let outcome: Double
    /// The time at which all returns of the horizon were known for the first time.
    package let knownAt: Instant
    /// The id of the forecast's row; nil for a forecast that was not read from the table.
    let forecastID: Int64?

    package init(forecast: Forecast, family: String, outcome: Double, knownAt: Instant) {
        self.init(forecast: forecast, family: family, outcome: outcome, knownAt: knownAt, forecastID: nil)
    }

    init(forecast: Forecast, family: String, outcome: Double, knownAt: Instant, forecastID: Int64?) {
        self.forecast = forecast
        self.forecastID = forecastID
        self.family = family
        self.outcome = outcome
        self.knownAt = knownAt
    }
}
