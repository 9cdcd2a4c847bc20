import Forecasting
import Market

/// Summary of a backtest's failed trainings and of its origins without a forecast.
struct BacktestProblems {
    /// The failed trainings of one family.
    struct FailedFamily: Encodable {
        let family: String
        /// Whether an earlier version continued to forecast; otherwise the family made no forecast.
        let keepsEarlierVersion: Bool
        /// The number of origin sessions at which the training failed, and of all origin sessions.
        let sessions, totalSessions: Int
        /// The number of warm-up sessions at which the training failed.
        let warmUpSessions: Int
        /// The reason of the last failure.
        let reason: String

        private enum CodingKeys: String, CodingKey {
            case family, keepsEarlierVersion = "keeps_earlier_version", sessions, totalSessions = "total_sessions"
            case warmUpSessions = "warm_up_sessions", reason
        }
    }

    /// Origins without a forecast for one reason.
    struct RejectedGroup: Encodable {
        struct First: Encodable {
            let symbol, session: String
        }

        let reason: String
        let origins: Int
        let first: First
    }

    let failed: [FailedFamily]
    /// Origins without a forecast, the most frequent reason first.
    let rejected: [RejectedGroup]

    init(_ report: BacktestReport) {
        let sessions = Set(report.forecasts.map(\.origin.session)).union(report.rejected.map(\.origin.session))
        let grouped = Dictionary(grouping: report.failedTrainings) { "\($0.family)\($0.keepsEarlierVersion ? " again" : "")" }
        failed = grouped.sorted { $0.key < $1.key }.map { _, failures in
            let last = failures[failures.count - 1]
            let count = failures.count { sessions.contains($0.session) }
            return FailedFamily(
                family: last.family, keepsEarlierVersion: last.keepsEarlierVersion, sessions: count, totalSessions: sessions.count,
                warmUpSessions: failures.count - count, reason: last.reason.description)
        }
        rejected = Dictionary(grouping: report.rejected, by: \.reason.group)
            .map { reason, rejected in
                let first = rejected[0].origin
                return RejectedGroup(
                    reason: reason, origins: rejected.count, first: .init(symbol: first.symbol, session: first.session.description))
            }
            .sorted { ($1.origins, $0.reason) < ($0.origins, $1.reason) }
    }

    /// The summary as short lines for a terminal.
    var lines: [String] {
        failed.filter { $0.sessions > 0 }.map {
            "training of \($0.family) failed\($0.keepsEarlierVersion ? "" : " and left no model") at \($0.sessions) of \($0.totalSessions) "
                + "sessions: \($0.reason)"
        }
            + rejected.map {
                "\($0.origins) origin\($0.origins == 1 ? "" : "s") without a forecast: \($0.reason), the first \($0.first.symbol) at "
                    + $0.first.session
            }
    }
}

extension ForecastError {
    /// The reason without values that differ between origins.
    fileprivate var group: String {
        switch self {
        case .shortHistory(_, let needed): "too little history, a forecast needs \(needed) sessions"
        case .noVolatility: "no volatility can be measured"
        case .untrained: "no model could be trained yet"
        case .otherFeatures, .nonFinite, .processor, .shape: description
        }
    }
}
