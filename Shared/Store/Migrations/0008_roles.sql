-- Groups to which a deployer adds login users: the functions, and BI tools that read the reporting schema.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['bellwether_app', 'bellwether_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- the migration of another database created the role in the meantime
            END;
        END IF;
    END LOOP;
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO bellwether_app;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO bellwether_app;
GRANT INSERT ON instruments, symbols, universe, delistings, closures, provider_responses, quarantined_objects, runs, run_responses, bars, provisional_bars,
    corporate_actions, quarantine, features, feature_states, cross_features, cross_sections, cross_section_instants, pending_cross_sections,
    model_families, models, promotions, evaluations, baselines, forecasts, scores, calibrations TO bellwether_app;
-- Rows that a late response makes obsolete are derived again.
GRANT DELETE ON provider_responses, bars, provisional_bars, corporate_actions, quarantine, features, feature_states, cross_features,
    cross_sections, cross_section_instants, pending_cross_sections, scores, calibrations TO bellwether_app;
GRANT UPDATE (bars, actions, quarantined) ON provider_responses TO bellwether_app;
GRANT UPDATE ON feature_states, scores TO bellwether_app;
GRANT INSERT, UPDATE ON provider_limits TO bellwether_app;

GRANT USAGE ON SCHEMA reporting TO bellwether_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA reporting TO bellwether_reader;
