package import Market
import Postgres

/// One issued forecast: quantiles of the log total return over `horizon` sessions from the close of `session`.
package struct Forecast: Hashable, Sendable {
    package let model: String
    package let instrument: String
    package let session: SessionDate
    package let featureVersion: String
    package let dataVersion: String
    package let horizon: Int
    /// The part that its model played: `champion`, `challenger` …
    package let role: String
    package let asOf: Instant
    /// The close that the returns start from, as traded.
    package let originClose: Price
    package let currency: String
    /// In the order of the levels; equally many as in the baseline's.
    package let quantiles: [Double]
    package let baselineModel: String?
    package let baselineQuantiles: [Double]
    package let probabilityOfLoss: Double
    /// What the distances from the median were multiplied with when the forecast was issued; `quantiles` are without. The reporting schema
    /// shows them with it.
    package let calibrationFactor: Double

    package init(
        model: String, instrument: String, session: SessionDate, featureVersion: String, dataVersion: String, horizon: Int, role: String,
        asOf: Instant, originClose: Price, currency: String, quantiles: [Double], baselineModel: String?, baselineQuantiles: [Double],
        probabilityOfLoss: Double, calibrationFactor: Double = 1
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
    }

    static let columns = """
        f.model_id, f.instrument_id, f.session, f.feature_version, f.data_version, f.horizon, f.role, f.as_of, f.origin_close, f.currency, \
        f.quantiles, f.baseline_model_id, f.baseline_quantiles, f.probability_of_fall, f.spread_factor
        """
    static let width = 15
    init(_ row: Row, at first: Int = 0) throws(PostgresError) {
        self.init(
            model: try row[first], instrument: try row[first + 1], session: try row[first + 2], featureVersion: try row[first + 3],
            dataVersion: try row[first + 4], horizon: try row[first + 5], role: try row[first + 6], asOf: try row[first + 7],
            originClose: try row[first + 8], currency: try row[first + 9], quantiles: try row[first + 10],
            baselineModel: try row[first + 11], baselineQuantiles: try row[first + 12], probabilityOfLoss: try row[first + 13],
            calibrationFactor: try row[first + 14])
    }
}

/// What is kept for a symbol as of an instant.
package struct StoredForecasts: Sendable {
    package let instrument: Instrument
    /// The family that was asked for, or the champion's; nil when there is no such model as of the instant.
    package let family: String?
    /// When the model that made the forecasts was fitted.
    package let fittedAsOf: Instant?
    /// The last session with features as of the instant. A kept forecast from an earlier session is out of date.
    package let lastSession: SessionDate?
    /// The family's forecasts from the latest origin session, one for each horizon, in their order; empty when none is kept.
    package let forecasts: [Forecast]

    package var isCurrent: Bool { forecasts.first.map { $0.session == lastSession } ?? false }
}

/// A forecast whose horizon is over, and what came.
package struct MaturedForecast: Hashable, Sendable {
    package let forecast: Forecast
    /// Of its model.
    package let family: String
    /// The log total return over the horizon as it was known at `knownAt`.
    package let outcome: Double
    /// When all returns of the horizon were known for the first time.
    package let knownAt: Instant

    package init(forecast: Forecast, family: String, outcome: Double, knownAt: Instant) {
        self.forecast = forecast
        self.family = family
        self.outcome = outcome
        self.knownAt = knownAt
    }
}
