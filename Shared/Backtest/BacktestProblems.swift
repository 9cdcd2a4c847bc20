import Forecasting
import Market

/// What did not work in a run: fits by family, refusals by reason.
struct BacktestProblems {
    /// One family's fits that were due at origins and could not be made.
    struct Failures: Encodable {
        let family: String
        /// Whether an earlier fit went on forecasting; without one the family stood aside.
        let keepsEarlierFit: Bool
        /// Sessions with origins at which it happened, and all of them.
        let sessions, of: Int
        /// Sessions of the warm-up at which it happened.
        let warmUp: Int
        /// Of the last time.
        let reason: String
    }

    /// Origins that were refused for one reason.
    struct Refusals: Encodable {
        let reason: String
        let origins: Int
        /// The first of them.
        let first: String
    }

    let failures: [Failures]
    /// The most frequent first.
    let refusals: [Refusals]

    init(_ report: BacktestReport) {
        let sessions = Set(report.forecasts.map(\.origin.session)).union(report.refused.map(\.origin.session))
        let grouped = Dictionary(grouping: report.failures) { "\($0.family)\($0.keepsEarlierFit ? " anew" : "")" }
        failures = grouped.sorted { $0.key < $1.key }.map { _, failures in
            let last = failures[failures.count - 1]
            let count = failures.count { sessions.contains($0.session) }
            return Failures(
                family: last.family, keepsEarlierFit: last.keepsEarlierFit, sessions: count, of: sessions.count,
                warmUp: failures.count - count, reason: last.reason.description)
        }
        refusals = Dictionary(grouping: report.refused, by: \.reason.group)
            .map { reason, refused in
                let first = refused[0].origin
                return Refusals(reason: reason, origins: refused.count, first: "\(first.symbol) at \(first.session)")
            }
            .sorted { ($1.origins, $0.reason) < ($0.origins, $1.reason) }
    }

    /// Short lines for a terminal.
    var lines: [String] {
        failures.filter { $0.sessions > 0 }.map {
            "\($0.family) was not fitted\($0.keepsEarlierFit ? " anew" : "") at \($0.sessions) of \($0.of) sessions: \($0.reason)"
        }
            + refusals.map { "\($0.origins) origin\($0.origins == 1 ? "" : "s") refused: \($0.reason), the first \($0.first)" }
    }
}

extension ForecastError {
    /// The reason without what differs from origin to origin.
    fileprivate var group: String {
        switch self {
        case .shortHistory(_, let needed): "too little history, a forecast needs \(needed) sessions"
        case .noVolatility: "no volatility can be measured"
        case .untrained: "no model could be fitted yet"
        case .otherFeatures, .nonFinite, .processor, .shape: description
        }
    }
}
