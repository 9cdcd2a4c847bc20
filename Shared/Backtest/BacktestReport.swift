package import Forecasting
package import Market

/// Why a backtest cannot run.
package enum BacktestError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownModel(String)
    case noOrigins
    /// Leak checks that failed: forecasts depended on later data, so no result of the backtest is valid.
    case leak([String])

    package var description: String {
        switch self {
        case .unknownModel(let name): "no model \"\(name)\"; there are \(ModelComposition.all.map(\.name).joined(separator: ", "))"
        case .leak(let checks): "the forecasts depend on later data: \(checks.joined(separator: "; "))"
        case .noOrigins: "the prices have no session whose forecasts could be evaluated; give more than 20 sessions"
        }
    }
}

/// The forecasts of a backtest and their evaluation.
package struct BacktestReport: Sendable {
    /// The forecast of one origin.
    package struct OriginForecast: Sendable, Hashable {
        package let origin: Origin
        package let forecast: QuantileForecast
    }

    /// An origin without a forecast.
    package struct RejectedOrigin: Sendable, Hashable {
        package let origin: Origin
        package let reason: ForecastError
    }

    /// A model version trained in the backtest.
    package struct TrainedModel: Sendable, Hashable {
        package let family: String
        /// The last session of its training data.
        package let session: SessionDate
        package let metrics: [String: Double]
    }

    /// A training that was due and failed.
    package struct FailedTraining: Sendable, Hashable {
        package let family: String
        /// The last session of its training data.
        package let session: SessionDate
        /// Whether an earlier version continued to forecast; otherwise the family made no forecast.
        package let keepsEarlierVersion: Bool
        package let reason: TrainingError
    }

    /// The name of the `ModelComposition`.
    package let model: String
    /// The forecasts, ordered by origin session, then in the order of the given origins.
    package let forecasts: [OriginForecast]
    /// Origins without a forecast.
    package let rejected: [RejectedOrigin]
    /// All trained model versions, in order.
    package let trainedModels: [TrainedModel]
    /// All failed trainings, including those of the warm-up.
    package let failedTrainings: [FailedTraining]
    /// The measures of all models on the same origins.
    package let evaluation: EvaluationReport
    /// Lines of the price file that were left out.
    package let rejectedLines: [PriceTable.RejectedLine]
    /// Wall-clock seconds of the backtest.
    package let seconds: Double
}

/// The progress of a backtest.
package struct BacktestProgress: Sendable, Hashable {
    package let stage: String
    /// The finished share of the whole backtest, 0...1.
    package let share: Double
}
