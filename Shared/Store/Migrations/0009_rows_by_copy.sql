-- Rows by the thousand come by COPY. Each belongs to an answer, whose row in raw_objects names the instrument under a foreign key in the
-- same transaction, or to a cross-section over such rows: looking the instrument up again for every row took a third of the time.
ALTER TABLE bars DROP CONSTRAINT bars_instrument_id_fkey;
ALTER TABLE features DROP CONSTRAINT features_instrument_id_fkey;
ALTER TABLE cross_features DROP CONSTRAINT cross_features_instrument_id_fkey;

-- Cross-sections find what is new since the last ones by the time at which it was known.
CREATE INDEX features_by_time ON features (known_at);

-- Up to which instants an exchange's cross-sections were made: one row for each, until all of its sessions are done with is_complete =
-- false. What comes late takes the later ones away and makes them again.
CREATE TABLE cross_section_instants (
    exchange text NOT NULL,
    version text NOT NULL,
    known_at timestamptz NOT NULL,
    is_complete boolean NOT NULL,
    PRIMARY KEY (exchange, version, known_at)
);
INSERT INTO cross_section_instants SELECT DISTINCT exchange, version, known_at, true FROM cross_sections;
GRANT SELECT, INSERT, DELETE ON cross_section_instants TO bellwether_app;
GRANT DELETE ON cross_sections TO bellwether_app;
