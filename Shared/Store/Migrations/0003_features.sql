-- Features: one-symbol features of each response, and cross-sectional features of each session. Versions as in the market data.

-- A version without values withdraws the features of a session whose bar is quarantined.
CREATE TABLE features (
    instrument_id text NOT NULL,
    session date NOT NULL,
    version text NOT NULL,
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL,
    "values" real[] NOT NULL,
    log_return float8 NOT NULL,
    extras float8[] NOT NULL,
    PRIMARY KEY (instrument_id, version, session, known_at, sha256)
);
CREATE INDEX features_of_session ON features (version, session);
CREATE INDEX features_by_time ON features (known_at);

-- The state of the feature engine after an instrument's latest response, computed with this order of sources.
CREATE TABLE feature_states (
    instrument_id text NOT NULL REFERENCES instruments,
    version text NOT NULL,
    precedence text[] NOT NULL,
    session date NOT NULL,
    known_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (instrument_id, version)
);

CREATE TABLE cross_features (
    instrument_id text NOT NULL,
    session date NOT NULL,
    version text NOT NULL,
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    "values" real[] NOT NULL,
    PRIMARY KEY (instrument_id, version, session, known_at)
);
CREATE INDEX cross_features_of_session ON cross_features (version, session, known_at);

-- The sessions whose cross-sections were computed as known at an instant, also those that came out empty or unchanged.
CREATE TABLE cross_sections (
    exchange text NOT NULL,
    version text NOT NULL,
    session date NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (exchange, version, session, known_at)
);

-- The instants as of which an exchange's cross-sections have been begun, and whether all of their sessions are computed.
CREATE TABLE cross_section_instants (
    exchange text NOT NULL,
    version text NOT NULL,
    known_at timestamptz NOT NULL,
    is_complete boolean NOT NULL,
    PRIMARY KEY (exchange, version, known_at)
);

-- Responses that changed features and that no cross-section includes yet.
CREATE TABLE pending_cross_sections (
    exchange text NOT NULL,
    known_at timestamptz NOT NULL,
    object_key text NOT NULL
);
CREATE INDEX pending_cross_sections_by_exchange ON pending_cross_sections (exchange, known_at);
