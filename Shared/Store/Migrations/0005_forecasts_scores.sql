-- Published forecasts, which are inserted and never changed, and what is derived from their outcomes. A forecast is a distribution of the
-- log total return over `horizon` sessions from the close of `session`: seven quantiles in ascending order.

-- Of the levels 0.05, 0.1, 0.25, 0.5, 0.75, 0.9 and 0.95.
CREATE DOMAIN quantiles AS float8[] CHECK (
    cardinality(VALUE) = 7 AND array_position(VALUE, NULL) IS NULL AND VALUE[1] > '-Infinity' AND VALUE[1] <= VALUE[2]
    AND VALUE[2] <= VALUE[3] AND VALUE[3] <= VALUE[4] AND VALUE[4] <= VALUE[5] AND VALUE[5] <= VALUE[6] AND VALUE[6] <= VALUE[7]
    AND VALUE[7] < 'Infinity');

CREATE TYPE model_role AS ENUM ('champion', 'fallback', 'challenger', 'baseline');

-- The random walk's forecasts, with which the forecasts of all families from the same origin are compared.
CREATE TABLE baselines (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instrument integer NOT NULL REFERENCES instruments,
    session date NOT NULL,
    model integer NOT NULL REFERENCES models,
    horizon smallint NOT NULL CHECK (horizon IN (1, 5, 20)),
    data_version bytea NOT NULL CHECK (octet_length(data_version) = 8),
    quantiles quantiles NOT NULL,
    UNIQUE (session, instrument, horizon, model, data_version)
);

-- The quantiles are as the model gave them. Published was median + calibration_factor * (quantile - median), and the probability of a loss
-- is of that. hindsight: the forecast was made when a run of a later session had been opened; it is never scored. data_version: the hash of the
-- rows that the model read. The features are of the model's version, the currency is the instrument's.
CREATE TABLE forecasts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    baseline_id bigint NOT NULL REFERENCES baselines,
    as_of timestamptz NOT NULL,
    origin_close float8 NOT NULL CHECK (origin_close > 0 AND origin_close < 'Infinity'),
    probability_of_loss float8 NOT NULL CHECK (probability_of_loss BETWEEN 0 AND 1),
    calibration_factor float8 NOT NULL DEFAULT 1 CHECK (calibration_factor > 0 AND calibration_factor < 'Infinity'),
    instrument integer NOT NULL REFERENCES instruments,
    session date NOT NULL,
    model integer NOT NULL REFERENCES models,
    role model_role NOT NULL CHECK (role <> 'baseline'),
    horizon smallint NOT NULL CHECK (horizon IN (1, 5, 20)),
    data_version bytea NOT NULL CHECK (octet_length(data_version) = 8),
    quantiles quantiles NOT NULL,
    hindsight boolean NOT NULL DEFAULT false,
    UNIQUE (session, instrument, horizon, model, data_version)
);

-- The scores of matured forecasts. known_at, outcome: when the last return of the horizon was first known, and the outcome known then. The
-- columns from instrument to role repeat the forecast's and its model's, so that evidence is aggregated without a join.
CREATE TABLE scores (
    forecast_id bigint PRIMARY KEY REFERENCES forecasts,
    known_at timestamptz NOT NULL,
    outcome float8 NOT NULL CHECK (outcome > '-Infinity' AND outcome < 'Infinity'),
    loss float8 NOT NULL CHECK (loss >= 0 AND loss < 'Infinity'),
    uncalibrated_loss float8 NOT NULL CHECK (uncalibrated_loss >= 0 AND uncalibrated_loss < 'Infinity'),
    baseline_loss float8 NOT NULL CHECK (baseline_loss >= 0 AND baseline_loss < 'Infinity'),
    instrument integer NOT NULL,
    session date NOT NULL,
    role model_role NOT NULL,
    family smallint NOT NULL,
    horizon smallint NOT NULL,
    inside_80 boolean NOT NULL,
    inside_90 boolean NOT NULL,
    uncalibrated_inside_80 boolean NOT NULL,
    uncalibrated_inside_90 boolean NOT NULL,
    baseline_inside_80 boolean NOT NULL
);
CREATE INDEX scores_of_family ON scores (family, horizon, session);
CREATE INDEX scores_of_session ON scores (session);
CREATE INDEX scores_of_instrument ON scores (instrument, session);

-- The roll-up of scores by origin, family, role and the time at which they were known, so that evidence does not aggregate rows. Sums and
-- counts over instruments; written with the scores.
CREATE TABLE score_totals (
    session date NOT NULL,
    family smallint NOT NULL REFERENCES model_families,
    horizon smallint NOT NULL,
    role model_role NOT NULL,
    known_at timestamptz NOT NULL,
    count integer NOT NULL CHECK (count > 0),
    loss float8 NOT NULL,
    uncalibrated_loss float8 NOT NULL,
    baseline_loss float8 NOT NULL,
    inside_80 integer NOT NULL,
    inside_90 integer NOT NULL,
    uncalibrated_inside_80 integer NOT NULL,
    uncalibrated_inside_90 integer NOT NULL,
    baseline_inside_80 integer NOT NULL,
    PRIMARY KEY (session, family, horizon, role, known_at)
);

-- A family's calibration factor at one horizon, once the outcomes of the origins up to `session` were known.
CREATE TABLE calibrations (
    family smallint NOT NULL REFERENCES model_families,
    horizon smallint NOT NULL CHECK (horizon IN (1, 5, 20)),
    session date NOT NULL,
    known_at timestamptz NOT NULL,
    outcomes integer NOT NULL CHECK (outcomes > 0),
    inside_80 integer NOT NULL CHECK (inside_80 BETWEEN 0 AND outcomes),
    factor float8 NOT NULL CHECK (factor > 0 AND factor < 'Infinity'),
    PRIMARY KEY (family, horizon, session)
);
