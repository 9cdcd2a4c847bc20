package import Market
package import Postgres

/// Issued forecasts. Insert-only: what was said stays said.
package struct Forecasts: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Keeps forecasts; one that is kept under the same (model, instrument, session, versions, horizon) stays. Returns how many are new.
    @discardableResult
    package func keep(_ forecasts: [Forecast]) async throws(PostgresError) -> Int {
        guard let first = forecasts.first else { return 0 }
        return try await database.execute(
            """
            INSERT INTO forecasts (model_id, instrument_id, session, feature_version, data_version, horizon, role, as_of, origin_close, currency,
                baseline_model_id, probability_of_fall, quantiles, baseline_quantiles)
            SELECT model, instrument, session, features, data, horizon, role, as_of, close, currency, baseline, fall,
                ($13::float8[])[(i - 1) * $15 + 1 : i * $15], ($14::float8[])[(i - 1) * $15 + 1 : i * $15]
            FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[], $9::bigint[],
                $10::text[], $11::text[], $12::float8[]) WITH ORDINALITY
                u(model, instrument, session, features, data, horizon, role, as_of, close, currency, baseline, fall, i)
            ON CONFLICT DO NOTHING
            """,
            [
                forecasts.map(\.model), forecasts.map(\.instrument), forecasts.map(\.session), forecasts.map(\.featureVersion),
                forecasts.map(\.dataVersion), forecasts.map(\.horizon), forecasts.map(\.role), forecasts.map(\.asOf),
                forecasts.map(\.originClose), forecasts.map(\.currency), forecasts.map(\.baselineModel),
                forecasts.map(\.probabilityOfFall), forecasts.flatMap(\.quantiles), forecasts.flatMap(\.baselineQuantiles),
                Int32(first.quantiles.count),
            ])
    }

    /// Everything an answer about a symbol needs, in one statement; nil for an unknown symbol. `symbol` is ours or the instrument's id.
    package func kept(
        symbol: String, asOf: Instant, slot: Promotions.Slot = .champion, featureVersion: String
    ) async throws(PostgresError) -> KeptForecasts? {
        let rows = try await database.query(
            "SELECT * FROM kept_forecasts($1, $2, $3, $4)", [symbol, asOf, slot.rawValue, featureVersion])
        guard let first = rows.first else { return nil }
        var forecasts: [Forecast] = []
        for row in rows where !row.cell(10).isNull {
            let forecast = try Forecast(row, at: 10)
            if let leader = forecasts.first {
                guard (leader.session, leader.dataVersion) == (forecast.session, forecast.dataVersion) else { break }
            }
            forecasts.append(forecast)
        }
        let model =
            first.cell(5).isNull
            ? nil
            : (id: try first[5] as String, kind: try first[6] as String, asOf: try first[7] as Instant, metrics: try first[8] as String)
        return KeptForecasts(instrument: try Instruments.instrument(first), model: model, lastSession: try first[9], forecasts: forecasts)
    }

    /// The forecasts from origins in a range whose horizon was over as of `asOf`, with the return that the features of `featureVersion`
    /// show, ordered by session, instrument, model, horizon.
    package func matured(
        from: SessionDate, through: SessionDate, asOf: AsOf, featureVersion: String, role: String? = nil
    ) async throws(PostgresError) -> [MaturedForecast] {
        try await database.query(
            """
            WITH returns AS (
                SELECT DISTINCT ON (instrument_id, session) instrument_id, session, log_return FROM features
                WHERE version = $1 AND \(asOf.column) <= $2 AND session >= $3
                ORDER BY instrument_id, session, known_at DESC, fetched_at DESC, sha256 DESC
            ), levels AS (
                SELECT instrument_id, session, row_number() OVER w AS n,
                    sum(CASE WHEN log_return = 'NaN' THEN 0 ELSE log_return END) OVER w AS level
                FROM returns WINDOW w AS (PARTITION BY instrument_id ORDER BY session)
            )
            SELECT \(Forecast.columns), m.kind, t.level - o.level
            FROM forecasts f
            JOIN levels o ON o.instrument_id = f.instrument_id AND o.session = f.session
            JOIN levels t ON t.instrument_id = f.instrument_id AND t.n = o.n + f.horizon
            JOIN models m ON m.id = f.model_id
            WHERE f.session BETWEEN $3 AND $4 AND f.as_of <= $2 AND ($5 IS NULL OR f.role = $5)
            ORDER BY f.session, f.instrument_id, f.model_id, f.horizon, f.data_version
            """, [featureVersion, asOf.instant, from, through, role]
        ).all { row throws(PostgresError) in
            MaturedForecast(forecast: try Forecast(row), modelKind: try row[14], outcome: try row[15])
        }
    }
}
