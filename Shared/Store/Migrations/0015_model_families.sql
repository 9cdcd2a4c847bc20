-- Model families and versions, calibration factors, losses before calibration: the field's names.

-- The latest stored forecasts are read by plain queries (Forecasts.latest).
DROP FUNCTION kept_forecasts(text, timestamptz, text, text);

-- Views show stored columns only.
DROP VIEW reporting.forecasts, reporting.models, reporting.scores, reporting.calibrations, reporting.evaluations;

ALTER TABLE models RENAME COLUMN kind TO family;
ALTER TABLE models RENAME COLUMN config TO configuration;

-- What was published is median + calibration_factor * (quantile - median); the quantiles stay as the model gave them.
ALTER TABLE forecasts RENAME COLUMN spread_factor TO calibration_factor;
ALTER TABLE forecasts RENAME COLUMN probability_of_fall TO probability_of_loss;
UPDATE forecasts SET role = 'fallback' WHERE role = 'floor';

ALTER TABLE scores RENAME COLUMN kind TO family;
ALTER TABLE scores RENAME COLUMN raw_loss TO uncalibrated_loss;
ALTER TABLE scores RENAME COLUMN raw_inside_80 TO uncalibrated_inside_80;
ALTER TABLE scores RENAME COLUMN raw_inside_90 TO uncalibrated_inside_90;
ALTER INDEX scores_of_kind RENAME TO scores_of_family;
UPDATE scores SET role = 'fallback' WHERE role = 'floor';

ALTER TABLE calibrations RENAME COLUMN kind TO family;
ALTER TABLE calibrations RENAME COLUMN inside TO inside_80;
ALTER TABLE calibrations RENAME COLUMN k TO factor;

ALTER TABLE evaluations RENAME COLUMN kind TO family;
ALTER TABLE evaluations RENAME COLUMN verdict TO decision;
UPDATE evaluations SET decision = 'not_promoted' WHERE decision = 'kept';

CREATE VIEW reporting.forecasts AS
SELECT f.instrument_id, i.symbol, f.session, f.horizon, f.role, m.family, f.model_id, f.feature_version, f.data_version, f.as_of,
    f.origin_close * 0.00000001::numeric AS origin_close, f.currency, f.quantiles, f.calibration_factor, f.probability_of_loss,
    f.baseline_quantiles
FROM forecasts f JOIN instruments i ON i.id = f.instrument_id JOIN models m ON m.id = f.model_id;

CREATE VIEW reporting.models AS
SELECT id, family, as_of, feature_version, data_version, code_version, window_from, window_to, metrics, registered_at, ordinal FROM models;

CREATE VIEW reporting.scores AS
SELECT s.instrument_id, i.symbol, s.session, s.horizon, s.family, s.role, s.model_id, s.feature_version, s.data_version, s.known_at,
    s.outcome, s.loss, s.uncalibrated_loss, s.baseline_loss, s.inside_80, s.inside_90, s.uncalibrated_inside_80, s.uncalibrated_inside_90,
    s.baseline_inside_80
FROM scores s JOIN instruments i ON i.id = s.instrument_id;

CREATE VIEW reporting.calibrations AS SELECT family, horizon, session, known_at, outcomes, inside_80, factor FROM calibrations;

CREATE VIEW reporting.evaluations AS SELECT subject, family, as_of, decision, evidence FROM evaluations;

GRANT SELECT ON reporting.forecasts, reporting.models, reporting.scores, reporting.calibrations, reporting.evaluations TO bellwether_reader;
