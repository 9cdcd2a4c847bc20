package import Market
package import Postgres

/// The table of scores of matured forecasts, derived from forecasts and features as known at the end of the horizon.
package struct Scores: Sendable {
    /// Late data can change a stored score for this many days after its target session. Two weeks are enough for a provider's corrections,
    /// and they bound the forecasts that each scoring compares again.
    static let correctionDays = 14

    let database: Database
    package init(_ database: Database) { self.database = database }

    /// Locks scoring against other tasks until the transaction ends.
    package func lock() async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended('bellwether scores', 0))")
    }

    /// The matured forecasts without a valid score, ordered by session, instrument, model and horizon.
    ///
    /// A forecast has matured when its target session's return is known. A forecast whose instrument did not trade in its target session, or
    /// whose target session was withdrawn when it matured, has no outcome. A forecast made in hindsight is never scored. A stored score is due
    /// again if late data changed the outcome within `correctionDays`.
    ///
    /// - Parameter from: the first origin that counts.
    package func due(
        from: SessionDate, asOf: Instant, horizons: [Int], featureVersion: String
    ) async throws(PostgresError) -> [MaturedForecast] {
        var (exchanges, origins, steps, targets): ([String], [SessionDate], [Int32], [SessionDate]) = ([], [], [], [])
        for (exchange, sessions) in try await heldSessions(from: from, asOf: asOf, featureVersion: featureVersion) {
            for (origin, horizon) in sessions.flatMap({ session in horizons.map { (session, $0) } }) {
                guard let target = TargetSession.find(horizon: horizon, after: origin, in: sessions) else { continue }
                exchanges.append(exchange)
                origins.append(origin)
                steps.append(Int32(horizon))
                targets.append(target)
            }
        }
        return try await database.query(
            """
            WITH targets AS MATERIALIZED (
                SELECT i.number AS instrument, t.session, t.horizon, t.target
                FROM unnest($3::text[], $4::date[], $5::integer[], $6::date[]) t (exchange, session, horizon, target)
                JOIN instruments i ON i.exchange = t.exchange
            ), matured AS MATERIALIZED (
                SELECT f.*, greatest(f.as_of, k.known_at) AS matured_at, (
                    SELECT CASE WHEN bool_or(r.session = t.target AND r.holds) THEN sum(r.log_return ORDER BY r.session) END FROM (
                        SELECT DISTINCT ON (x.session) x.session, x.log_return, x."values" <> \(FeatureStore.withdrawnValues) AS holds
                        FROM features x
                        WHERE x.instrument = f.instrument AND x.version = $1 AND x.session > f.session AND x.session <= t.target
                            AND x.known_at <= greatest(f.as_of, k.known_at)
                        ORDER BY x.session, x.response_id DESC
                    ) r
                ) AS outcome, s.known_at AS scored_at, s.outcome AS scored
                FROM targets t
                JOIN forecasts f ON (f.session, f.instrument, f.horizon) = (t.session, t.instrument, t.horizon)
                CROSS JOIN LATERAL (
                    SELECT max(first) AS known_at, max(session) AS last_session FROM (
                        SELECT x.session, min(x.known_at) AS first FROM features x
                        WHERE x.instrument = f.instrument AND x.version = $1 AND x.session > f.session AND x.session <= t.target
                            AND x.known_at <= $2
                        GROUP BY x.session
                    ) known
                ) k
                LEFT JOIN scores s ON s.forecast_id = f.id
                WHERE k.last_session = t.target AND f.as_of <= $2 AND NOT f.hindsight
                    AND (s.known_at IS NULL OR t.target >= $7)
            )
            SELECT \(Forecast.columns), n.name AS family, f.id AS forecast_id, f.outcome, f.matured_at
            FROM matured f \(Forecast.joins) JOIN model_families n ON n.number = m.family
            WHERE m.feature_version = $1 AND f.outcome <> 'NaN' AND (f.scored_at, f.scored) IS DISTINCT FROM (f.matured_at, f.outcome)
            ORDER BY f.session, i.id, m.id, f.horizon, f.data_version
            """, [featureVersion, asOf, exchanges, origins, steps, targets, asOf.utcDate.advanced(by: -Self.correctionDays)]
        ).all { row throws(PostgresError) in
            MaturedForecast(
                forecast: try Forecast(row), family: try row["family"], outcome: try row["outcome"], knownAt: try row["matured_at"],
                forecastID: try row["forecast_id"])
        }
    }

    /// The sessions that each exchange held from a date on, in order, by the features of its instruments as of an instant.
    private func heldSessions(
        from: SessionDate, asOf: Instant, featureVersion: String
    ) async throws(PostgresError) -> [String: [SessionDate]] {
        var traded: [String: [(session: SessionDate, instruments: Int)]] = [:]
        for row in try await database.query(
            """
            SELECT i.exchange, x.session, count(*) AS instruments FROM (
                SELECT DISTINCT ON (instrument, session) instrument, session, "values" <> \(FeatureStore.withdrawnValues) AS holds
                FROM features
                WHERE version = $1 AND known_at <= $2 AND session >= $3
                ORDER BY instrument, session, response_id DESC
            ) x JOIN instruments i ON i.number = x.instrument
            WHERE x.holds GROUP BY i.exchange, x.session ORDER BY i.exchange, x.session
            """, [featureVersion, asOf, from])
        {
            traded[try row["exchange"], default: []].append((try row["session"], try row["instruments"]))
        }
        return traded.mapValues(TargetSession.held)
    }

    /// Writes scores in place of obsolete ones, and the roll-up of their origins. Call under `lock`, in its transaction.
    package func replace(_ scores: [ForecastScore]) async throws(PostgresError) {
        guard !scores.isEmpty else { return }
        let forecasts = scores.map(\.forecast.forecast)
        try await database.execute(
            """
            INSERT INTO scores (forecast_id, instrument, session, horizon, family, role, known_at, outcome, loss, uncalibrated_loss, baseline_loss,
                inside_80, inside_90, uncalibrated_inside_80, uncalibrated_inside_90, baseline_inside_80)
            SELECT f.id, f.instrument, f.session, f.horizon, m.family, f.role, u.known_at, u.outcome, u.loss, u.uncalibrated_loss,
                u.baseline_loss, u.inside_80, u.inside_90, u.uncalibrated_inside_80, u.uncalibrated_inside_90, u.baseline_inside_80
            FROM unnest($1::bigint[], $2::text[], $3::text[], $4::date[], $5::text[], $6::bigint[], $7::timestamptz[], $8::float8[],
                $9::float8[], $10::float8[], $11::float8[], $12::bool[], $13::bool[], $14::bool[], $15::bool[], $16::bool[])
                u (id, model, instrument, session, data, horizon, known_at, outcome, loss, uncalibrated_loss, baseline_loss, inside_80,
                    inside_90, uncalibrated_inside_80, uncalibrated_inside_90, baseline_inside_80)
            LEFT JOIN forecasts f ON f.id = coalesce(u.id, (
                SELECT n.id FROM forecasts n WHERE n.instrument = \(Instruments.number("u.instrument")) AND n.session = u.session
                    AND n.horizon = u.horizon AND n.model = \(ModelRegistry.number("u.model")) AND n.data_version = decode(u.data, 'hex')))
            LEFT JOIN models m ON m.number = f.model
            ON CONFLICT (forecast_id) DO UPDATE SET (known_at, outcome, loss, uncalibrated_loss, baseline_loss, inside_80, inside_90,
                uncalibrated_inside_80, uncalibrated_inside_90, baseline_inside_80)
                = (EXCLUDED.known_at, EXCLUDED.outcome, EXCLUDED.loss, EXCLUDED.uncalibrated_loss, EXCLUDED.baseline_loss, EXCLUDED.inside_80,
                EXCLUDED.inside_90, EXCLUDED.uncalibrated_inside_80, EXCLUDED.uncalibrated_inside_90, EXCLUDED.baseline_inside_80)
            """,
            [
                scores.map(\.forecast.forecastID), forecasts.map(\.model), forecasts.map(\.instrument), forecasts.map(\.session),
                forecasts.map(\.dataVersion), forecasts.map(\.horizon), scores.map(\.forecast.knownAt), scores.map(\.forecast.outcome),
                scores.map(\.loss), scores.map(\.uncalibratedLoss), scores.map(\.baselineLoss), scores.map(\.inside80),
                scores.map(\.inside90), scores.map(\.uncalibratedInside80), scores.map(\.uncalibratedInside90),
                scores.map(\.baselineInside80),
            ])
        try await rollUp(scores)
    }
}
