-- Models of one kind as of one instant stand in the order of their registration, and the last one serves: an ensemble that was made while
-- a member was missing gives way to the one that has it.
ALTER TABLE models ADD COLUMN ordinal integer NOT NULL DEFAULT 0;
CREATE OR REPLACE VIEW reporting.models AS
SELECT id, kind, as_of, feature_version, data_version, code_version, window_from, window_to, metrics, registered_at, ordinal FROM models;

-- As 0008's, in that order.
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
        SELECT m.id, m.kind INTO model, kind FROM models m WHERE m.kind = wanted_kind AND m.as_of <= at
        ORDER BY m.as_of DESC, m.ordinal DESC, m.id DESC LIMIT 1;
    END IF;

    SELECT f.session INTO last_session FROM (
        SELECT DISTINCT ON (f.session) f.session, f."values"
        FROM features f WHERE f.instrument_id = kept_forecasts.id AND f.version = features_of AND f.known_at <= at
        ORDER BY f.session DESC, f.known_at DESC, f.fetched_at DESC, f.sha256 DESC
    ) f WHERE f."values" <> '{}' LIMIT 1;

    fits := ARRAY(
        SELECT m.id FROM models m WHERE m.kind = kept_forecasts.kind AND m.as_of <= at
        ORDER BY m.id <> kept_forecasts.model, m.as_of DESC, m.ordinal DESC, m.id DESC LIMIT 4);
    FOR model_id, instrument_id, session, feature_version, data_version, horizon, role, as_of, origin_close, forecast_currency, quantiles,
        baseline_model_id, baseline_quantiles, probability_of_fall, spread_factor, fitted_as_of IN
        SELECT f.model_id, f.instrument_id, f.session, f.feature_version, f.data_version, f.horizon, f.role, f.as_of, f.origin_close, f.currency,
            f.quantiles, f.baseline_model_id, f.baseline_quantiles, f.probability_of_fall, f.spread_factor, m.as_of
        FROM forecasts f JOIN models m ON m.id = f.model_id
        WHERE f.model_id = ANY (fits) AND f.instrument_id = kept_forecasts.id AND f.feature_version = features_of AND f.as_of <= at
            AND f.session BETWEEN coalesce(kept_forecasts.last_session - 60, '-infinity') AND coalesce(kept_forecasts.last_session, 'infinity')
        ORDER BY f.session DESC, f.model_id <> kept_forecasts.model, m.as_of DESC, m.ordinal DESC, f.model_id DESC, f.as_of DESC, f.data_version DESC,
            f.horizon
        LIMIT 8
    LOOP
        RETURN NEXT;
    END LOOP;
    IF NOT FOUND THEN
        RETURN NEXT;
    END IF;
END $$;
