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
    }

    /// Totals over the origins of a range that were scored by `asOf`, ordered by group, family and horizon; of one instrument if named.
    ///
    /// Totals by role are sums of the roll-up `score_totals`; no score is read.
    package func totals(
        by grouping: Grouping, from: SessionDate, through: SessionDate, asOf: Instant, instrument: String? = nil
    ) async throws(PostgresError) -> [ScoreTotals] {
        let sums =
            switch (grouping, instrument) {
            case (.role, nil): Self.sumsOfTotals
            case (.role, _): Self.sums(by: "role", of: Self.ofInstrument)
            case (.instrument, nil):
                Self.sums(by: "instrument", of: "s.session BETWEEN $1 AND $2 AND s.known_at <= $3 AND $4::text IS NULL")
            case (.instrument, _): Self.sums(by: "instrument", of: Self.ofInstrument)
            }
        let (name, join) =
            switch grouping {
            case .role: ("t.grouped::text", "")
            case .instrument: ("i.id", "JOIN instruments i ON i.number = t.grouped")
            }
        return try await database.query(
            """
            SELECT \(name) AS group_name, n.name AS family, t.*
            FROM (\(sums)) t JOIN model_families n ON n.number = t.family_number \(join)
            ORDER BY 1, 2, t.horizon
            """, [from, through, asOf, instrument]
        ).all { row throws(PostgresError) in
            ScoreTotals(
                group: try row["group_name"], family: try row["family"], horizon: try row["horizon"], count: try row["count"],
                loss: try row["loss"], uncalibratedLoss: try row["uncalibrated_loss"], baselineLoss: try row["baseline_loss"],
                inside80: try row["inside_80"], inside90: try row["inside_90"], uncalibratedInside80: try row["uncalibrated_inside_80"],
                uncalibratedInside90: try row["uncalibrated_inside_90"], baselineInside80: try row["baseline_inside_80"])
        }
    }

    /// A condition on `scores s`: an instrument's scores. Because rows are compared by all columns of one index, the planner can choose no
    /// other one.
    private static let ofInstrument = """
        (s.instrument, s.session) >= (\(Instruments.number("$4")), $1) AND (s.instrument, s.session) <= (\(Instruments.number("$4")), $2)
            AND s.known_at <= $3
        """

    /// A query: sums of the scores that meet a condition, by a column, family and horizon.
    private static func sums(by column: String, of condition: String) -> String {
        """
        SELECT s.\(column) AS grouped, s.family AS family_number, s.horizon, count(*) AS count, sum(loss) AS loss,
            sum(uncalibrated_loss) AS uncalibrated_loss, sum(baseline_loss) AS baseline_loss,
            count(*) FILTER (WHERE inside_80) AS inside_80, count(*) FILTER (WHERE inside_90) AS inside_90,
            count(*) FILTER (WHERE uncalibrated_inside_80) AS uncalibrated_inside_80,
            count(*) FILTER (WHERE uncalibrated_inside_90) AS uncalibrated_inside_90,
            count(*) FILTER (WHERE baseline_inside_80) AS baseline_inside_80
        FROM scores s WHERE \(condition) GROUP BY 1, 2, 3
        """
    }

    /// A query: sums of the roll-up by role, family and horizon.
    private static let sumsOfTotals = """
        SELECT role AS grouped, family AS family_number, horizon, sum(count)::bigint AS count, sum(loss ORDER BY session, known_at) AS loss,
            sum(uncalibrated_loss ORDER BY session, known_at) AS uncalibrated_loss, sum(baseline_loss ORDER BY session, known_at) AS baseline_loss,
            sum(inside_80)::bigint AS inside_80, sum(inside_90)::bigint AS inside_90,
            sum(uncalibrated_inside_80)::bigint AS uncalibrated_inside_80, sum(uncalibrated_inside_90)::bigint AS uncalibrated_inside_90,
            sum(baseline_inside_80)::bigint AS baseline_inside_80
        FROM score_totals WHERE session BETWEEN $1 AND $2 AND known_at <= $3 AND $4::text IS NULL GROUP BY 1, 2, 3
        """

    /// Computes the roll-up anew for the origins, horizons and families of scores that were written.
    ///
    /// A sum adds its values in ascending order, so that it does not depend on the order in which rows arrived.
    func rollUp(_ scores: [ForecastScore]) async throws(PostgresError) {
        struct Group: Hashable {
            let session: SessionDate
            let horizon: Int
            let family: String
        }
        let groups = Array(
            Set(
                scores.map {
                    Group(session: $0.forecast.forecast.session, horizon: $0.forecast.forecast.horizon, family: $0.forecast.family)
                }))
        let parameters: [any PostgresEncodable] = [groups.map(\.session), groups.map(\.horizon), groups.map(\.family)]
        let changed = """
            unnest($1::date[], $2::bigint[], $3::text[]) u (session, horizon, name) JOIN model_families n ON n.name = u.name
            """
        try await database.execute(
            """
            DELETE FROM score_totals t USING \(changed) WHERE (t.session, t.family, t.horizon) = (u.session, n.number, u.horizon)
            """, parameters)
        try await database.execute(
            """
            INSERT INTO score_totals (session, family, horizon, role, known_at, count, loss, uncalibrated_loss, baseline_loss, inside_80,
                inside_90, uncalibrated_inside_80, uncalibrated_inside_90, baseline_inside_80)
            SELECT s.* FROM \(changed) CROSS JOIN LATERAL (
                SELECT session, family, horizon, role, known_at, count(*), sum(loss ORDER BY loss),
                    sum(uncalibrated_loss ORDER BY uncalibrated_loss), sum(baseline_loss ORDER BY baseline_loss),
                    count(*) FILTER (WHERE inside_80), count(*) FILTER (WHERE inside_90), count(*) FILTER (WHERE uncalibrated_inside_80),
                    count(*) FILTER (WHERE uncalibrated_inside_90), count(*) FILTER (WHERE baseline_inside_80)
                FROM scores
                WHERE (family, horizon, session) >= (n.number, u.horizon::smallint, u.session)
                    AND (family, horizon, session) <= (n.number, u.horizon::smallint, u.session)
                GROUP BY 1, 2, 3, 4, 5
            ) s
            """, parameters)
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
            let here = "FILTER (WHERE family = \(ModelRegistry.familyNumber("($3::text[])[\(index + 1)]")))"
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
                FROM scores
                WHERE family = ANY (ARRAY(SELECT number FROM model_families WHERE name = ANY ($3))) AND session >= $1 AND known_at <= $2
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
