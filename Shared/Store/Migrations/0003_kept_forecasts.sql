-- Everything that an answer about a symbol needs. A function, because its plans are kept for the connection: planning the same as one
-- statement costs more than running it, and named statements do not survive a proxy.
CREATE FUNCTION kept_forecasts(symbol_or_id text, at timestamptz, named_slot text, features_of text)
RETURNS TABLE (
    id text, symbol text, exchange text, currency text, name text,
    model text, kind text, model_as_of timestamptz, metrics jsonb, last_session date,
    model_id text, instrument_id text, session date, feature_version text, data_version text, horizon integer, role text, as_of timestamptz,
    origin_close bigint, forecast_currency text, quantiles float8[], baseline_model_id text, baseline_quantiles float8[],
    probability_of_fall float8
)
LANGUAGE plpgsql STABLE PARALLEL SAFE ROWS 8 AS $$
#variable_conflict use_column
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

    SELECT m.id, m.kind, m.as_of, m.metrics INTO model, kind, model_as_of, metrics
    FROM promotions p JOIN models m ON m.id = p.model_id
    WHERE p.slot = named_slot AND p.decided_as_of <= at
    ORDER BY p.decided_as_of DESC, p.model_id DESC LIMIT 1;

    SELECT f.session INTO last_session
    FROM features f WHERE f.instrument_id = kept_forecasts.id AND f.version = features_of AND f.known_at <= at
    ORDER BY f.session DESC LIMIT 1;

    FOR model_id, instrument_id, session, feature_version, data_version, horizon, role, as_of, origin_close, forecast_currency, quantiles,
        baseline_model_id, baseline_quantiles, probability_of_fall IN
        SELECT f.model_id, f.instrument_id, f.session, f.feature_version, f.data_version, f.horizon, f.role, f.as_of, f.origin_close, f.currency,
            f.quantiles, f.baseline_model_id, f.baseline_quantiles, f.probability_of_fall
        FROM forecasts f
        WHERE f.model_id = kept_forecasts.model AND f.instrument_id = kept_forecasts.id AND f.feature_version = features_of AND f.as_of <= at
        ORDER BY f.session DESC, f.as_of DESC, f.data_version DESC, f.horizon LIMIT 8
    LOOP
        RETURN NEXT;
    END LOOP;
    IF NOT FOUND THEN
        RETURN NEXT;
    END IF;
END $$;

DROP INDEX forecasts_latest;
