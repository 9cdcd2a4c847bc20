-- One role per function with exactly its rights, and one for BI tools. bellwether_migrate owns the tables where a deployment has no other
-- owner. A deployer gives the roles their passwords, or rds_iam; without either nobody can log in with them.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['migrate', 'ingest', 'featurize', 'train', 'predict', 'monitor', 'dashboard', 'authorize', 'reader'] LOOP
        name := 'bellwether_' || name;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I LOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- the migration of another database created the role in the meantime
            END;
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name);
    END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO bellwether_ingest, bellwether_featurize, bellwether_train, bellwether_predict, bellwether_monitor,
    bellwether_dashboard, bellwether_authorize;
GRANT SELECT ON schema_migrations TO bellwether_ingest, bellwether_featurize, bellwether_train, bellwether_predict, bellwether_monitor,
    bellwether_dashboard, bellwether_authorize;

-- Nobody but Migrate calls functions of the schema without a right to.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION instrument_named TO bellwether_ingest, bellwether_featurize, bellwether_predict, bellwether_dashboard;
GRANT EXECUTE ON FUNCTION acquire_request TO bellwether_ingest;

-- Ingest: reference data, runs and request limits; reads what it must request.
GRANT SELECT, INSERT ON instruments, symbols, universe, delistings, closures, runs, run_responses TO bellwether_ingest;
GRANT SELECT ON provider_responses, quarantined_objects, bars, corporate_actions, cross_section_instants TO bellwether_ingest;
GRANT SELECT, INSERT, UPDATE ON provider_limits TO bellwether_ingest;
GRANT INSERT ON audit_log TO bellwether_ingest;

-- Featurize: everything that is projected. Rows that a late response makes obsolete are deleted and projected again.
GRANT SELECT ON instruments, symbols, universe, delistings, closures, runs, run_responses TO bellwether_featurize;
GRANT SELECT, INSERT, DELETE ON provider_responses, bars, provisional_bars, corporate_actions, quarantine, features, feature_states,
    cross_features, cross_sections, cross_section_instants, pending_cross_sections TO bellwether_featurize;
GRANT SELECT, INSERT, UPDATE ON quarantined_objects TO bellwether_featurize;
GRANT UPDATE (bars, actions, quarantined) ON provider_responses TO bellwether_featurize;
GRANT UPDATE ON feature_states TO bellwether_featurize;

-- Train: versions, and the promotion of a newer version of the champion's family.
GRANT SELECT ON instruments, provider_responses, features, cross_features, cross_section_instants, pending_cross_sections, forecasts, scores
    TO bellwether_train;
GRANT SELECT, INSERT ON model_families, models, promotions, evaluations TO bellwether_train;

-- Predict: forecasts.
GRANT SELECT ON instruments, symbols, closures, runs, provider_responses, bars, features, cross_features, model_families, models, promotions,
    scores, calibrations TO bellwether_predict;
GRANT SELECT, INSERT ON baselines, forecasts TO bellwether_predict;

-- Monitor: scores, factors and decisions.
GRANT SELECT ON instruments, features, model_families, models, baselines, forecasts TO bellwether_monitor;
GRANT SELECT, INSERT, UPDATE ON scores TO bellwether_monitor;
GRANT SELECT, INSERT, DELETE ON calibrations, score_totals TO bellwether_monitor;
GRANT SELECT, INSERT ON promotions, evaluations TO bellwether_monitor;
GRANT INSERT ON audit_log TO bellwether_monitor;

-- Dashboard: reads only.
GRANT SELECT ON instruments, symbols, delistings, closures, provider_responses, quarantined_objects, bars, provisional_bars,
    corporate_actions, quarantine, model_families, models, promotions, evaluations, scores, score_totals, calibrations TO bellwether_dashboard;

GRANT SELECT ON owners, api_keys TO bellwether_authorize;

GRANT USAGE ON SCHEMA reporting TO bellwether_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO bellwether_reader;
