-- Features: one-symbol features of each response, and cross-sectional features of each session. Versions as in the market data.

-- A version without values withdraws the features of a session whose bar is quarantined.
CREATE TABLE features (
    response_id bigint NOT NULL,
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    log_return float8 NOT NULL,
    instrument integer NOT NULL,
    session date NOT NULL,
    version text NOT NULL,
    "values" real[] NOT NULL,
    extras float8[] NOT NULL,
    PRIMARY KEY (instrument, version, session, response_id)
);
CREATE INDEX features_of_response ON features (response_id);
CREATE INDEX features_of_session ON features (version, session);
CREATE INDEX features_by_time ON features (known_at);
CREATE TRIGGER check_responses AFTER INSERT ON features REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION check_responses_exist();

-- Bars and features have no foreign key that would keep their response.
CREATE FUNCTION check_responses_unused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM removed r WHERE coalesce(
            (SELECT true FROM bars b WHERE b.response_id = r.id LIMIT 1), (SELECT true FROM features f WHERE f.response_id = r.id LIMIT 1), false)
    ) THEN
        RAISE EXCEPTION foreign_key_violation USING
            MESSAGE = 'bars or features belong to a deleted response', CONSTRAINT = 'provider_responses_in_use';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_unused AFTER DELETE ON provider_responses REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION check_responses_unused();

-- The state of the feature engine after an instrument's latest response, computed with this order of sources.
CREATE TABLE feature_states (
    instrument integer NOT NULL REFERENCES instruments,
    version text NOT NULL,
    precedence text[] NOT NULL,
    session date NOT NULL,
    response_id bigint NOT NULL REFERENCES provider_responses,
    state bytea NOT NULL,
    PRIMARY KEY (instrument, version)
);
CREATE INDEX feature_states_of_response ON feature_states (response_id);

CREATE TABLE cross_features (
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    instrument integer NOT NULL,
    session date NOT NULL,
    version text NOT NULL,
    "values" real[] NOT NULL,
    PRIMARY KEY (instrument, version, session, known_at)
);
CREATE INDEX cross_features_of_session ON cross_features (version, session, known_at);

CREATE FUNCTION check_instruments_exist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT instrument FROM added) a WHERE NOT EXISTS (SELECT FROM instruments i WHERE i.number = a.instrument)) THEN
        RAISE EXCEPTION foreign_key_violation USING
            MESSAGE = format('a row of "%s" has no instrument', TG_TABLE_NAME), CONSTRAINT = TG_TABLE_NAME || '_instrument_fkey';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_instruments AFTER INSERT ON cross_features REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION check_instruments_exist();

-- The sessions whose cross-sections were computed as known at an instant, also those that came out empty or unchanged.
CREATE TABLE cross_sections (
    exchange text NOT NULL,
    version text NOT NULL,
    session date NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (exchange, version, session, known_at)
);
CREATE INDEX cross_sections_of_instant ON cross_sections (exchange, version, known_at);

-- The instants as of which an exchange's cross-sections have been begun, and whether all of their sessions are computed.
CREATE TABLE cross_section_instants (
    exchange text NOT NULL,
    version text NOT NULL,
    known_at timestamptz NOT NULL,
    is_complete boolean NOT NULL,
    PRIMARY KEY (exchange, version, known_at)
);

-- One row for each response that changed features and that no cross-section includes yet: when it was known.
CREATE TABLE pending_cross_sections (
    exchange text NOT NULL,
    known_at timestamptz NOT NULL
);
CREATE INDEX pending_cross_sections_by_exchange ON pending_cross_sections (exchange, known_at);
