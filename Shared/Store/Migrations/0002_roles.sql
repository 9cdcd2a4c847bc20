-- Two groups to which a deployer adds login users: what the functions may do, and what a BI tool may read.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bellwether_app', 'bellwether_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database's migration was faster
            END;
        END IF;
    END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO bellwether_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO bellwether_app;
GRANT INSERT ON instruments, symbols, raw_objects, runs, run_items, bars, corporate_actions, quarantine, features, cross_features,
    models, promotions, forecasts TO bellwether_app;
-- What a late answer made obsolete is folded again; nothing is ever updated.
GRANT DELETE ON raw_objects, bars, corporate_actions, quarantine, features, cross_features TO bellwether_app;

CREATE SCHEMA reporting;

CREATE VIEW reporting.instruments AS SELECT id, symbol, exchange, currency, name FROM instruments;

CREATE VIEW reporting.bars AS
SELECT DISTINCT ON (b.instrument_id, b.session, b.source)
    b.instrument_id, i.symbol, b.session, b.source, b.open * 0.00000001::numeric AS open, b.high * 0.00000001::numeric AS high,
    b.low * 0.00000001::numeric AS low, b.close * 0.00000001::numeric AS close, b.volume, b.currency, b.known_at, b.available_at
FROM bars b JOIN instruments i ON i.id = b.instrument_id
ORDER BY b.instrument_id, b.session, b.source, b.known_at DESC, b.fetched_at DESC, b.sha256 DESC;

CREATE VIEW reporting.corporate_actions AS
SELECT * FROM (
    SELECT DISTINCT ON (instrument_id, ex_date, kind, source)
        instrument_id, ex_date, kind, source, known_at,
        CASE kind WHEN 'split' THEN (value / base)::numeric ELSE value::numeric * 0.00000001 END AS amount, retracted
    FROM corporate_actions
    ORDER BY instrument_id, ex_date, kind, source, known_at DESC, fetched_at DESC, sha256 DESC
) latest
WHERE NOT retracted;

CREATE VIEW reporting.forecasts AS
SELECT f.instrument_id, i.symbol, f.session, f.horizon, f.role, m.kind AS model_kind, f.model_id, f.feature_version, f.data_version, f.as_of,
    f.origin_close * 0.00000001::numeric AS origin_close, f.currency, f.quantiles, f.baseline_quantiles, f.probability_of_fall,
    ARRAY(SELECT round((f.origin_close * 0.00000001 * exp(q))::numeric, 4) FROM unnest(f.quantiles) WITH ORDINALITY t(q, n) ORDER BY n) AS prices
FROM forecasts f JOIN instruments i ON i.id = f.instrument_id JOIN models m ON m.id = f.model_id;

CREATE VIEW reporting.models AS
SELECT id, kind, as_of, feature_version, data_version, code_version, window_from, window_to, metrics, registered_at FROM models;

CREATE VIEW reporting.promotions AS SELECT slot, decided_as_of, model_id, reason, evidence FROM promotions;

CREATE VIEW reporting.quarantine AS SELECT object_key, ordinal, instrument_id, session, rule, detail, known_at FROM quarantine;

GRANT USAGE ON SCHEMA reporting TO bellwether_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO bellwether_reader;
