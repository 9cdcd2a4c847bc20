import Forecasting
import Formats
import Market
import Store

#if canImport(Glibc)
    import Glibc
#endif

/// The response to `GET /v1/forecasts/{symbol}`: each entry is one model's forecast beside the random walk's, with its evidence.
struct ForecastDocument: Sendable {
    struct Quantile: Sendable {
        let level: Double
        let logReturn: Double
        let price: Double
    }

    struct Horizon: Sendable {
        /// Sessions ahead.
        let horizon: Int
        /// The target session by the exchange's calendar as known now; nil beyond the calendar's end.
        let expectedSession: SessionDate?
        /// The calibrated quantiles.
        let quantiles: [Quantile]
        let randomWalk: [Quantile]
        /// P(return < 0).
        let probabilityOfLoss: Double
        /// The factor by which the model's quantiles were scaled; the random walk's quantiles are not scaled.
        let calibrationFactor: Double
        let evidence: PerformanceSummary?
    }

    struct Model: Sendable {
        let id: String
        let family: String
        let asOf: Instant
    }

    /// One model's forecast of every horizon, with the model and its versions of features and data.
    struct ModelForecast: Sendable {
        let role: String
        let model: Model
        let baselineModel: String?
        let featureVersion: String
        let dataVersion: String
        /// The business time at which the forecast was published.
        let asOf: Instant
        /// Whether the forecast was made when a session after its origin had closed.
        var isHindsight = false
        let forecasts: [Horizon]
        /// The explanation; nil unless the request asks for one and the model can be explained.
        var explanation: Explanation?
    }

    let symbol: String
    let instrument: String
    let name: String
    let currency: String
    /// The forecast's origin, a session.
    let session: SessionDate
    let close: Double
    /// The sessions expected after the origin, as far as the longest horizon.
    let expectedSessions: [SessionDate]
    let entries: [ModelForecast]
    let disclaimer =
        "Model-generated from past prices. Not investment advice and no guarantee; data may be late or wrong; losses are possible."
}

extension ForecastDocument {
    /// - Parameters:
    ///   - stored: at least one family's forecasts.
    ///   - explanations: by model version.
    ///   - calendar: the exchange's as known at the query's instant; nil leaves the expected sessions empty.
    init(
        _ stored: StoredForecasts, _ query: ForecastQuery, _ performance: [PerformanceSummaryCache.Key: PerformanceSummary],
        _ explanations: [String: Explanation], _ calendar: TradingCalendar?
    ) {
        let origin = stored.families[0].forecasts[0]
        let ahead = calendar.map { TargetSession.expected(after: origin.session, count: Quantiles.longestHorizon, $0) } ?? []
        symbol = stored.instrument.symbol
        instrument = stored.instrument.id
        name = stored.instrument.name
        currency = origin.currency
        session = origin.session
        close = origin.originClose.double
        expectedSessions = ahead
        entries = stored.families.map { entry in
            let first = entry.forecasts[0]
            return ModelForecast(
                role: entry.role.rawValue, model: Model(id: first.model, family: entry.family, asOf: entry.trainedAsOf),
                baselineModel: first.baselineModel, featureVersion: first.featureVersion, dataVersion: first.dataVersion, asOf: first.asOf,
                isHindsight: first.isHindsight,
                forecasts: entry.forecasts.filter { query.horizons.contains($0.horizon) }.map { forecast in
                    Horizon(
                        horizon: forecast.horizon,
                        expectedSession: TargetSession.find(horizon: forecast.horizon, after: origin.session, in: ahead),
                        quantiles: Self.quantiles(
                            RangeCalibration.scaled(forecast.quantiles, by: forecast.calibrationFactor), forecast.originClose),
                        randomWalk: Self.quantiles(forecast.baselineQuantiles, forecast.originClose),
                        probabilityOfLoss: forecast.probabilityOfLoss, calibrationFactor: forecast.calibrationFactor,
                        evidence: performance[.init(family: entry.family, horizon: forecast.horizon)])
                }, explanation: explanations[first.model])
        }
    }

    /// Quantiles of the log return with the corresponding prices, rounded to four decimals, or below 1 to nine significant digits.
    private static func quantiles(_ values: [Double], _ close: Price) -> [Quantile] {
        zip(Quantiles.levels, values).map { level, value in
            let price = close.double * exp(value)
            return Quantile(
                level: level, logReturn: value, price: price < 1 ? price.rounded(toSignificantDigits: 9) : price.rounded(toDecimals: 4))
        }
    }
}
