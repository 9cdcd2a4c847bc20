package import Market
package import Postgres

/// What one matured forecast was worth. Losses are mean pinball losses over the levels; `raw` is without the spread factor.
package struct ForecastScore: Hashable, Sendable {
    package let forecast: MaturedForecast
    package let loss, uncalibratedLoss, baselineLoss: Double
    package let inside80, inside90, uncalibratedInside80, uncalibratedInside90, baselineInside80: Bool

    package init(
        _ forecast: MaturedForecast, loss: Double, uncalibratedLoss: Double, baselineLoss: Double, inside80: Bool, inside90: Bool,
        uncalibratedInside80: Bool,
        uncalibratedInside90: Bool, baselineInside80: Bool
    ) {
        self.forecast = forecast
        self.loss = loss
        self.uncalibratedLoss = uncalibratedLoss
        self.baselineLoss = baselineLoss
        self.inside80 = inside80
        self.inside90 = inside90
        self.uncalibratedInside80 = uncalibratedInside80
        self.uncalibratedInside90 = uncalibratedInside90
        self.baselineInside80 = baselineInside80
    }
}

/// Scores of matured forecasts: derived from forecasts and features, each a function of what was known when its horizon ended.
package struct Scores: Sendable {
    let database: Database
    package init(_ database: Database) { self.database = database }

    /// Keeps every other task from scoring until the transaction ends.
    package func lock() async throws(PostgresError) {
        try await database.query("SELECT pg_advisory_xact_lock(hashtextextended('bellwether scores', 0))")
    }

    /// The forecasts from origins on or after `from` whose horizon was over by `asOf` and that have no score, or whose horizon was over in
    /// the last two weeks and whose score a late answer made obsolete. Ordered by session, instrument, model, horizon.
    package func due(
        from: SessionDate, asOf: Instant, horizons: [Int], featureVersion: String
    ) async throws(PostgresError) -> [MaturedForecast] {
        try await database.query(
            """
            WITH firsts AS (
                SELECT DISTINCT instrument_id, session FROM features WHERE version = $1 AND known_at <= $2 AND session >= $3
            ), targets AS MATERIALIZED (
                SELECT instrument_id, session, horizon, lead(session, horizon) OVER w AS target
                FROM firsts CROSS JOIN unnest($4::integer[]) h(horizon) WINDOW w AS (PARTITION BY instrument_id, horizon ORDER BY session)
            ), came AS MATERIALIZED (
                SELECT f.*, greatest(f.as_of, k.known_at) AS matured_at, (
                    SELECT sum(r.log_return ORDER BY r.session) FROM (
                        SELECT DISTINCT ON (x.session) x.session, x.log_return FROM features x
                        WHERE x.instrument_id = f.instrument_id AND x.version = $1 AND x.session > f.session AND x.session <= t.target
                            AND x.known_at <= greatest(f.as_of, k.known_at)
                        ORDER BY x.session, x.known_at DESC, x.fetched_at DESC, x.sha256 DESC
                    ) r
                ) AS outcome, s.known_at AS scored_at, s.outcome AS scored
                FROM targets t
                JOIN forecasts f ON (f.session, f.instrument_id, f.horizon) = (t.session, t.instrument_id, t.horizon)
                CROSS JOIN LATERAL (
                    SELECT max(first) AS known_at FROM (
                        SELECT min(x.known_at) AS first FROM features x
                        WHERE x.instrument_id = f.instrument_id AND x.version = $1 AND x.session > f.session AND x.session <= t.target
                            AND x.known_at <= $2
                        GROUP BY x.session
                    ) firsts
                ) k
                LEFT JOIN scores s ON (s.model_id, s.instrument_id, s.session, s.feature_version, s.data_version, s.horizon)
                    = (f.model_id, f.instrument_id, f.session, f.feature_version, f.data_version, f.horizon)
                WHERE t.target IS NOT NULL AND f.feature_version = $1 AND f.as_of <= $2
                    AND (s.known_at IS NULL OR t.target >= ($2 AT TIME ZONE 'UTC')::date - 14)
            )
            SELECT \(Forecast.columns), m.kind, f.outcome, f.matured_at
            FROM came f JOIN models m ON m.id = f.model_id
            WHERE f.outcome <> 'NaN' AND (f.scored_at, f.scored) IS DISTINCT FROM (f.matured_at, f.outcome)
            ORDER BY f.session, f.instrument_id, f.model_id, f.horizon, f.data_version
            """, [featureVersion, asOf, from, horizons.map(Int32.init)]
        ).all { row throws(PostgresError) in
            MaturedForecast(
                forecast: try Forecast(row), family: try row[Forecast.width], outcome: try row[Forecast.width + 1],
                knownAt: try row[Forecast.width + 2])
        }
    }

    /// Writes scores in place of obsolete ones. Call under `lock`, in its transaction.
    package func replace(_ scores: [ForecastScore]) async throws(PostgresError) {
        guard !scores.isEmpty else { return }
        let forecasts = scores.map(\.forecast.forecast)
        let key: [any PostgresEncodable] = [
            forecasts.map(\.model), forecasts.map(\.instrument), forecasts.map(\.session), forecasts.map(\.featureVersion),
            forecasts.map(\.dataVersion), forecasts.map(\.horizon),
        ]
        try await database.execute(
            """
            DELETE FROM scores WHERE (model_id, instrument_id, session, feature_version, data_version, horizon) IN (
                SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::bigint[]))
            """, key)
        try await database.execute(
            """
            INSERT INTO scores (model_id, instrument_id, session, feature_version, data_version, horizon, kind, role, known_at, outcome, loss,
                raw_loss, baseline_loss, inside_80, inside_90, raw_inside_80, raw_inside_90, baseline_inside_80)
            SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                $9::timestamptz[], $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::bool[], $15::bool[], $16::bool[],
                $17::bool[], $18::bool[])
            """,
            key + [
                scores.map(\.forecast.family), forecasts.map(\.role), scores.map(\.forecast.knownAt), scores.map(\.forecast.outcome),
                scores.map(\.loss), scores.map(\.uncalibratedLoss), scores.map(\.baselineLoss), scores.map(\.inside80),
                scores.map(\.inside90),
                scores.map(\.uncalibratedInside80), scores.map(\.uncalibratedInside90), scores.map(\.baselineInside80),
            ])
    }
}
