-- Flat views for BI tools: the versions that hold now, prices as numbers, and ids instead of numbers.
CREATE SCHEMA reporting;

CREATE VIEW reporting.instruments AS SELECT id, symbol, exchange, currency, name FROM instruments;

CREATE VIEW reporting.bars AS
SELECT instrument_id, symbol, session, source, open, high, low, close, volume, currency, known_at, available_at, price_basis, inferred_split
FROM (
    SELECT DISTINCT ON (b.instrument, b.session, b.source)
        i.id AS instrument_id, i.symbol, b.session, b.source, b.open::text::numeric AS open, b.high::text::numeric AS high,
        b.low::text::numeric AS low, b.close::text::numeric AS close, b.volume, b.currency, b.known_at, b.available_at,
        b.price_basis::text AS price_basis, b.inferred_split, b.quarantined
    FROM bars b JOIN instruments i ON i.number = b.instrument
    ORDER BY b.instrument, b.session, b.source, b.response_id DESC
) latest
WHERE NOT quarantined;

CREATE VIEW reporting.corporate_actions AS
SELECT instrument_id, ex_date, kind, source, known_at, amount, retracted, nature FROM (
    SELECT DISTINCT ON (a.instrument, a.ex_date, a.kind, a.source)
        i.id AS instrument_id, a.ex_date, a.kind, a.source, a.known_at,
        CASE a.kind WHEN 'split' THEN a.value / a.base ELSE a.value END::text::numeric AS amount, a.retracted, a.nature
    FROM corporate_actions a JOIN instruments i ON i.number = a.instrument
    ORDER BY a.instrument, a.ex_date, a.kind, a.source, a.response_id DESC
) latest
WHERE NOT retracted;

CREATE VIEW reporting.quarantine AS
SELECT r.object_key, q.ordinal, i.id AS instrument_id, q.session, q.rule, q.detail, q.known_at, q.source, q.disposition, q.repairs
FROM quarantine q JOIN instruments i ON i.number = q.instrument JOIN provider_responses r ON r.id = q.response_id
WHERE q.disposition <> 'resolved' AND NOT EXISTS (
    SELECT FROM quarantine n WHERE (n.instrument, n.source, n.session, n.rule) = (q.instrument, q.source, q.session, q.rule)
        AND (n.response_id, n.ordinal) > (q.response_id, q.ordinal));

CREATE VIEW reporting.models AS
SELECT m.id, f.name AS family, m.version, m.as_of, m.feature_version, m.data_version, m.code_version, m.window_from, m.window_to, m.metrics,
    m.registered_at
FROM models m JOIN model_families f ON f.number = m.family;

CREATE VIEW reporting.promotions AS
SELECT p.slot, p.decided_as_of, m.id AS model_id, p.reason, p.evidence, p.ordinal FROM promotions p JOIN models m ON m.number = p.model;

CREATE VIEW reporting.evaluations AS
SELECT e.subject, f.name AS family, e.as_of, e.decision, e.evidence FROM evaluations e JOIN model_families f ON f.number = e.family;

CREATE VIEW reporting.forecasts AS
SELECT i.id AS instrument_id, i.symbol, f.session, f.horizon, f.role::text AS role, n.name AS family, m.id AS model_id, m.feature_version,
    encode(f.data_version, 'hex') AS data_version, f.as_of, f.origin_close::text::numeric AS origin_close, i.currency, f.quantiles,
    f.calibration_factor, f.probability_of_loss, b.quantiles AS baseline_quantiles
FROM forecasts f JOIN instruments i ON i.number = f.instrument JOIN models m ON m.number = f.model
    JOIN model_families n ON n.number = m.family JOIN baselines b ON b.id = f.baseline_id;

CREATE VIEW reporting.scores AS
SELECT i.id AS instrument_id, i.symbol, s.session, s.horizon, n.name AS family, s.role::text AS role, m.id AS model_id, m.feature_version,
    encode(f.data_version, 'hex') AS data_version, s.known_at, s.outcome, s.loss, s.uncalibrated_loss, s.baseline_loss, s.inside_80,
    s.inside_90, s.uncalibrated_inside_80, s.uncalibrated_inside_90, s.baseline_inside_80
FROM scores s JOIN forecasts f ON f.id = s.forecast_id JOIN instruments i ON i.number = s.instrument JOIN models m ON m.number = f.model
    JOIN model_families n ON n.number = s.family;

CREATE VIEW reporting.calibrations AS
SELECT f.name AS family, c.horizon, c.session, c.known_at, c.outcomes, c.inside_80, c.factor
FROM calibrations c JOIN model_families f ON f.number = c.family;
