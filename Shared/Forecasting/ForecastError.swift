package import Market

/// The reason why a working model cannot forecast a history.
package enum ForecastError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The instrument has fewer sessions than a volatility needs.
    case shortHistory(sessions: Int, needed: Int)
    /// No finite volatility at this session (halted, missing or unusable prices before it).
    case noVolatility(SessionDate)
    /// The features are of another version or order than the model was trained on.
    case otherFeatures(expected: String, found: String)
    /// No model could be trained yet.
    case untrained(String)
    /// A forecast quantile is infinite or NaN.
    case nonFinite
    /// The processor cannot run this build.
    case processor(String)
    /// The lengths of arrays do not match.
    case shape(String)

    package var description: String {
        switch self {
        case .shortHistory(let sessions, let needed): "history has \(sessions) sessions, a forecast needs \(needed)"
        case .noVolatility(let session): "no volatility can be measured at \(session)"
        case .otherFeatures(let expected, let found): "model was trained on features \(expected), the history has \(found)"
        case .untrained(let reason): "no model yet: \(reason)"
        case .nonFinite: "the forecast is not finite"
        case .processor(let detail), .shape(let detail): detail
        }
    }
}

/// The reason why a model could not be trained.
package enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Too few labelled rows before the cut.
    case insufficientHistory(rows: Int, needed: Int)
    /// The loss became NaN or infinite; a net restarts once from its best weights with a smaller step before this error.
    case diverged(round: Int, restarts: Int)
    /// The deadline passed before the first validated state.
    case deadline

    package var description: String {
        switch self {
        case .insufficientHistory(let rows, let needed): "\(rows) labelled rows before the cut, training needs \(needed)"
        case .diverged(let round, restarts: 0): "training diverged in round \(round)"
        case .diverged(let round, let restarts): "training diverged in round \(round), after \(restarts) restart with a smaller step"
        case .deadline: "the deadline came before the first validated state"
        }
    }
}
