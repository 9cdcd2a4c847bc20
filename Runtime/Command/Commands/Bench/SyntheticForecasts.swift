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
            CREATE TEMP TABLE made AS SELECT id FROM instruments WHERE id LIKE 'XNYS:MADE%';
            INSERT INTO models (id, family, as_of, feature_version, configuration, data_version, code_version, seed, window_from, window_to, metrics,
                    artifact_key, artifact_sha256)
                SELECT family || '-' || to_char(month, 'YYYYMM'), family, month, '\(version)', '{}', '', '', 1, '2000-01-03', month::date, '{}', '', ''
                FROM families, (SELECT DISTINCT date_trunc('month', session::timestamptz) AS month FROM days) m;
            INSERT INTO promotions (slot, decided_as_of, model_id, reason, evidence)
                SELECT 'champion', as_of, id, 'made up', '{}' FROM models WHERE family = '\(Self.champion)' ORDER BY as_of LIMIT 1;
            INSERT INTO features (instrument_id, session, version, known_at, available_at, fetched_at, sha256, values, log_return, extras)
                SELECT id, session, '\(version)', session + time '23:15', session + time '23:15', session + time '23:15',
                    md5(id || session) || md5(session || id), '{}', 0.02 * (random() - 0.5), '{}'
                FROM made, days;
            INSERT INTO forecasts (model_id, instrument_id, session, feature_version, data_version, horizon, role, as_of, origin_close,
                    currency, quantiles, baseline_model_id, baseline_quantiles, probability_of_loss)
                SELECT family || '-' || to_char(session, 'YYYYMM'), id, session, '\(version)', md5(id || session) || md5(session || id), horizon,
                    CASE family WHEN '\(Self.champion)' THEN 'champion' ELSE 'challenger' END, session + time '23:30', 10, 'USD', q,
                    '\(Self.baseline)-' || to_char(session, 'YYYYMM'), q, 0.5
                FROM days, made, unnest('{1,5,20}'::integer[]) horizon, families,
                    LATERAL (SELECT array_agg(0.01 * sqrt(horizon) * z ORDER BY z) AS q
                        FROM unnest('{-1.6,-1.3,-0.7,0,0.7,1.3,1.6}'::float8[]) z) made_up
                WHERE family <> '\(Self.baseline)';
            CREATE TEMP TABLE outcomes AS
                SELECT x.instrument_id, begun.session, horizon, ended.session + time '23:15' AS known_at,
                    sum(x.log_return ORDER BY x.session) AS outcome
                FROM days begun CROSS JOIN unnest('{1,5,20}'::integer[]) horizon JOIN days ended ON ended.n = begun.n + horizon
                    JOIN made ON true JOIN features x ON x.instrument_id = made.id AND x.session > begun.session AND x.session <= ended.session
                WHERE ended.n <= \(sessions.count - unscored) GROUP BY 1, 2, 3, 4;
            ANALYZE outcomes;
            INSERT INTO scores (model_id, instrument_id, session, feature_version, data_version, horizon, family, role, known_at, outcome, loss,
                    uncalibrated_loss, baseline_loss, inside_80, inside_90, uncalibrated_inside_80, uncalibrated_inside_90, baseline_inside_80)
                SELECT f.model_id, f.instrument_id, f.session, f.feature_version, f.data_version, f.horizon, m.family, f.role, known_at, outcome,
                    0.003 * random(), 0.003 * random(), 0.003 * random(), random() < 0.8, random() < 0.9, random() < 0.8, random() < 0.9,
                    random() < 0.8
                FROM forecasts f JOIN models m ON m.id = f.model_id JOIN outcomes o USING (instrument_id, session, horizon);
            ANALYZE;
            """
    }
}
