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
                baseline_model_id, probability_of_fall, spread_factor, quantiles, baseline_quantiles)
            SELECT model, instrument, session, features, data, horizon, role, as_of, close, currency, baseline, fall, spread,
                ($14::float8[])[(i - 1) * $16 + 1 : i * $16], ($15::float8[])[(i - 1) * $16 + 1 : i * $16]
            FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[], $9::bigint[],
                $10::text[], $11::text[], $12::float8[], $13::float8[]) WITH ORDINALITY
                u(model, instrument, session, features, data, horizon, role, as_of, close, currency, baseline, fall, spread, i)
            ON CONFLICT DO NOTHING
            """,
            [
                forecasts.map(\.model), forecasts.map(\.instrument), forecasts.map(\.session), forecasts.map(\.featureVersion),
                forecasts.map(\.dataVersion), forecasts.map(\.horizon), forecasts.map(\.role), forecasts.map(\.asOf),
                forecasts.map(\.originClose), forecasts.map(\.currency), forecasts.map(\.baselineModel),
                forecasts.map(\.probabilityOfLoss), forecasts.map(\.calibrationFactor), forecasts.flatMap(\.quantiles),
                forecasts.flatMap(\.baselineQuantiles),
                Int32(first.quantiles.count),
            ])
    }

    /// Everything an answer about a symbol needs, in one statement; nil for an unknown symbol.
    ///
    /// - Parameters:
    ///   - symbol: ours or the instrument's id.
    ///   - family: of the model; nil asks for the champion's.
    package func kept(
        symbol: String, asOf: Instant, family: String? = nil, featureVersion: String
    ) async throws(PostgresError) -> StoredForecasts? {
        let rows = try await database.query("SELECT * FROM kept_forecasts($1, $2, $3, $4)", [symbol, asOf, family, featureVersion])
        guard let first = rows.first else { return nil }
        var forecasts: [Forecast] = []
        for row in rows where !row.cell(8).isNull {
            let forecast = try Forecast(row, at: 8)
            if let leader = forecasts.first {
                guard (leader.model, leader.session, leader.dataVersion) == (forecast.model, forecast.session, forecast.dataVersion) else {
                    break
                }
            }
            forecasts.append(forecast)
        }
        return StoredForecasts(
            instrument: try Instruments.instrument(first), family: try first[6], fittedAsOf: try first[8 + Forecast.width],
            lastSession: try first[7], forecasts: forecasts)
    }
}
