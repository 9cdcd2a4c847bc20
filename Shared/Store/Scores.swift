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
    /// A forecast has matured when its target session's return is known. A forecast whose instrument did not trade in its target session
    /// has no outcome. A stored score is due again if late data changed the outcome within `correctionDays`.
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
                SELECT i.id AS instrument_id, t.session, t.horizon, t.target
                FROM unnest($3::text[], $4::date[], $5::integer[], $6::date[]) t (exchange, session, horizon, target)
                JOIN instruments i ON i.exchange = t.exchange
            ), matured AS MATERIALIZED (
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
                    SELECT max(first) AS known_at, max(session) AS last_session FROM (
                        SELECT x.session, min(x.known_at) AS first FROM features x
                        WHERE x.instrument_id = f.instrument_id AND x.version = $1 AND x.session > f.session AND x.session <= t.target
                            AND x.known_at <= $2
                        GROUP BY x.session
                    ) known
                ) k
                LEFT JOIN scores s ON (s.model_id, s.instrument_id, s.session, s.feature_version, s.data_version, s.horizon)
                    = (f.model_id, f.instrument_id, f.session, f.feature_version, f.data_version, f.horizon)
                WHERE k.last_session = t.target AND f.feature_version = $1 AND f.as_of <= $2
                    AND (s.known_at IS NULL OR t.target >= $7)
            )
            SELECT \(Forecast.columns), m.family, f.outcome, f.matured_at
            FROM matured f JOIN models m ON m.id = f.model_id
            WHERE f.outcome <> 'NaN' AND (f.scored_at, f.scored) IS DISTINCT FROM (f.matured_at, f.outcome)
            ORDER BY f.session, f.instrument_id, f.model_id, f.horizon, f.data_version
            """, [featureVersion, asOf, exchanges, origins, steps, targets, asOf.utcDate.advanced(by: -Self.correctionDays)]
        ).all { row throws(PostgresError) in
            MaturedForecast(
                forecast: try Forecast(row), family: try row["family"], outcome: try row["outcome"], knownAt: try row["matured_at"])
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
                SELECT DISTINCT ON (instrument_id, session) instrument_id, session, "values" <> \(FeatureStore.withdrawnValues) AS holds
                FROM features
                WHERE version = $1 AND known_at <= $2 AND session >= $3
                ORDER BY instrument_id, session, known_at DESC, fetched_at DESC, sha256 DESC
            ) x JOIN instruments i ON i.id = x.instrument_id
            WHERE x.holds GROUP BY i.exchange, x.session ORDER BY i.exchange, x.session
            """, [featureVersion, asOf, from])
        {
            traded[try row["exchange"], default: []].append((try row["session"], try row["instruments"]))
        }
        return traded.mapValues(TargetSession.held)
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
            INSERT INTO scores (model_id, instrument_id, session, feature_version, data_version, horizon, family, role, known_at, outcome, loss,
                uncalibrated_loss, baseline_loss, inside_80, inside_90, uncalibrated_inside_80, uncalibrated_inside_90, baseline_inside_80)
            SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                $9::timestamptz[], $10::float8[], $11::float8[], $12::float8[], $13::float8[], $14::bool[], $15::bool[], $16::bool[],
                $17::bool[], $18::bool[])
            """,
            key + [
                scores.map(\.forecast.family), forecasts.map(\.role), scores.map(\.forecast.knownAt), scores.map(\.forecast.outcome),
                scores.map(\.loss), scores.map(\.uncalibratedLoss), scores.map(\.baselineLoss), scores.map(\.inside80),
                scores.map(\.inside90), scores.map(\.uncalibratedInside80), scores.map(\.uncalibratedInside90),
                scores.map(\.baselineInside80),
            ])
    }
}
