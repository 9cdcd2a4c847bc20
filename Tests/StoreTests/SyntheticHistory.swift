import Foundation
import Market
import Postgres
import Store
import TestSupport

/// A database with years of bars and features, and a year of forecasts and scores, made by SQL.
///
/// The years before the last one came in one response per instrument; after that one response per instrument came every evening.
struct SyntheticHistory {
    static let version = "f1"
    static let families = ["blended-fhs", "boosted-trees", "ensemble", "garch", "gru", "linear", "lstm", "tcn", "transformer"]
    static let last: SessionDate = "2011-12-30"
    static let exchange = "XNYS"

    let database: Database
    let instruments: Int
    let sessions: [SessionDate]
    /// The sessions of the last year.
    var evenings: ArraySlice<SessionDate> { sessions.suffix(252) }
    /// The last session's evening, when all of its rows were known.
    let now = Instant.utcMidnight(last).adding(seconds: 23 * 3600 + 1800)
    /// An instrument's id.
    static func id(_ number: Int) -> String { "XNYS:P\(10_000 + number)" }

    /// Loads the rows with two connections, without checks and indexes, and makes the indexes then.
    init(instruments: Int, years: Int) async throws {
        let (first, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: first)
        database = first
        self.instruments = instruments
        let calendar = TradingCalendar.of(mic: Self.exchange)!
        sessions = calendar.sessions(from: Self.last.advanced(by: -365 * years - years / 4), through: Self.last)
        let second = try TestSupport.database(named: name)
        let deadline = ContinuousClock.now + .seconds(600)
        try await first.script(setting + preparation, deadline: deadline)
        let (setting, market, forecasts) = (setting, market, forecasts)
        async let beside: Void = second.script(setting + forecasts, deadline: deadline)
        try await first.script(setting + market, deadline: deadline)
        try await beside
        await second.close()
        await first.close()
        try await first.script(
            """
            SET maintenance_work_mem = '256MB';
            DROP SCHEMA made CASCADE;
            UPDATE pg_index SET indisready = true WHERE NOT indisready;
            """, deadline: deadline)
        await withThrowingTaskGroup(of: Void.self) { group in
            for (connection, tables) in [
                (first, ["bars", "features", "cross_features", "provider_responses"]), (second, ["forecasts", "baselines", "scores"]),
            ] {
                group.addTask {
                    try await connection.script("SET maintenance_work_mem = '256MB'", deadline: deadline)
                    for table in tables { try await connection.script("REINDEX TABLE \(table)", deadline: deadline) }
                }
            }
        }
        await first.close()
        await second.close()
    }

    private let setting =
        "SET session_replication_role = replica; SET synchronous_commit = off; SET TimeZone = 'UTC'; SET work_mem = '64MB';\n"

    private var days: String { sessions.map { "('\($0)'::date)" }.joined(separator: ", ") }

    private var preparation: String {
        """
        DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace LOOP
                EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false)', name);
            END LOOP;
        END $$;
        CREATE SCHEMA made;
        CREATE TABLE made.days AS SELECT session, row_number() OVER (ORDER BY session) AS n,
            row_number() OVER (ORDER BY session DESC) <= 252 AS is_evening FROM (VALUES \(days)) d (session);
        INSERT INTO instruments (id, symbol, exchange, currency, name)
            SELECT 'XNYS:P' || 10000 + i, 'P' || 10000 + i, '\(Self.exchange)', 'USD', '' FROM generate_series(1, \(instruments)) i;
        INSERT INTO symbols SELECT number, '*', symbol, '1970-01-01', NULL, '-infinity' FROM instruments;
        INSERT INTO universe SELECT number, '1970-01-01', NULL, '-infinity', true FROM instruments;
        INSERT INTO model_families (name) SELECT unnest('{\((Self.families + ["random-walk"]).joined(separator: ","))}'::text[]);
        INSERT INTO models (id, family, version, as_of, feature_version, configuration, data_version, code_version, seed, window_from,
                window_to, metrics, artifact_key, artifact_sha256)
            SELECT name || '-' || to_char(month, 'YYYYMM'), number, row_number() OVER (PARTITION BY number ORDER BY month), month, '\(Self.version)',
                '{}', '', '', 1, '2000-01-03', month::date, '{}', '', ''
            FROM model_families, (SELECT DISTINCT date_trunc('month', session::timestamptz) AS month FROM made.days WHERE is_evening) m
            ORDER BY m.month, number;
        INSERT INTO promotions (slot, decided_as_of, ordinal, model, reason, evidence)
            SELECT 'champion', m.as_of, 0, m.number, 'made up', '{}' FROM models m JOIN model_families f ON f.number = m.family
            WHERE f.name = 'ensemble' ORDER BY m.as_of LIMIT 3;
        INSERT INTO evaluations (subject, family, as_of, decision, evidence)
            SELECT 'review', family, as_of, 'not_promoted', '{}' FROM models;
        UPDATE pg_index SET indisready = false
            WHERE indrelid = ANY ('{bars,features,cross_features,provider_responses,forecasts,baselines,scores}'::regclass[]);
        """
    }

