package import Market
package import Postgres

/// The sums of many scores of one model family and horizon.
package struct ScoreTotals: Hashable, Sendable {
    /// The role or the instrument by which the scores are grouped.
    package let group: String
    package let family: String
    package let horizon: Int
    package let count: Int
    package let loss, uncalibratedLoss, baselineLoss: Double
    /// The number of outcomes inside the 80 % or the 90 % interval.
    package let inside80, inside90, uncalibratedInside80, uncalibratedInside90, baselineInside80: Int

    /// The coverage for a count of outcomes inside an interval.
    package func coverage(_ inside: Int) -> Double { Double(inside) / Double(count) }
}

/// The mean score of one model family at one origin and horizon, over the instruments that all compared families forecast.
package struct OriginScore: Hashable, Sendable {
    package let session: SessionDate
    package let horizon: Int
    package let family: String
    /// Means over the instruments.
    package let loss, baselineLoss: Double
    /// The number of outcomes inside the published 80 % interval.
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

/// The mean uncalibrated loss of one ensemble member at one origin, in units of the fallback's interval width, so that all instruments
/// count alike.
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

    /// The line that enters the hash of an ensemble's data version.
    package var description: String { "\(session) \(horizon) \(family) \(loss)" }
}

extension Scores {
    /// The column by which totals are grouped.
    package enum Grouping: Sendable {
        case role, instrument

        /// An SQL expression for the group of a row of `scores` (alias s) and its `instruments` (alias i).
        var expression: String { self == .role ? "s.role::text" : "i.id" }
    }

    /// Totals over the origins of a range that were scored by `asOf`, ordered by group, family and horizon; of one instrument if named.
    package func totals(
        by grouping: Grouping, from: SessionDate, through: SessionDate, asOf: Instant, instrument: String? = nil
    ) async throws(PostgresError) -> [ScoreTotals] {
        try await database.query(
            """
            SELECT \(grouping.expression) AS group_name, n.name AS family, s.horizon, count(*) AS count, sum(loss) AS loss,
                sum(uncalibrated_loss) AS uncalibrated_loss, sum(baseline_loss) AS baseline_loss,
                count(*) FILTER (WHERE inside_80) AS inside_80, count(*) FILTER (WHERE inside_90) AS inside_90,
                count(*) FILTER (WHERE uncalibrated_inside_80) AS uncalibrated_inside_80,
                count(*) FILTER (WHERE uncalibrated_inside_90) AS uncalibrated_inside_90,
                count(*) FILTER (WHERE baseline_inside_80) AS baseline_inside_80
            FROM scores s JOIN model_families n ON n.number = s.family JOIN instruments i ON i.number = s.instrument
            WHERE s.session BETWEEN $1 AND $2 AND s.known_at <= $3 AND ($4::text IS NULL OR s.instrument = \(Instruments.number("$4")))
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """, [from, through, asOf, instrument]
        ).all { row throws(PostgresError) in
            ScoreTotals(
                group: try row["group_name"], family: try row["family"], horizon: try row["horizon"], count: try row["count"],
                loss: try row["loss"], uncalibratedLoss: try row["uncalibrated_loss"], baselineLoss: try row["baseline_loss"],
                inside80: try row["inside_80"], inside90: try row["inside_90"], uncalibratedInside80: try row["uncalibrated_inside_80"],
                uncalibratedInside90: try row["uncalibrated_inside_90"], baselineInside80: try row["baseline_inside_80"])
        }
    }

