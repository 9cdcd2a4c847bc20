-- Flat views for BI tools: the versions that hold now, prices as numbers.
CREATE SCHEMA reporting;

CREATE VIEW reporting.instruments AS SELECT id, symbol, exchange, currency, name FROM instruments;

CREATE VIEW reporting.bars AS
SELECT instrument_id, symbol, session, source, open, high, low, close, volume, currency, known_at, available_at, price_basis, inferred_split
FROM (
    SELECT DISTINCT ON (b.instrument_id, b.session, b.source)
        b.instrument_id, i.symbol, b.session, b.source, b.open * 0.00000001::numeric AS open, b.high * 0.00000001::numeric AS high,
        b.low * 0.00000001::numeric AS low, b.close * 0.00000001::numeric AS close, b.volume, b.currency, b.known_at, b.available_at,
        b.price_basis, b.inferred_split, b.quarantined
    FROM bars b JOIN instruments i ON i.id = b.instrument_id
    ORDER BY b.instrument_id, b.session, b.source, b.known_at DESC, b.fetched_at DESC, b.sha256 DESC
) latest
WHERE NOT quarantined;

CREATE VIEW reporting.corporate_actions AS
SELECT * FROM (
    SELECT DISTINCT ON (instrument_id, ex_date, kind, source)
        instrument_id, ex_date, kind, source, known_at,
        CASE kind WHEN 'split' THEN (value / base)::numeric ELSE value::numeric * 0.00000001 END AS amount, retracted, nature
    FROM corporate_actions
    ORDER BY instrument_id, ex_date, kind, source, known_at DESC, fetched_at DESC, sha256 DESC
) latest
WHERE NOT retracted;

CREATE VIEW reporting.quarantine AS
SELECT object_key, ordinal, instrument_id, session, rule, detail, known_at, source, disposition, repairs FROM quarantine q
WHERE disposition <> 'resolved' AND NOT EXISTS (
    SELECT FROM quarantine n WHERE (n.instrument_id, n.source, n.session, n.rule) = (q.instrument_id, q.source, q.session, q.rule)
        AND (n.known_at, n.fetched_at, n.sha256, n.ordinal) > (q.known_at, q.fetched_at, q.sha256, q.ordinal));

CREATE VIEW reporting.models AS
SELECT id, family, as_of, feature_version, data_version, code_version, window_from, window_to, metrics, registered_at, ordinal FROM models;

CREATE VIEW reporting.promotions AS SELECT slot, decided_as_of, model_id, reason, evidence, ordinal FROM promotions;

CREATE VIEW reporting.evaluations AS SELECT subject, family, as_of, decision, evidence FROM evaluations;

CREATE VIEW reporting.forecasts AS
SELECT f.instrument_id, i.symbol, f.session, f.horizon, f.role, m.family, f.model_id, f.feature_version, f.data_version, f.as_of,
    f.origin_close * 0.00000001::numeric AS origin_close, f.currency, f.quantiles, f.calibration_factor, f.probability_of_loss,
    f.baseline_quantiles
FROM forecasts f JOIN instruments i ON i.id = f.instrument_id JOIN models m ON m.id = f.model_id;

CREATE VIEW reporting.scores AS
SELECT s.instrument_id, i.symbol, s.session, s.horizon, s.family, s.role, s.model_id, s.feature_version, s.data_version, s.known_at,
    s.outcome, s.loss, s.uncalibrated_loss, s.baseline_loss, s.inside_80, s.inside_90, s.uncalibrated_inside_80, s.uncalibrated_inside_90,
    s.baseline_inside_80
FROM scores s JOIN instruments i ON i.id = s.instrument_id;

CREATE VIEW reporting.calibrations AS SELECT family, horizon, session, known_at, outcomes, inside_80, factor FROM calibrations;
