package import Forecasting
package import Market

/// Why a backtest cannot run.
package enum BacktestError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownModel(String)
    case noOrigins
    /// Leak checks that failed: the forecasts saw what came after them, so no figure of the run counts.
    case leak([String])

    package var description: String {
        switch self {
        case .unknownModel(let name): "no model \"\(name)\"; there are \(ModelComposition.all.map(\.name).joined(separator: ", "))"
        case .leak(let checks): "the forecasts look into the future: \(checks.joined(separator: "; "))"
        case .noOrigins: "the prices hold no session from which a forecast could be judged: more than 20 sessions are needed"
        }
    }
}

/// What a backtest did and how good it was.
package struct BacktestReport: Sendable {
    package struct Issued: Sendable, Hashable {
        package let origin: Origin
        package let forecast: QuantileForecast
    }

    package struct Refused: Sendable, Hashable {
        package let origin: Origin
        package let reason: ForecastError
    }

    package struct Fit: Sendable, Hashable {
        package let family: String
        /// The last session the fit knew.
        package let session: SessionDate
        package let metrics: [String: Double]
    }

    /// A fit that was due and could not be made.
    package struct Failure: Sendable, Hashable {
        package let family: String
        /// The last session it would have known.
        package let session: SessionDate
        /// Whether an earlier fit went on forecasting; without one the family stood aside.
        package let keepsEarlierFit: Bool
        package let reason: TrainingError
    }

    package let model: String
    /// By origin session, then in the order the origins were given.
    package let forecasts: [Issued]
    package let refused: [Refused]
    package let fits: [Fit]
    /// Those of the warm-up too.
    package let failures: [Failure]
    /// Everything measured on the same origins.
    package let evaluation: EvaluationReport
    package let rejectedLines: [PriceTable.RejectedLine]
    package let seconds: Double
}

/// How far a backtest is.
package struct BacktestProgress: Sendable, Hashable {
    package let stage: String
    /// 0...1 over the whole run.
    package let share: Double
}
