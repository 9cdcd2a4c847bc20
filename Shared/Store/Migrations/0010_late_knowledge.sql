-- Of bars that were brought back to as traded anew when an action became known: when the provider's prices are of. NULL: of known_at.
ALTER TABLE bars ADD COLUMN priced_at timestamptz;

-- Instruments whose features changed and that no cross-section has seen yet. Whoever makes cross-sections takes the rows away first, so
-- that one that is written meanwhile stays for the next.
CREATE TABLE cross_section_work (
    exchange text NOT NULL,
    known_at timestamptz NOT NULL,
    object_key text NOT NULL
);
CREATE INDEX cross_section_work_by_exchange ON cross_section_work (exchange, known_at);
GRANT SELECT, INSERT, DELETE ON cross_section_work TO bellwether_app;
