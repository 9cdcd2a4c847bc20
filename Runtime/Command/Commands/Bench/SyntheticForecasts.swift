import Backtest
import Foundation

/// Synthetic forecasts and scores for a database: every family forecasts every symbol on each weekday to 2011-12-30.
///
/// One model version a month. A session's data are known at 23:15 of its day; its forecasts are made at 23:30.
struct SyntheticForecasts: Sendable {
    /// All families except the baseline.
    static let families = TrainingBenchmark.families.filter { $0 != baseline } + [champion]
    /// The time of the review, after the last evening.
    static let review = "2012-01-01T21:00:00Z"
    private static let baseline = "random-walk"
    private static let champion = "ensemble"

    /// Weekdays; the returns of the last `unscored` are not scored yet.
    let sessions: [String]
    private let symbols: Int
    private let unscored: Int

    init(symbols: Int, evenings: Int, unscored: Int) {
        self.symbols = symbols
        self.unscored = unscored
        let last = 15_338  // 2011-12-30, a Friday, in days since 1970
        let weekdays = (0..<2 * evenings + 7).lazy.map { last - $0 }.filter { ($0 + 3) % 7 < 5 }.prefix(evenings)
        sessions = weekdays.reversed().map { day in
            Date(timeIntervalSince1970: Double(day) * 86_400).formatted(.iso8601.year().month().day())
        }
    }

    /// The SQL for `psql`, run by the owner of the tables. Quantiles are a range about zero, losses and hits are seeded random numbers.
    var script: String {
        let version = NumericsBenchmark.featureVersion
        let days = sessions.map { "('\($0)'::date)" }.joined(separator: ", ")
        return """
            SET synchronous_commit = off;
            SET TimeZone = 'UTC';
            SELECT setseed(0.5);
            CREATE TEMP TABLE days AS SELECT session, row_number() OVER (ORDER BY session) AS n FROM (VALUES \(days)) d (session);
            CREATE TEMP TABLE families AS SELECT unnest('{\((Self.families + [Self.baseline]).joined(separator: ","))}'::text[]) AS family;
            INSERT INTO instruments (id, symbol, exchange, currency, name)
                SELECT 'XNYS:MADE' || i, 'MADE' || i, 'XNYS', 'USD', '' FROM generate_series(1, \(symbols)) i;
            CREATE TEMP TABLE made AS SELECT number, id FROM instruments WHERE id LIKE 'XNYS:MADE%';
            INSERT INTO model_families (name) SELECT family FROM families ON CONFLICT DO NOTHING;
            INSERT INTO models (id, family, version, as_of, feature_version, configuration, data_version, code_version, seed, window_from,
                    window_to, metrics, artifact_key, artifact_sha256)
                SELECT name || '-' || to_char(month, 'YYYYMM'), number, row_number() OVER (PARTITION BY number ORDER BY month), month, '\(version)',
                    '{}', '', '', 1, '2000-01-03', month::date, '{}', '', ''
                FROM families JOIN model_families ON name = family, (SELECT DISTINCT date_trunc('month', session::timestamptz) AS month FROM days) m;
            INSERT INTO promotions (slot, decided_as_of, ordinal, model, reason, evidence)
                SELECT 'champion', m.as_of, 0, m.number, 'made up', '{}' FROM models m JOIN model_families f ON f.number = m.family
                WHERE f.name = '\(Self.champion)' ORDER BY m.as_of LIMIT 1;
            INSERT INTO provider_responses (object_key, instrument, provider, kind, known_at, fetched_at, sha256)
                SELECT 'raw/made/daily/' || made.id || '/' || session, made.number, 'made', 'daily', session + time '23:15', session + time '23:15',
                    md5(made.id || session) || md5(session || made.id)
                FROM made, days ORDER BY session, made.number;
            INSERT INTO features (instrument, session, version, known_at, available_at, response_id, values, log_return, extras)
                SELECT made.number, session, '\(version)', known_at, known_at, r.id, '{}', 0.02 * (random() - 0.5), '{}'
                FROM days JOIN made ON true JOIN provider_responses r ON r.object_key = 'raw/made/daily/' || made.id || '/' || session;
            CREATE TEMP TABLE versions AS
                SELECT m.number, f.name AS family, to_char(m.as_of, 'YYYYMM') AS month FROM models m JOIN model_families f ON f.number = m.family;
            INSERT INTO baselines (model, instrument, session, horizon, data_version, quantiles)
                SELECT v.number, made.number, session, horizon, decode(left(md5(made.id || session), 16), 'hex'), q
                FROM days JOIN versions v ON v.month = to_char(session, 'YYYYMM') AND v.family = '\(Self.baseline)' JOIN made ON true,
                    unnest('{1,5,20}'::integer[]) horizon,
                    LATERAL (SELECT array_agg(0.01 * sqrt(horizon) * z ORDER BY z) AS q
                        FROM unnest('{-1.6,-1.3,-0.7,0,0.7,1.3,1.6}'::float8[]) z) made_up;
            INSERT INTO forecasts (model, instrument, session, horizon, data_version, role, as_of, origin_close, quantiles, baseline_id,
                    probability_of_loss)
                SELECT v.number, b.instrument, b.session, b.horizon, b.data_version,
                    (CASE v.family WHEN '\(Self.champion)' THEN 'champion' ELSE 'challenger' END)::model_role, b.session + time '23:30', 10,
                    b.quantiles, b.id, 0.5
                FROM baselines b JOIN versions v ON v.month = to_char(b.session, 'YYYYMM') AND v.family <> '\(Self.baseline)'
                ORDER BY b.session, b.instrument, v.number, b.horizon;
            CREATE TEMP TABLE outcomes AS
                SELECT x.instrument, begun.session, horizon, ended.session + time '23:15' AS known_at,
                    sum(x.log_return ORDER BY x.session) AS outcome
                FROM days begun CROSS JOIN unnest('{1,5,20}'::integer[]) horizon JOIN days ended ON ended.n = begun.n + horizon
                    JOIN made ON true JOIN features x ON x.instrument = made.number AND x.session > begun.session AND x.session <= ended.session
                WHERE ended.n <= \(sessions.count - unscored) GROUP BY 1, 2, 3, 4;
            ANALYZE outcomes;
            INSERT INTO scores (forecast_id, instrument, session, horizon, family, role, known_at, outcome, loss, uncalibrated_loss,
                    baseline_loss, inside_80, inside_90, uncalibrated_inside_80, uncalibrated_inside_90, baseline_inside_80)
                SELECT f.id, f.instrument, f.session, f.horizon, m.family, f.role, known_at, outcome,
                    0.003 * random(), 0.003 * random(), 0.003 * random(), random() < 0.8, random() < 0.9, random() < 0.8, random() < 0.9,
                    random() < 0.8
                FROM forecasts f JOIN models m ON m.number = f.model JOIN outcomes o USING (instrument, session, horizon);
            INSERT INTO score_totals SELECT session, family, horizon, role, known_at, count(*), sum(loss), sum(uncalibrated_loss),
                    sum(baseline_loss), count(*) FILTER (WHERE inside_80), count(*) FILTER (WHERE inside_90),
                    count(*) FILTER (WHERE uncalibrated_inside_80), count(*) FILTER (WHERE uncalibrated_inside_90),
                    count(*) FILTER (WHERE baseline_inside_80)
                FROM scores GROUP BY 1, 2, 3, 4, 5;
            ANALYZE;
            """
    }
}
