package import Market
package import Postgres

/// The table of published forecasts. Rows are inserted and never changed.
package struct Forecasts: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Stores forecasts and returns how many are new; a row under the same (model, instrument, session, versions, horizon) stays.
    @discardableResult
    package func store(_ forecasts: [Forecast]) async throws(PostgresError) -> Int {
        guard let first = forecasts.first else { return 0 }
        return try await database.execute(
            """
            INSERT INTO forecasts (model_id, instrument_id, session, feature_version, data_version, horizon, role, as_of, origin_close, currency,
                baseline_model_id, probability_of_loss, calibration_factor, quantiles, baseline_quantiles)
            SELECT model, instrument, session, features, data, horizon, role, as_of, close, currency, baseline, loss, factor,
                ($14::float8[])[(i - 1) * $16 + 1 : i * $16], ($15::float8[])[(i - 1) * $16 + 1 : i * $16]
            FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::timestamptz[], $9::float8[],
                $10::text[], $11::text[], $12::float8[], $13::float8[]) WITH ORDINALITY
                u(model, instrument, session, features, data, horizon, role, as_of, close, currency, baseline, loss, factor, i)
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

    /// The largest number of rows read per model version, more than the horizons of its latest origin.
    private static let rowsPerVersion = 8
    /// The largest number of days from an origin to the instrument's last session.
    private static let days = 60

    /// The latest forecasts of an instrument by some model families, in one statement; nil for an unknown symbol.
    ///
    /// Every version is looked up by a prefix of the primary key in descending order, so that the plan does not depend on the planner's
    /// statistics.
    ///
    /// - Parameters:
    ///   - symbol: the canonical symbol, or the instrument's id.
    ///   - members: the families; only forecasts of their versions are read.
    package func latest(
        symbol: String, asOf: Instant, members: [ModelLineup.Member], featureVersion: String
    ) async throws(PostgresError) -> StoredForecasts? {
        let rows = try await database.query(
            """
            SELECT i.id, i.symbol, i.exchange, i.currency AS instrument_currency, i.name, l.last_session, \(Forecast.columns)
            FROM instruments i
            LEFT JOIN LATERAL (\(FeatureStore.lastSession(of: "i.id", version: "$3", asOf: "$2"))) l (last_session) ON true
            LEFT JOIN LATERAL (
                SELECT f.* FROM unnest($4::text[]) v (id) CROSS JOIN LATERAL (
                    SELECT * FROM forecasts
                    WHERE model_id = v.id AND instrument_id = i.id AND feature_version = $3 AND as_of <= $2
                        AND session BETWEEN coalesce(l.last_session - \(Self.days), '-infinity') AND coalesce(l.last_session, 'infinity')
                    ORDER BY session DESC, as_of DESC, data_version DESC, horizon LIMIT \(Self.rowsPerVersion)
                ) f
            ) f ON true
            WHERE i.id = (SELECT instrument_named($1, $2))
            """, [symbol, asOf, featureVersion, members.flatMap(\.versions).map(\.id)])
        guard let first = rows.first else { return nil }
        var stored: [Forecast] = []
        for row in rows where try (row["model_id"] as String?) != nil { stored.append(try Forecast(row)) }
        let instrument = Instrument(
            id: try first["id"], symbol: try first["symbol"], exchange: try first["exchange"], currency: try first["instrument_currency"],
            name: try first["name"])
        return StoredForecasts(instrument: instrument, lastSession: try first["last_session"], stored: stored, members: members)
    }
}
