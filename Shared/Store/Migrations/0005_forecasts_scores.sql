-- Published forecasts, which are inserted and never changed, and what is derived from their outcomes.

-- Quantiles of the log total return over `horizon` sessions from the close of `session`, as the model gave them. Published was
-- median + calibration_factor * (quantile - median).
CREATE TABLE forecasts (
    model_id text NOT NULL REFERENCES models,
    instrument_id text NOT NULL REFERENCES instruments,
    session date NOT NULL,
    feature_version text NOT NULL,
    data_version text NOT NULL,
    horizon integer NOT NULL,
    role text NOT NULL,
    as_of timestamptz NOT NULL,
    origin_close bigint NOT NULL,
    currency text NOT NULL,
    quantiles float8[] NOT NULL,
    baseline_model_id text REFERENCES models,
    baseline_quantiles float8[] NOT NULL,
    probability_of_loss float8 NOT NULL,
    calibration_factor float8 NOT NULL DEFAULT 1,
    PRIMARY KEY (model_id, instrument_id, session, feature_version, data_version, horizon)
);
CREATE INDEX forecasts_of_session ON forecasts (session, instrument_id, horizon);

-- The scores of matured forecasts. known_at, outcome: when the last return of the horizon was first known, and the outcome known then.
CREATE TABLE scores (
    model_id text NOT NULL REFERENCES models,
    instrument_id text NOT NULL REFERENCES instruments,
    session date NOT NULL,
    feature_version text NOT NULL,
    data_version text NOT NULL,
    horizon integer NOT NULL,
    family text NOT NULL,
    role text NOT NULL,
    known_at timestamptz NOT NULL,
    outcome float8 NOT NULL,
    loss float8 NOT NULL,
    uncalibrated_loss float8 NOT NULL,
    baseline_loss float8 NOT NULL,
    inside_80 boolean NOT NULL,
    inside_90 boolean NOT NULL,
    uncalibrated_inside_80 boolean NOT NULL,
    uncalibrated_inside_90 boolean NOT NULL,
    baseline_inside_80 boolean NOT NULL,
    PRIMARY KEY (model_id, instrument_id, session, feature_version, data_version, horizon),
    FOREIGN KEY (model_id, instrument_id, session, feature_version, data_version, horizon) REFERENCES forecasts
);
CREATE INDEX scores_of_family ON scores (family, horizon, session);
CREATE INDEX scores_of_session ON scores (session);
CREATE INDEX scores_of_instrument ON scores (instrument_id, session);

-- A family's calibration factor at one horizon, once the outcomes of the origins up to `session` were known.
CREATE TABLE calibrations (
    family text NOT NULL,
    horizon integer NOT NULL,
    session date NOT NULL,
    known_at timestamptz NOT NULL,
    outcomes integer NOT NULL,
    inside_80 integer NOT NULL,
    factor float8 NOT NULL,
    PRIMARY KEY (family, horizon, session)
);