    /// The mean scores of several families on the same instruments, sessions and horizons as scored by `asOf`, ordered by session, horizon
    /// and family.
    ///
    /// Losses are summed exactly, in units of 2^-40: the same scores give the same bits in any order.
    package func origins(of families: Set<String>, from: SessionDate, asOf: Instant) async throws(PostgresError) -> [OriginScore] {
        guard !families.isEmpty else { return [] }
        let families = families.sorted()
        // A column of each: one pass over a year of scores, without a join.
        let columns = families.indices.map { index in
            let here = "FILTER (WHERE n.name = ($3::text[])[\(index + 1)])"
            return """
                sum((loss * 2 ^ 40)::bigint) \(here) / count(*) \(here) AS loss_\(index),
                sum((baseline_loss * 2 ^ 40)::bigint) \(here) / count(*) \(here) AS baseline_\(index), bool_and(inside_80) \(here) AS inside_\(index)
                """
        }
        let means = families.indices.map { index in
            """
            (avg(loss_\(index)) / 2 ^ 40::numeric)::float8 AS loss_\(index), (avg(baseline_\(index)) / 2 ^ 40::numeric)::float8 AS baseline_\(index),
            count(*) FILTER (WHERE inside_\(index)) AS inside_\(index)
            """
        }
        return try await database.query(
            """
            SELECT session, horizon, count(*) AS count, \(means.joined(separator: ", "))
            FROM (
                SELECT session, horizon, instrument, \(columns.joined(separator: ", "))
                FROM scores s JOIN model_families n ON n.number = s.family
                WHERE s.family IN (SELECT number FROM model_families WHERE name = ANY ($3)) AND session >= $1 AND known_at <= $2
                GROUP BY 1, 2, 3 HAVING count(DISTINCT family) = cardinality($3::text[])
            ) each GROUP BY 1, 2 ORDER BY 1, 2
            """, [from, asOf, families]
        ).all { row throws(PostgresError) in
            try families.enumerated().map { index, family throws(PostgresError) in
                OriginScore(
                    session: try row["session"], horizon: try row["horizon"], family: family, loss: try row["loss_\(index)"],
                    baselineLoss: try row["baseline_\(index)"], inside80: try row["inside_\(index)"], count: try row["count"])
            }
        }.flatMap { $0 }
    }

    /// Mean losses of the ensemble's members by session, horizon and family, in this order, of the origins that were scored by `asOf`.
    ///
    /// An instrument is included at an origin if every family with a forecast at that origin forecast the instrument. Sums are exact: the same
    /// scores give the same bits in any order.
    ///
    /// - Parameters:
    ///   - fallback: the family whose interval widths are the unit: a volatility times quantiles that all instruments share.
    ///   - levels: the interval's ends as indices into a forecast's quantiles.
    package func memberLosses(
        of families: [String], fallback: String, levels: (low: Int, high: Int), from: SessionDate, asOf: Instant
    ) async throws(PostgresError) -> [MemberLoss] {
        try await database.query(
            """
            WITH each AS (
                SELECT session, instrument, horizon, family, avg(uncalibrated_loss::numeric) AS loss,
                    count(*) OVER (PARTITION BY session, instrument, horizon) AS forecasts
                FROM scores WHERE family IN (SELECT number FROM model_families WHERE name = ANY ($1)) AND session >= $2 AND known_at <= $3
                GROUP BY 1, 2, 3, 4
            ), units AS (
                SELECT s.session, s.instrument, s.horizon, avg((f.quantiles[$5] - f.quantiles[$6])::numeric) AS unit
                FROM scores s JOIN forecasts f ON f.id = s.forecast_id
                WHERE s.family = \(ModelRegistry.familyNumber("$4")) AND s.session >= $2 AND s.known_at <= $3 GROUP BY 1, 2, 3
            ), present AS (
                SELECT session, horizon, count(DISTINCT family) AS families FROM each GROUP BY 1, 2
            )
            SELECT session, horizon, n.name AS family, avg(loss / unit)::float8 AS loss
            FROM each JOIN present USING (session, horizon) JOIN units USING (session, instrument, horizon)
                JOIN model_families n ON n.number = each.family
            WHERE forecasts = families AND unit > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """, [families, from, asOf, fallback, Int32(levels.high + 1), Int32(levels.low + 1)]
        ).all { row throws(PostgresError) in
            MemberLoss(session: try row["session"], horizon: try row["horizon"], family: try row["family"], loss: try row["loss"])
        }
    }
}
