-- Market-data tables and columns under names that the field uses.

-- The events: responses of providers that have been projected into the tables.
ALTER TABLE raw_objects RENAME TO provider_responses;
ALTER TABLE provider_responses RENAME COLUMN key TO object_key;
ALTER TABLE provider_responses RENAME COLUMN rejected TO quarantined;
ALTER TABLE provider_responses RENAME CONSTRAINT raw_objects_pkey TO provider_responses_pkey;
ALTER TABLE provider_responses RENAME CONSTRAINT raw_objects_instrument_id_fkey TO provider_responses_instrument_id_fkey;
ALTER INDEX raw_objects_in_order RENAME TO provider_responses_in_order;

-- The responses of each instrument of a run (part 0, 1, …), or the error because of which there is none.
ALTER TABLE run_items RENAME TO run_responses;
ALTER TABLE run_responses RENAME COLUMN refusal TO error;
ALTER TABLE run_responses RENAME CONSTRAINT run_items_pkey TO run_responses_pkey;
ALTER TABLE run_responses RENAME CONSTRAINT run_items_run_id_fkey TO run_responses_run_id_fkey;
ALTER INDEX run_items_by_object RENAME TO run_responses_by_object;

-- quarantined: the version takes its session out of every series until a later version brings it back.
-- released: an operator decided that the bar counts although rules are violated.
-- inferred_split: new shares for one old share since the bar before, inferred from the price level alone.
ALTER TABLE bars RENAME COLUMN held TO quarantined;
ALTER TABLE bars RENAME COLUMN split TO inferred_split;
ALTER TABLE bars RENAME COLUMN basis TO price_basis;
ALTER INDEX bars_held RENAME TO bars_quarantined;

-- disposition: what happened to the row that violates a rule; 'resolved' when the rule is no longer violated.
ALTER TABLE quarantine RENAME COLUMN row TO row_text;
ALTER TABLE quarantine RENAME COLUMN repair TO repairs;
ALTER TABLE quarantine RENAME COLUMN verdict TO disposition;
ALTER TABLE quarantine DROP CONSTRAINT quarantine_verdict_check;
UPDATE quarantine SET disposition = CASE disposition
    WHEN 'accept' THEN 'accepted' WHEN 'repair' THEN 'repaired' WHEN 'quarantine' THEN 'quarantined' ELSE 'resolved' END;
ALTER TABLE quarantine ALTER COLUMN disposition SET DEFAULT 'quarantined';
ALTER TABLE quarantine ADD CONSTRAINT quarantine_disposition_check
    CHECK (disposition IN ('accepted', 'repaired', 'quarantined', 'resolved'));

-- The order of sources with which a feature state was computed.
ALTER TABLE feature_states RENAME COLUMN sources TO precedence;

-- Responses that changed features and that no cross-section includes yet.
ALTER TABLE cross_section_work RENAME TO pending_cross_sections;
ALTER INDEX cross_section_work_by_exchange RENAME TO pending_cross_sections_by_exchange;

ALTER FUNCTION take_request(text, float8, integer, integer, interval) RENAME TO acquire_request;

ALTER VIEW reporting.bars RENAME COLUMN basis TO price_basis;
ALTER VIEW reporting.bars RENAME COLUMN split TO inferred_split;

-- The rule violations that hold now: of each instrument, source, session and rule the latest version, without resolved ones.
DROP VIEW reporting.quarantine;
CREATE VIEW reporting.quarantine AS
SELECT object_key, ordinal, instrument_id, session, rule, detail, known_at, source, disposition, repairs FROM quarantine q
WHERE disposition <> 'resolved' AND NOT EXISTS (
    SELECT FROM quarantine n WHERE (n.instrument_id, n.source, n.session, n.rule) = (q.instrument_id, q.source, q.session, q.rule)
        AND (n.known_at, n.fetched_at, n.sha256, n.ordinal) > (q.known_at, q.fetched_at, q.sha256, q.ordinal));
GRANT SELECT ON reporting.quarantine TO bellwether_reader;
