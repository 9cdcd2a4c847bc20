package import Market
package import Postgres

/// Many scores of one family and horizon together.
package struct ScoreTotals: Hashable, Sendable {
    /// What they were grouped by: a role or an instrument.
    package let group: String
    package let family: String
    package let horizon: Int
    package let count: Int
    package let loss, uncalibratedLoss, baselineLoss: Double
    package let inside80, inside90, uncalibratedInside80, uncalibratedInside90, baselineInside80: Int

    /// A share of all.
    package func share(_ inside: Int) -> Double { Double(inside) / Double(count) }
}

/// How one family did on the forecasts from one session that all compared families made.
package struct OriginScore: Hashable, Sendable {
    package let session: SessionDate
    package let horizon: Int
    package let family: String
    /// Means over the instruments.
    package let loss, baselineLoss: Double
    /// Outcomes inside the issued 80 % range.
    package let inside80: Int
    package let count: Int

    package init(session: SessionDate, horizon: Int, family: String, loss: Double, baselineLoss: Double, inside80: Int, count: Int) {
        self.session = session
        self.horizon = horizon
        self.family = family
        self.loss = loss
        self.baselineLoss = baselineLoss
        self.inside80 = inside80
        self.count = count
    }
}

extension Scores {
    package enum Grouping: String, Sendable { case role, instrument = "instrument_id" }

    /// Totals over the origins of a range that were scored by `asOf`, of one instrument if named, ordered by group, family and horizon.
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
                group: try row[0], family: try row[1], horizon: try row[2], count: try row[3], loss: try row[4],
                uncalibratedLoss: try row[5],
                baselineLoss: try row[6], inside80: try row[7], inside90: try row[8], uncalibratedInside80: try row[9],
                uncalibratedInside90: try row[10],
                baselineInside80: try row[11])
        }
    }

    /// Families side by side on the same instruments, sessions and horizons, as scored by `asOf`; ordered by session, horizon and family.
    /// Losses are summed in units of 2^-40, so exactly: the same scores give the same bits in any order.
    package func origins(of families: Set<String>, from: SessionDate, asOf: Instant) async throws(PostgresError) -> [OriginScore] {
        guard !families.isEmpty else { return [] }
        let families = families.sorted()
        // A column of each: one pass over a year of scores, without a join.
        let columns = families.indices.map { index in
            let here = "FILTER (WHERE kind = ($3::text[])[\(index + 1)])"
            return """
                sum((loss * 2 ^ 40)::bigint) \(here) / count(*) \(here) AS loss_\(index),
                sum((baseline_loss * 2 ^ 40)::bigint) \(here) / count(*) \(here) AS baseline_\(index), bool_and(inside_80) \(here) AS inside_\(index)
                """
        }
        let means = families.indices.map { index in
            """
            (avg(loss_\(index)) / 2 ^ 40::numeric)::float8, (avg(baseline_\(index)) / 2 ^ 40::numeric)::float8, count(*) FILTER (WHERE inside_\(index))
            """
        }
        return try await database.query(
            """
            SELECT session, horizon, count(*), \(means.joined(separator: ", "))
            FROM (
                SELECT session, horizon, instrument_id, \(columns.joined(separator: ", "))
                FROM scores WHERE kind = ANY ($3) AND session >= $1 AND known_at <= $2
                GROUP BY 1, 2, 3 HAVING count(DISTINCT kind) = cardinality($3::text[])
            ) each GROUP BY 1, 2 ORDER BY 1, 2
            """, [from, asOf, families]
        ).all { row throws(PostgresError) in
            try families.enumerated().map { index, family throws(PostgresError) in
                OriginScore(
                    session: try row[0], horizon: try row[1], family: family, loss: try row[3 + 3 * index],
                    baselineLoss: try row[4 + 3 * index], inside80: try row[5 + 3 * index], count: try row[2])
            }
        }.flatMap { $0 }
    }
}
