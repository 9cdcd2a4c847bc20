-- Forecasts are scored once their horizon is over; scores move the spread factors and decide who is the champion.

-- What was issued is median + spread_factor * (quantile - median); the quantiles stay as the model gave them.
ALTER TABLE forecasts ADD COLUMN spread_factor float8 NOT NULL DEFAULT 1;
CREATE INDEX forecasts_of_session ON forecasts (session, instrument_id, horizon);

-- One row for each matured forecast. known_at and outcome: when the last return of its horizon was first known, and what was known then.
CREATE TABLE scores (
    model_id text NOT NULL REFERENCES models,
    instrument_id text NOT NULL REFERENCES instruments,
    session date NOT NULL,
    feature_version text NOT NULL,
    data_version text NOT NULL,
    horizon integer NOT NULL,
    kind text NOT NULL,
    role text NOT NULL,
    known_at timestamptz NOT NULL,
    outcome float8 NOT NULL,
    loss float8 NOT NULL,
    raw_loss float8 NOT NULL,
    baseline_loss float8 NOT NULL,
    inside_80 boolean NOT NULL,
    inside_90 boolean NOT NULL,
    raw_inside_80 boolean NOT NULL,
    raw_inside_90 boolean NOT NULL,
    baseline_inside_80 boolean NOT NULL,
    PRIMARY KEY (model_id, instrument_id, session, feature_version, data_version, horizon),
    FOREIGN KEY (model_id, instrument_id, session, feature_version, data_version, horizon) REFERENCES forecasts
);
CREATE INDEX scores_of_kind ON scores (kind, horizon, session);
CREATE INDEX scores_of_session ON scores (session);
CREATE INDEX scores_of_instrument ON scores (instrument_id, session);

-- The spread factor of a kind of model after the outcomes of the origins up to `session` came in: a fold over sessions in order.
CREATE TABLE calibrations (
    kind text NOT NULL,
    horizon integer NOT NULL,
    session date NOT NULL,
    known_at timestamptz NOT NULL,
    outcomes integer NOT NULL,
    inside integer NOT NULL,
    k float8 NOT NULL,
    PRIMARY KEY (kind, horizon, session)
);

-- Looks at a kind of model that may change what is served: a challenger's monthly review, a training that failed.
CREATE TABLE evaluations (
    subject text NOT NULL CHECK (subject IN ('review', 'training')),
    kind text NOT NULL,
    as_of timestamptz NOT NULL,
    verdict text NOT NULL,
    evidence jsonb NOT NULL,
    PRIMARY KEY (subject, kind, as_of)
);

-- Decisions of one instant stand in order: a person's come after the others, each later one counts.
ALTER TABLE promotions ADD COLUMN ordinal integer NOT NULL DEFAULT 0;
ALTER TABLE promotions DROP CONSTRAINT promotions_pkey, ADD PRIMARY KEY (slot, decided_as_of, ordinal, model_id);

GRANT SELECT, INSERT ON scores, calibrations, evaluations TO bellwether_app;
-- What a late answer made obsolete is derived again; nothing is ever updated.
GRANT DELETE ON scores, calibrations TO bellwether_app;

-- As 0003's, by kind of model (NULL: the champion's): the kind's last fits may all have forecast, the newest one's answer counts.
DROP FUNCTION kept_forecasts;
CREATE FUNCTION kept_forecasts(symbol_or_id text, at timestamptz, wanted_kind text, features_of text)
RETURNS TABLE (
    id text, symbol text, exchange text, currency text, name text,
    model text, kind text, last_session date,
    model_id text, instrument_id text, session date, feature_version text, data_version text, horizon integer, role text, as_of timestamptz,
    origin_close bigint, forecast_currency text, quantiles float8[], baseline_model_id text, baseline_quantiles float8[],
    probability_of_fall float8, spread_factor float8, fitted_as_of timestamptz
)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 8 AS $$
#variable_conflict use_column
DECLARE
    fits text[];
