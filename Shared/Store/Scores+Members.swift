package import Market
package import Postgres

/// What one family lost at one origin, before calibration, in units of the floor's range there: all instruments count alike.
package struct MemberLoss: Hashable, Sendable, CustomStringConvertible {
    package let session: SessionDate
    package let horizon: Int
    package let family: String
    package let loss: Double

    package init(session: SessionDate, horizon: Int, family: String, loss: Double) {
        self.session = session
        self.horizon = horizon
        self.family = family
        self.loss = loss
    }

    package var description: String { "\(session) \(horizon) \(family) \(loss)" }
}

extension Scores {
    /// Mean losses by session, horizon and family, in this order, of the origins that were scored by `asOf`. An instrument counts where all
    /// Families forecast it that forecast anything there. Sums are exact, so that the same scores give the same bits in any order.
    ///
    /// - Parameters:
    ///   - floor: the family whose ranges are the unit: a volatility times quantiles that all instruments share.
    ///   - levels: the range's ends as indices into a forecast's quantiles.
    package func memberLosses(
        of families: [String], floor: String, levels: (low: Int, high: Int), from: SessionDate, asOf: Instant
    ) async throws(PostgresError) -> [MemberLoss] {
        try await database.query(
            """
            WITH each AS (
                SELECT session, instrument_id, horizon, kind, avg(raw_loss::numeric) AS loss,
                    count(*) OVER (PARTITION BY session, instrument_id, horizon) AS answers
                FROM scores WHERE kind = ANY ($1) AND session >= $2 AND known_at <= $3 GROUP BY 1, 2, 3, 4
            ), units AS (
                SELECT s.session, s.instrument_id, s.horizon, avg((f.quantiles[$5] - f.quantiles[$6])::numeric) AS unit
                FROM scores s JOIN forecasts f USING (model_id, instrument_id, session, feature_version, data_version, horizon)
                WHERE s.kind = $4 AND s.session >= $2 AND s.known_at <= $3 GROUP BY 1, 2, 3
            ), present AS (
                SELECT session, horizon, count(DISTINCT kind) AS kinds FROM each GROUP BY 1, 2
            )
            SELECT session, horizon, kind, avg(loss / unit)::float8
            FROM each JOIN present USING (session, horizon) JOIN units USING (session, instrument_id, horizon)
            WHERE answers = kinds AND unit > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """, [families, from, asOf, floor, Int32(levels.high + 1), Int32(levels.low + 1)]
        ).all { row throws(PostgresError) in
            MemberLoss(session: try row[0], horizon: try row[1], family: try row[2], loss: try row[3])
        }
    }
}
