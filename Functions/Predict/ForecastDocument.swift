import Forecasting
import Market

/// The answer to `GET /v1/forecasts/{symbol}`: every entry is one model's forecast beside the random walk's, with its evidence.
struct ForecastDocument: Sendable {
    struct Quantile: Sendable {
        let level: Double
        let logReturn: Double
        let price: Double
    }

    struct Horizon: Sendable {
        /// Sessions ahead.
        let horizon: Int
        /// `nil` beyond the calendar's end.
        let targetSession: SessionDate?
        let quantiles: [Quantile]
        let randomWalk: [Quantile]
        let probabilityOfLoss: Double
        /// What the model's own ranges were widened with to become `quantiles`; the random walk's are its own.
        let calibrationFactor: Double
        let evidence: PerformanceSummary?
    }

    struct Model: Sendable {
        let id: String
        let family: String
        let asOf: Instant
    }

    struct Entry: Sendable {
        let role: String
        let model: Model
        let baselineModel: String?
        let featureVersion: String
        let dataVersion: String
        /// The business time at which the forecast was issued.
        let asOf: Instant
        let forecasts: [Horizon]
        /// Only when it is asked for, and the model can forecast from part of the features, which are still those of the forecast.
        var explanation: Explanation?
    }

    let symbol: String
    let instrument: String
    let name: String
    let currency: String
    let session: SessionDate
    let close: Double
    /// The sessions after the origin, as far as the longest horizon.
    let sessions: [SessionDate]
    let entries: [Entry]
    let disclaimer =
        "Model-generated from past prices. Not investment advice and no guarantee; data may be late or wrong; losses are possible."
}

/// How forecasts of this model family did on this instrument, counting those that had matured.
struct PerformanceSummary: Sendable {
    let forecasts: Int
    /// Share of outcomes inside the range from the 10 % to the 90 % quantile.
    let coverage80: Double
    /// 1 − pinball loss / the random walk's pinball loss.
    let pinballSkill: Double
}