BEGIN
    SELECT i.id, i.symbol, i.exchange, i.currency, i.name INTO id, symbol, exchange, currency, name
    FROM instruments i WHERE i.symbol = symbol_or_id ORDER BY i.id LIMIT 1;
    IF NOT FOUND THEN
        SELECT i.id, i.symbol, i.exchange, i.currency, i.name INTO id, symbol, exchange, currency, name
        FROM instruments i WHERE i.id = symbol_or_id;
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;

    IF wanted_kind IS NULL THEN
        SELECT m.id, m.kind INTO model, kind FROM promotions p JOIN models m ON m.id = p.model_id
        WHERE p.slot = 'champion' AND p.decided_as_of <= at
        ORDER BY p.decided_as_of DESC, p.ordinal DESC, p.model_id DESC LIMIT 1;
    ELSE
        SELECT m.id, m.kind INTO model, kind FROM models m WHERE m.kind = wanted_kind AND m.as_of <= at ORDER BY m.as_of DESC, m.id DESC LIMIT 1;
    END IF;

    SELECT f.session INTO last_session
    FROM features f WHERE f.instrument_id = kept_forecasts.id AND f.version = features_of AND f.known_at <= at
    ORDER BY f.session DESC LIMIT 1;

    fits := ARRAY(
        SELECT m.id FROM models m WHERE m.kind = kept_forecasts.kind AND m.as_of <= at
        ORDER BY m.id <> kept_forecasts.model, m.as_of DESC, m.id DESC LIMIT 4);
    FOR model_id, instrument_id, session, feature_version, data_version, horizon, role, as_of, origin_close, forecast_currency, quantiles,
        baseline_model_id, baseline_quantiles, probability_of_fall, spread_factor, fitted_as_of IN
        SELECT f.model_id, f.instrument_id, f.session, f.feature_version, f.data_version, f.horizon, f.role, f.as_of, f.origin_close, f.currency,
            f.quantiles, f.baseline_model_id, f.baseline_quantiles, f.probability_of_fall, f.spread_factor, m.as_of
        FROM forecasts f JOIN models m ON m.id = f.model_id
        WHERE f.model_id = ANY (fits) AND f.instrument_id = kept_forecasts.id AND f.feature_version = features_of AND f.as_of <= at
            AND f.session >= coalesce(kept_forecasts.last_session - 60, '-infinity')
        ORDER BY f.session DESC, f.model_id <> kept_forecasts.model, m.as_of DESC, f.model_id DESC, f.as_of DESC, f.data_version DESC, f.horizon
        LIMIT 8
    LOOP
        RETURN NEXT;
    END LOOP;
    IF NOT FOUND THEN
        RETURN NEXT;
    END IF;
END $$;

CREATE OR REPLACE VIEW reporting.forecasts AS
SELECT f.instrument_id, i.symbol, f.session, f.horizon, f.role, m.kind AS model_kind, f.model_id, f.feature_version, f.data_version, f.as_of,
    f.origin_close * 0.00000001::numeric AS origin_close, f.currency, f.quantiles, f.baseline_quantiles, f.probability_of_fall,
    ARRAY(
        SELECT round((f.origin_close * 0.00000001 * exp(q))::numeric, 4) FROM unnest(issued.quantiles) WITH ORDINALITY t(q, n) ORDER BY n
    ) AS prices,
    f.spread_factor, issued.quantiles AS issued_quantiles
FROM forecasts f JOIN instruments i ON i.id = f.instrument_id JOIN models m ON m.id = f.model_id
CROSS JOIN LATERAL (
    SELECT array_agg(median + f.spread_factor * (q - median) ORDER BY n) AS quantiles
    FROM unnest(f.quantiles) WITH ORDINALITY t(q, n), (SELECT f.quantiles[(cardinality(f.quantiles) + 1) / 2] AS median) middle
) issued;

CREATE OR REPLACE VIEW reporting.promotions AS SELECT slot, decided_as_of, model_id, reason, evidence, ordinal FROM promotions;

CREATE VIEW reporting.scores AS
SELECT s.instrument_id, i.symbol, s.session, s.horizon, s.kind, s.role, s.model_id, s.feature_version, s.data_version, s.known_at, s.outcome,
    s.loss, s.raw_loss, s.baseline_loss, s.inside_80, s.inside_90, s.raw_inside_80, s.raw_inside_90, s.baseline_inside_80
FROM scores s JOIN instruments i ON i.id = s.instrument_id;

CREATE VIEW reporting.calibrations AS SELECT kind, horizon, session, known_at, outcomes, inside, k FROM calibrations;

CREATE VIEW reporting.evaluations AS SELECT subject, kind, as_of, verdict, evidence FROM evaluations;

GRANT SELECT ON reporting.scores, reporting.calibrations, reporting.evaluations TO bellwether_reader;
