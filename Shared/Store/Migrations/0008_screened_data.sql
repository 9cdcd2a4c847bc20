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

CREATE OR REPLACE VIEW reporting.quarantine AS
SELECT object_key, ordinal, instrument_id, session, rule, detail, known_at, source, verdict, repair FROM quarantine;