    private var market: String {
        """
        INSERT INTO provider_responses (object_key, instrument, provider, kind, known_at, fetched_at, sha256, bars)
            SELECT 'raw/yahoo/chart-1d/' || i.id || '/' || session || '/' || md5(i.id || session) || '.0', i.number, 'yahoo', 'chart-1d',
                session + time '23:15', session + time '23:15', md5(i.id || session) || md5(session || i.id), 1
            FROM instruments i, made.days WHERE is_evening OR n = (SELECT max(n) FROM made.days WHERE NOT is_evening)
            ORDER BY session, i.number;
        CREATE TABLE made.rows AS
            SELECT i.number AS instrument, d.session, r.id AS response_id, r.known_at, d.is_evening, d.n
            FROM instruments i CROSS JOIN made.days d
            JOIN provider_responses r ON r.instrument = i.number AND r.known_at = time '23:15' +
                CASE WHEN d.is_evening THEN d.session ELSE (SELECT max(session) FROM made.days WHERE NOT is_evening) END;
        INSERT INTO bars (response_id, known_at, available_at, open, high, low, close, volume, instrument, session, price_basis, quarantined,
                released, source, currency)
            SELECT response_id, known_at, session + time '21:15', 10, 11, 9, 10.5, 1000, instrument, session, 'as-traded', false, false, 'yahoo', 'USD'
            FROM made.rows ORDER BY is_evening, CASE WHEN is_evening THEN session END, instrument, session;
        INSERT INTO features (response_id, known_at, available_at, log_return, instrument, session, version, "values", extras)
            SELECT response_id, known_at, session + time '21:15', 0.01, instrument, session, '\(Self.version)', array_fill(0.5::real, '{28}'),
                array_fill(0.25::float8, '{8}')
            FROM made.rows ORDER BY is_evening, CASE WHEN is_evening THEN session END, instrument, session;
        INSERT INTO cross_features (known_at, available_at, instrument, session, version, "values")
            SELECT known_at + interval '5 minutes', session + time '21:20', instrument, session, '\(Self.version)', array_fill(0.5::real, '{6}')
            FROM made.rows ORDER BY session, instrument;
        INSERT INTO cross_sections SELECT DISTINCT '\(Self.exchange)', '\(Self.version)', session, known_at + interval '5 minutes' FROM made.rows;
        INSERT INTO cross_section_instants SELECT DISTINCT exchange, version, known_at, true FROM cross_sections;
        INSERT INTO feature_states (instrument, version, precedence, session, response_id, state)
            SELECT instrument, '\(Self.version)', '{yahoo,csv,iex,stooq}', session, response_id, decode(repeat('00', 4000), 'hex')
            FROM made.rows WHERE session = '\(Self.last)';
        INSERT INTO corporate_actions (response_id, known_at, available_at, value, base, instrument, ex_date, kind, source, nature, retracted)
            SELECT response_id, known_at, session + time '14:30', 0.1, 1, instrument, session, 'dividend', 'yahoo', 'ordinary', false
            FROM made.rows WHERE n % 63 = 0;
        INSERT INTO provisional_bars (response_id, known_at, open, high, low, close, volume, instrument, session, source, currency)
            SELECT response_id, known_at, 10, 11, 9, 10.5, 1000, instrument, session, 'yahoo', 'USD' FROM made.rows WHERE is_evening AND n % 21 = 0;
        INSERT INTO quarantine (response_id, known_at, instrument, session, ordinal, source, rule, disposition, detail, row_text, repairs, omitted)
            SELECT response_id, known_at, instrument, session, -1, 'yahoo', CASE n % 2 WHEN 0 THEN 'spike' ELSE 'missing-session' END,
                CASE n % 3 WHEN 0 THEN 'quarantined' ELSE 'accepted' END, 'figures', 'row', '', 0
            FROM made.rows WHERE n % 20 < 2 ORDER BY response_id, session;
        INSERT INTO runs (id, exchange, as_of, session, expected)
            SELECT '\(Self.exchange)/' || session, '\(Self.exchange)', session + time '23:15', session, (SELECT array_agg(id ORDER BY id) FROM instruments)
            FROM made.days WHERE is_evening ORDER BY session;
        INSERT INTO run_responses (run, instrument, part, object_key)
            SELECT u.number, r.instrument, 0, r.object_key FROM runs u JOIN provider_responses r ON r.known_at = u.as_of ORDER BY u.number, r.instrument;
        """
    }

