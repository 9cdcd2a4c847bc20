import Forecasting
import Market
import Postgres
import Store

/// How forecasts of an instrument did once their horizon was over. Kept in memory for as long as the same session and hour are asked about.
actor PerformanceSummaries {
    /// Calendar days of origins that count.
    private static let memory = 550

    struct Key: Hashable {
        let family: String
        let horizon: Int
    }

    private struct Moment: Hashable {
        let session: SessionDate
        /// Whole hours since 1970: scores come once a day.
        let hour: Int64
    }

    private let scores: Scores
    private var moment: Moment?
    private var known: [String: [Key: PerformanceSummary]] = [:]

    init(_ database: Database) { scores = Scores(database) }

    /// The evidence of every model family and horizon up to `session`, as of the last full hour.
    func evidence(of instrument: String, through session: SessionDate, asOf: Instant) async throws -> [Key: PerformanceSummary] {
        let wanted = Moment(session: session, hour: asOf.seconds / 3600)
        if moment == wanted, let found = known[instrument] { return found }
        let totals = try await scores.totals(
            by: .instrument, from: session.advanced(by: -Self.memory), through: session, asOf: Instant(seconds: wanted.hour * 3600),
            instrument: instrument)
        let evidence = Dictionary(
            uniqueKeysWithValues: totals.map {
                (
                    Key(family: $0.family, horizon: $0.horizon),
                    PerformanceSummary(
                        forecasts: $0.count, coverage80: $0.share($0.inside80),
                        pinballSkill: Evaluation.skill($0.loss, over: $0.baselineLoss))
                )
            })
        if moment != wanted {
            moment = wanted
            known = [:]
        }
        known[instrument] = evidence
        return evidence
    }
}
