import Forecasting
import Market
import Postgres
import Store

/// Coverage and skill of a model family's matured forecasts of one instrument and horizon.
struct PerformanceSummary: Sendable {
    let forecasts: Int
    /// Share of outcomes between the 10 % and the 90 % quantile.
    let coverage80: Double
    /// 1 − pinball loss / the random walk's pinball loss.
    let pinballSkill: Double
}

/// The performance of an instrument's matured forecasts, cached by session and hour.
actor PerformanceSummaryCache {
    /// The number of calendar days whose origins are included.
    private static let lookback = 550

    struct Key: Hashable {
        let family: String
        let horizon: Int
    }

    private struct Period: Hashable {
        let session: SessionDate
        /// Whole hours since 1970: scores are written once a day.
        let hour: Int64
    }

    private let scores: Scores
    private var period: Period?
    private var byInstrument: [String: [Key: PerformanceSummary]] = [:]

    init(_ database: Database) { scores = Scores(database) }

    /// The summaries of every model family and horizon up to `session`, as of the last full hour.
    func summaries(of instrument: String, through session: SessionDate, asOf: Instant) async throws -> [Key: PerformanceSummary] {
        let queried = Period(session: session, hour: asOf.seconds / 3600)
        if period == queried, let found = byInstrument[instrument] { return found }
        let totals = try await scores.totals(
            by: .instrument, from: session.advanced(by: -Self.lookback), through: session, asOf: Instant(seconds: queried.hour * 3600),
            instrument: instrument)
        let summaries = Dictionary(
            uniqueKeysWithValues: totals.map {
                (
                    Key(family: $0.family, horizon: $0.horizon),
                    PerformanceSummary(
                        forecasts: $0.count, coverage80: $0.coverage($0.inside80),
                        pinballSkill: Evaluation.skill($0.loss, over: $0.baselineLoss))
                )
            })
        if period != queried {
            period = queried
            byInstrument = [:]
        }
        byInstrument[instrument] = summaries
        return summaries
    }
}
