package import Market
package import Postgres

/// Many scores of one kind and horizon together.
package struct ScoreTotals: Hashable, Sendable {
    /// What they were grouped by: a role or an instrument.
    package let group: String
    package let kind: String
    package let horizon: Int
    package let count: Int
    package let loss, rawLoss, baselineLoss: Double
    package let inside80, inside90, rawInside80, rawInside90, baselineInside80: Int

    /// A share of all.
    package func share(_ inside: Int) -> Double { Double(inside) / Double(count) }
}

/// How one kind did on the forecasts from one session that all compared kinds made.
package struct OriginScore: Hashable, Sendable {
    package let session: SessionDate
    package let horizon: Int
    package let kind: String
    /// Means over the instruments.
    package let loss, baselineLoss: Double
    /// Outcomes inside the issued 80 % range.
    package let inside80: Int
    package let count: Int

    package init(session: SessionDate, horizon: Int, kind: String, loss: Double, baselineLoss: Double, inside80: Int, count: Int) {
        self.session = session
        self.horizon = horizon
        self.kind = kind
        self.loss = loss
        self.baselineLoss = baselineLoss
        self.inside80 = inside80
        self.count = count
    }
}

extension Scores {
    package enum Grouping: String, Sendable { case role, instrument = "instrument_id" }

    /// Totals over the origins of a range that were scored by `asOf`, of one instrument if named, ordered by group, kind and horizon.
    package func totals(
        by grouping: Grouping, from: SessionDate, through: SessionDate, asOf: Instant, instrument: String? = nil
    ) async throws(PostgresError) -> [ScoreTotals] {
        try await database.query(
            """
            SELECT \(grouping.rawValue), kind, horizon, count(*), sum(loss), sum(raw_loss), sum(baseline_loss), count(*) FILTER (WHERE inside_80),
                count(*) FILTER (WHERE inside_90), count(*) FILTER (WHERE raw_inside_80), count(*) FILTER (WHERE raw_inside_90),
                count(*) FILTER (WHERE baseline_inside_80)
            FROM scores WHERE session BETWEEN $1 AND $2 AND known_at <= $3 AND ($4 IS NULL OR instrument_id = $4) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """, [from, through, asOf, instrument]
        ).all { row throws(PostgresError) in
            ScoreTotals(
                group: try row[0], kind: try row[1], horizon: try row[2], count: try row[3], loss: try row[4], rawLoss: try row[5],
                baselineLoss: try row[6], inside80: try row[7], inside90: try row[8], rawInside80: try row[9], rawInside90: try row[10],
                baselineInside80: try row[11])
        }
    }

    /// Kinds side by side on the same instruments, sessions and horizons, as scored by `asOf`; ordered by session, horizon and kind.
    /// Sums are exact, so that the same scores give the same bits in any order.
    package func origins(of kinds: Set<String>, from: SessionDate, asOf: Instant) async throws(PostgresError) -> [OriginScore] {
        try await database.query(
            """
            WITH each AS (
                SELECT session, instrument_id, horizon, kind, avg(loss::numeric) AS loss, avg(baseline_loss::numeric) AS baseline_loss,
                    bool_and(inside_80) AS inside
                FROM scores WHERE kind = ANY ($1) AND session >= $2 AND known_at <= $3 GROUP BY 1, 2, 3, 4
            ), shared AS (
                SELECT session, instrument_id, horizon FROM each GROUP BY 1, 2, 3 HAVING count(*) = cardinality($1)
            )
            SELECT session, horizon, kind, avg(loss)::float8, avg(baseline_loss)::float8, count(*) FILTER (WHERE inside), count(*)
            FROM each JOIN shared USING (session, instrument_id, horizon) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """, [kinds.sorted(), from, asOf]
        ).all { row throws(PostgresError) in
            OriginScore(
                session: try row[0], horizon: try row[1], kind: try row[2], loss: try row[3], baselineLoss: try row[4],
                inside80: try row[5],
                count: try row[6])
        }
    }
}
