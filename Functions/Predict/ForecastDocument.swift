import Market

/// The answer to `GET /v1/forecasts/{symbol}`: every entry is one model's forecast beside the random walk's, with its evidence.
struct ForecastDocument: Encodable, Sendable {
    struct Quantile: Encodable, Sendable {
        let level: Double
        let logReturn: Double
        let price: Double

        private enum CodingKeys: String, CodingKey { case level, logReturn = "log_return", price }
    }

    struct Horizon: Encodable, Sendable {
        /// Sessions ahead.
        let horizon: Int
        /// `nil` beyond the calendar's end.
        let targetSession: SessionDate?
        let quantiles: [Quantile]
        let randomWalk: [Quantile]
        let probabilityOfFall: Double
        /// What the model's own ranges were widened with to become `quantiles`; the random walk's are its own.
        let spreadFactor: Double
        let evidence: Evidence?

        private enum CodingKeys: String, CodingKey {
            case horizon, targetSession = "target_session", quantiles, randomWalk = "random_walk"
            case probabilityOfFall = "probability_of_fall", spreadFactor = "spread_factor", evidence
        }
    }

    struct Model: Encodable, Sendable {
        let id: String
        let kind: String
        let asOf: Instant

        private enum CodingKeys: String, CodingKey { case id, kind, asOf = "as_of" }
    }

    struct Entry: Encodable, Sendable {
        let role: String
        let model: Model
        let baselineModel: String?
        let featureVersion: String
        let dataVersion: String
        /// The business time at which the forecast was issued.
        let asOf: Instant
        let forecasts: [Horizon]

        private enum CodingKeys: String, CodingKey {
            case role, model, baselineModel = "baseline_model", featureVersion = "feature_version", dataVersion = "data_version"
            case asOf = "as_of", forecasts
        }
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

    private enum CodingKeys: String, CodingKey { case symbol, instrument, name, currency, session, close, sessions, entries, disclaimer }
}

/// How forecasts of this kind of model did on this instrument, counting those that had matured.
struct Evidence: Encodable, Sendable {
    let forecasts: Int
    /// Share of outcomes inside the range from the 10 % to the 90 % quantile.
    let coverage80: Double
    /// 1 − pinball loss / the random walk's pinball loss.
    let pinballSkill: Double

    private enum CodingKeys: String, CodingKey { case forecasts, coverage80 = "coverage_80", pinballSkill = "pinball_skill" }
}
