-- What the rules say of a row, kept with it: bars that are held back, repaired or derived, and the log of all of it.

-- basis: 'as-traded', or 'unadjusted' where a provider's adjusted price was brought back with the actions known then.
-- held: a version that takes the session out of every series until a later one brings it back; its figures are as they came.
-- split: new shares for one old since the bar before, by the level of the price alone, where nobody told of a split.
ALTER TABLE bars ADD COLUMN basis text NOT NULL DEFAULT 'as-traded';
ALTER TABLE bars ADD COLUMN held boolean NOT NULL DEFAULT false;
ALTER TABLE bars ADD COLUMN split float8;
CREATE INDEX bars_held ON bars (instrument_id, session, source) WHERE held;

-- 'ordinary', 'special', 'spin-off', 'stock-dividend', 'capital-gain': what the provider called it.
ALTER TABLE corporate_actions ADD COLUMN nature text NOT NULL DEFAULT 'ordinary';

-- Versions too: the latest of (instrument, source, session, rule) counts. 'released' says that the rule has nothing to say any more.
-- repair: field, value before, value after, of each value that was mended. ordinal -1: the rule looks at a series, not at a row of the object.
ALTER TABLE quarantine ADD COLUMN source text;
UPDATE quarantine SET source = split_part(object_key, '/', 2);
ALTER TABLE quarantine ALTER COLUMN source SET NOT NULL;
ALTER TABLE quarantine ADD COLUMN verdict text NOT NULL DEFAULT 'quarantine' CHECK (verdict IN ('accept', 'repair', 'quarantine', 'released'));
ALTER TABLE quarantine ADD COLUMN repair text NOT NULL DEFAULT '';
ALTER TABLE quarantine DROP CONSTRAINT quarantine_pkey;
CREATE UNIQUE INDEX quarantine_key ON quarantine (object_key, source, ordinal, rule, session) NULLS NOT DISTINCT;
CREATE INDEX quarantine_by_session ON quarantine (instrument_id, source, session, rule);

CREATE OR REPLACE VIEW reporting.bars AS
SELECT instrument_id, symbol, session, source, open, high, low, close, volume, currency, known_at, available_at, basis, split FROM (
    SELECT DISTINCT ON (b.instrument_id, b.session, b.source)
        b.instrument_id, i.symbol, b.session, b.source, b.open * 0.00000001::numeric AS open, b.high * 0.00000001::numeric AS high,
        b.low * 0.00000001::numeric AS low, b.close * 0.00000001::numeric AS close, b.volume, b.currency, b.known_at, b.available_at,
        b.basis, b.split, b.held
    FROM bars b JOIN instruments i ON i.id = b.instrument_id
    ORDER BY b.instrument_id, b.session, b.source, b.known_at DESC, b.fetched_at DESC, b.sha256 DESC
) latest
WHERE NOT held;

CREATE OR REPLACE VIEW reporting.corporate_actions AS
SELECT * FROM (
    SELECT DISTINCT ON (instrument_id, ex_date, kind, source)
        instrument_id, ex_date, kind, source, known_at,
        CASE kind WHEN 'split' THEN (value / base)::numeric ELSE value::numeric * 0.00000001 END AS amount, retracted, nature
    FROM corporate_actions
    ORDER BY instrument_id, ex_date, kind, source, known_at DESC, fetched_at DESC, sha256 DESC
) latest
WHERE NOT retracted;

-- What holds now: the latest word of each rule on a session, without what was released.
CREATE OR REPLACE VIEW reporting.quarantine AS
SELECT object_key, ordinal, instrument_id, session, rule, detail, known_at, source, verdict, repair FROM quarantine q
WHERE verdict <> 'released' AND NOT EXISTS (
    SELECT FROM quarantine n WHERE (n.instrument_id, n.source, n.session, n.rule) = (q.instrument_id, q.source, q.session, q.rule)
        AND (n.known_at, n.fetched_at, n.sha256, n.ordinal) > (q.known_at, q.fetched_at, q.sha256, q.ordinal));

-- As 0007's, without the features that were taken back and the forecasts made from them.
CREATE OR REPLACE FUNCTION kept_forecasts(symbol_or_id text, at timestamptz, wanted_kind text, features_of text)
RETURNS TABLE (
    id text, symbol text, exchange text, currency text, name text,
    model text, kind text, last_session date,
    model_id text, instrument_id text, session date, feature_version text, data_version text, horizon integer, role text, as_of timestamptz,
    origin_close bigint, forecast_currency text, quantiles float8[], baseline_model_id text, baseline_quantiles float8[],
    probability_of_fall float8, spread_factor float8, fitted_as_of timestamptz
)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 8 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    fits text[];
BEGIN
    SELECT i.id, i.symbol, i.exchange, i.currency, i.name INTO id, symbol, exchange, currency, name
    FROM instruments i WHERE i.id = instrument_named(symbol_or_id, at);
    IF NOT FOUND THEN
        RETURN;
    END IF;

    IF wanted_kind IS NULL THEN
        SELECT m.id, m.kind INTO model, kind FROM promotions p JOIN models m ON m.id = p.model_id
        WHERE p.slot = 'champion' AND p.decided_as_of <= at
        ORDER BY p.decided_as_of DESC, p.ordinal DESC, p.model_id DESC LIMIT 1;
    ELSE
        SELECT m.id, m.kind INTO model, kind FROM models m WHERE m.kind = wanted_kind AND m.as_of <= at ORDER BY m.as_of DESC, m.id DESC LIMIT 1;
    END IF;

    SELECT f.session INTO last_session FROM (
        SELECT DISTINCT ON (f.session) f.session, f."values"
        FROM features f WHERE f.instrument_id = kept_forecasts.id AND f.version = features_of AND f.known_at <= at
        ORDER BY f.session DESC, f.known_at DESC, f.fetched_at DESC, f.sha256 DESC
    ) f WHERE f."values" <> '{}' LIMIT 1;

    fits := ARRAY(
        SELECT m.id FROM models m WHERE m.kind = kept_forecasts.kind AND m.as_of <= at
        ORDER BY m.id <> kept_forecasts.model, m.as_of DESC, m.id DESC LIMIT 4);
    FOR model_id, instrument_id, session, feature_version, data_version, horizon, role, as_of, origin_close, forecast_currency, quantiles,
        baseline_model_id, baseline_quantiles, probability_of_fall, spread_factor, fitted_as_of IN
        SELECT f.model_id, f.instrument_id, f.session, f.feature_version, f.data_version, f.horizon, f.role, f.as_of, f.origin_close, f.currency,
            f.quantiles, f.baseline_model_id, f.baseline_quantiles, f.probability_of_fall, f.spread_factor, m.as_of
        FROM forecasts f JOIN models m ON m.id = f.model_id
        WHERE f.model_id = ANY (fits) AND f.instrument_id = kept_forecasts.id AND f.feature_version = features_of AND f.as_of <= at
            AND f.session BETWEEN coalesce(kept_forecasts.last_session - 60, '-infinity') AND coalesce(kept_forecasts.last_session, 'infinity')
        ORDER BY f.session DESC, f.model_id <> kept_forecasts.model, m.as_of DESC, f.model_id DESC, f.as_of DESC, f.data_version DESC, f.horizon
        LIMIT 8
    LOOP
        RETURN NEXT;
    END LOOP;
    IF NOT FOUND THEN
        RETURN NEXT;
    END IF;
END $$;