    private var forecasts: String {
        """
        CREATE TABLE made.versions AS
            SELECT m.number, m.family, f.name, to_char(m.as_of, 'YYYYMM') AS month FROM models m JOIN model_families f ON f.number = m.family;
        CREATE TABLE made.origins AS
            SELECT session, to_char(session, 'YYYYMM') AS month, i.number AS instrument, horizon, decode(left(md5(i.id || session), 16), 'hex') AS data,
                (array_agg(x) FILTER (WHERE x IS NOT NULL))::float8[] AS q
            FROM made.days CROSS JOIN instruments i CROSS JOIN unnest('{1,5,20}'::smallint[]) horizon
                CROSS JOIN unnest('{-0.03,-0.02,-0.01,0,0.01,0.02,0.03}'::float8[]) x
            WHERE is_evening GROUP BY 1, 2, 3, 4, i.id;
        INSERT INTO baselines (model, instrument, session, horizon, data_version, quantiles)
            SELECT v.number, o.instrument, o.session, o.horizon, o.data, o.q
            FROM made.origins o JOIN made.versions v ON v.month = o.month AND v.name = 'random-walk' ORDER BY o.session, o.instrument, o.horizon;
        INSERT INTO forecasts (model, instrument, session, horizon, data_version, role, as_of, origin_close, quantiles, baseline_id,
                probability_of_loss)
            SELECT v.number, b.instrument, b.session, b.horizon, b.data_version,
                (CASE v.name WHEN 'ensemble' THEN 'champion' WHEN 'blended-fhs' THEN 'fallback' ELSE 'challenger' END)::model_role,
                b.session + time '23:20', 10.5, b.quantiles, b.id, 0.5
            FROM baselines b JOIN made.versions v ON v.month = to_char(b.session, 'YYYYMM') AND v.name <> 'random-walk'
            ORDER BY b.session, b.instrument, v.number, b.horizon;
        INSERT INTO scores (forecast_id, instrument, session, horizon, family, role, known_at, outcome, loss, uncalibrated_loss,
                baseline_loss, inside_80, inside_90, uncalibrated_inside_80, uncalibrated_inside_90, baseline_inside_80)
            SELECT f.id, f.instrument, f.session, f.horizon, v.family, f.role, ended.session + time '23:15', 0.01 * f.horizon,
                0.003, 0.003, 0.003, f.id % 10 < 8, f.id % 10 < 9, true, true, false
            FROM forecasts f JOIN made.versions v ON v.number = f.model JOIN made.days begun ON begun.session = f.session
                JOIN made.days ended ON ended.n = begun.n + f.horizon
            ORDER BY ended.n, f.id;
        INSERT INTO score_totals SELECT session, family, horizon, role, known_at, count(*), sum(loss), sum(uncalibrated_loss), sum(baseline_loss),
                count(*) FILTER (WHERE inside_80), count(*) FILTER (WHERE inside_90), count(*) FILTER (WHERE uncalibrated_inside_80),
                count(*) FILTER (WHERE uncalibrated_inside_90), count(*) FILTER (WHERE baseline_inside_80)
            FROM scores GROUP BY 1, 2, 3, 4, 5;
        INSERT INTO calibrations (family, horizon, session, known_at, outcomes, inside_80, factor)
            SELECT f.number, horizon, session, session + time '23:15', 400, 320, 1
            FROM model_families f, made.days, unnest('{1,5,20}'::smallint[]) horizon WHERE is_evening AND f.name <> 'random-walk';
        """
    }
}
