package import Market
package import Postgres

/// The table of published forecasts. Rows are inserted and never changed.
package struct Forecasts: Sendable {
    private let database: Database
    package init(_ database: Database) { self.database = database }

    /// Stores forecasts and returns how many are new; a row under the same (model, instrument, session, data version, horizon) stays.
    @discardableResult
    package func store(_ forecasts: [Forecast]) async throws(PostgresError) -> Int {
        guard let width = forecasts.first?.quantiles.count else { return 0 }
        try await storeBaselines(of: forecasts, width: width)
        return try await database.execute(
            """
            INSERT INTO forecasts (model, instrument, session, data_version, horizon, role, as_of, origin_close, probability_of_loss,
                calibration_factor, hindsight, quantiles, baseline_id)
            SELECT m.number, i.number, u.session, decode(data, 'hex'), u.horizon, u.role::model_role, u.as_of, close, loss, factor, u.hindsight,
                ($12::float8[])[(n - 1) * $13 + 1 : n * $13], (
                    SELECT b.id FROM baselines b WHERE b.instrument = i.number AND b.session = u.session AND b.horizon = u.horizon
                        AND b.model = \(ModelRegistry.number("u.baseline")) AND b.data_version = decode(data, 'hex'))
            FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[], $8::float8[], $9::text[],
                $10::float8[], $11::float8[], $14::bool[]) WITH ORDINALITY
                u(model, instrument, session, data, horizon, role, as_of, close, baseline, loss, factor, hindsight, n)
            LEFT JOIN models m ON m.id = u.model LEFT JOIN instruments i ON i.id = u.instrument
            ON CONFLICT DO NOTHING
            """,
            [
                forecasts.map(\.model), forecasts.map(\.instrument), forecasts.map(\.session), forecasts.map(\.dataVersion),
                forecasts.map(\.horizon), forecasts.map(\.role), forecasts.map(\.asOf), forecasts.map(\.originClose),
                forecasts.map(\.baselineModel), forecasts.map(\.probabilityOfLoss), forecasts.map(\.calibrationFactor),
                forecasts.flatMap(\.quantiles), Int32(width), forecasts.map(\.isHindsight),
            ])
    }

    /// Stores the random walk's quantiles, once for the forecasts of all families. A statement of its own, so that the next one sees the rows
    /// of concurrent calls too.
    private func storeBaselines(of forecasts: [Forecast], width: Int) async throws(PostgresError) {
        struct Origin: Hashable {
            let model, instrument, data: String
            let session: SessionDate
            let horizon: Int
        }
        var seen: Set<Origin> = []
        let baselines = forecasts.filter {
            seen.insert(
                Origin(
                    model: $0.baselineModel, instrument: $0.instrument, data: $0.dataVersion, session: $0.session, horizon: $0.horizon)
            ).inserted
        }
        try await database.execute(
            """
            INSERT INTO baselines (model, instrument, session, data_version, horizon, quantiles)
            SELECT \(ModelRegistry.number("u.model")), \(Instruments.number("u.instrument")), session, decode(data, 'hex'), horizon,
                ($6::float8[])[(n - 1) * $7 + 1 : n * $7]
            FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::bigint[]) WITH ORDINALITY
                u(model, instrument, session, data, horizon, n)
            ON CONFLICT DO NOTHING
            """,
            [
                baselines.map(\.baselineModel), baselines.map(\.instrument), baselines.map(\.session), baselines.map(\.dataVersion),
                baselines.map(\.horizon), baselines.flatMap(\.baselineQuantiles), Int32(width),
            ])
    }

    /// The largest number of days from an origin to the instrument's last session.
    private static let days = 60

    /// The latest forecasts of an instrument by some model families; nil for an unknown symbol.
    ///
    /// Every statement looks up whole origins by the key of the table, so that the plan does not depend on the planner's statistics. The
    /// second one, over the origins before the last session, is sent only if a family has no forecast from that session.
    ///
    /// - Parameters:
    ///   - symbol: the canonical symbol, or the instrument's id.
    ///   - members: the families; only forecasts of their versions are read.
    package func latest(
        symbol: String, asOf: Instant, members: [ModelLineup.Member], featureVersion: String
    ) async throws(PostgresError) -> StoredForecasts? {
        let rows = try await database.query(
            """
            SELECT o.id, \(Instruments.symbol(of: "o", at: "$2::timestamptz")) AS symbol, o.exchange, o.currency, o.name, l.last_session, f.*
            FROM instruments o
            LEFT JOIN LATERAL (\(FeatureStore.lastSession(of: "o.number", version: "$3", asOf: "$2"))) l (last_session) ON true
            LEFT JOIN LATERAL (\(Self.ofOrigin(session: "l.last_session", instrument: "o.number"))) f ON true
            WHERE o.number = (SELECT instrument_named($1, $2))
            """, [symbol, asOf, featureVersion, members.flatMap(\.versions).map(\.id)])
        guard let first = rows.first else { return nil }
        let (instrument, lastSession) = (try Instruments.instrument(first), try first["last_session"] as SessionDate?)
        var stored: [Forecast] = []
        for row in rows where try (row["model_id"] as String?) != nil { stored.append(try Forecast(row)) }
        let current = Set(stored.map(\.model))
        let others = members.filter { member in !member.versions.contains { current.contains($0.id) } }
        if !others.isEmpty {
            let last = lastSession?.advanced(by: -1) ?? asOf.utcDate.advanced(by: 1)
            stored += try await database.query(
                """
                SELECT f.* FROM instruments o CROSS JOIN generate_series(1, \(Self.days)) d (n)
                CROSS JOIN LATERAL (\(Self.ofOrigin(session: "$1::date - d.n + 1", instrument: "o.number"))) f
                WHERE o.id = $5
                """, [last, asOf, featureVersion, others.flatMap(\.versions).map(\.id), instrument.id]
            ).all(Forecast.init)
        }
        return StoredForecasts(instrument: instrument, lastSession: lastSession, stored: stored, members: members)
    }

    /// A query: the forecasts from one origin published by instant $2, made by the model versions $4 from the features $3. Forecasts of other
    /// versions are left out before their baselines and names are looked up.
    private static func ofOrigin(session: String, instrument: String) -> String {
        """
        SELECT \(Forecast.columns) FROM forecasts f \(Forecast.joins)
        WHERE f.session = \(session) AND f.instrument = \(instrument) AND f.as_of <= $2
            AND f.model = ANY (ARRAY(SELECT number FROM models WHERE id = ANY ($4) AND feature_version = $3))
        """
    }
}
