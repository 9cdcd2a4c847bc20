-- Versions are never overwritten. Rows derived from a provider's answer carry the answer's order:
-- (known_at, fetched_at, sha256). Real-time columns (fetched_at, registered_at, created_at) never enter a hash.

CREATE TABLE instruments (
    id text PRIMARY KEY,
    symbol text NOT NULL,
    exchange text NOT NULL,
    currency text NOT NULL,
    name text NOT NULL
);
CREATE INDEX instruments_by_symbol ON instruments (symbol);

-- What a provider calls an instrument, from valid_from to before valid_to.
CREATE TABLE symbols (
    instrument_id text NOT NULL REFERENCES instruments,
    provider text NOT NULL,
    symbol text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    PRIMARY KEY (provider, instrument_id, valid_from)
);
CREATE INDEX symbols_by_name ON symbols (provider, symbol);

-- One row for each object under raw/ that was folded in.
CREATE TABLE raw_objects (
    key text PRIMARY KEY,
    instrument_id text NOT NULL REFERENCES instruments,
    provider text NOT NULL,
    kind text NOT NULL,
    known_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL,
    bars integer NOT NULL,
    actions integer NOT NULL,
    rejected integer NOT NULL
);
CREATE INDEX raw_objects_in_order ON raw_objects (instrument_id, known_at, fetched_at, sha256);

CREATE TABLE runs (
    id text PRIMARY KEY,
    exchange text NOT NULL,
    as_of timestamptz NOT NULL,
    session date NOT NULL,
    expected text[] NOT NULL
);
CREATE INDEX runs_by_time ON runs (exchange, as_of);

-- What became of each instrument of a run: the objects that were put (part 0, 1 …), or why there is none.
CREATE TABLE run_items (
    run_id text NOT NULL REFERENCES runs,
    instrument_id text NOT NULL,
    part integer NOT NULL,
    object_key text,
    refusal text,
    PRIMARY KEY (run_id, instrument_id, part),
    CHECK ((object_key IS NULL) <> (refusal IS NULL))
);
CREATE INDEX run_items_by_object ON run_items (object_key);

-- As traded, in 1e-8 of the currency. available_at of a session's first version: its close and the provider's lag.
CREATE TABLE bars (
    instrument_id text NOT NULL REFERENCES instruments,
    session date NOT NULL,
    source text NOT NULL,
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL,
    object_key text NOT NULL,
    open bigint NOT NULL,
    high bigint NOT NULL,
    low bigint NOT NULL,
    close bigint NOT NULL,
    volume float8 NOT NULL,
    currency text NOT NULL,
    PRIMARY KEY (instrument_id, session, source, known_at, sha256)
);

-- kind 'split': value new shares for base old ones; 'dividend': value units of 1e-8 of the currency for one share, base 1.
-- A version with retracted = true says that the provider no longer reports the action.
CREATE TABLE corporate_actions (
    instrument_id text NOT NULL REFERENCES instruments,
    ex_date date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('split', 'dividend')),
    source text NOT NULL,
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL,
    object_key text NOT NULL,
    value float8 NOT NULL,
    base float8 NOT NULL,
    retracted boolean NOT NULL,
    PRIMARY KEY (instrument_id, ex_date, kind, source, known_at, sha256)
);

CREATE TABLE quarantine (
    object_key text NOT NULL,
    ordinal integer NOT NULL,
    rule text NOT NULL,
    instrument_id text NOT NULL REFERENCES instruments,
    session date,
    detail text NOT NULL,
    row text NOT NULL,
    known_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL,
    PRIMARY KEY (object_key, ordinal, rule)
);
CREATE INDEX quarantine_by_instrument ON quarantine (instrument_id, known_at);

CREATE TABLE features (
    instrument_id text NOT NULL REFERENCES instruments,
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

CREATE TABLE cross_features (
    instrument_id text NOT NULL REFERENCES instruments,
    session date NOT NULL,
    version text NOT NULL,
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    "values" real[] NOT NULL,
    PRIMARY KEY (instrument_id, version, session, known_at)
);
CREATE INDEX cross_features_of_session ON cross_features (version, session, known_at);

CREATE TABLE models (
    id text PRIMARY KEY,
    kind text NOT NULL,
    as_of timestamptz NOT NULL,
    feature_version text NOT NULL,
    config text NOT NULL,
    data_version text NOT NULL,
    code_version text NOT NULL,
    seed bigint NOT NULL,
    window_from date NOT NULL,
    window_to date NOT NULL,
    metrics jsonb NOT NULL,
    artifact_key text NOT NULL,
    artifact_sha256 text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX models_by_time ON models (kind, as_of);

CREATE TABLE promotions (
    slot text NOT NULL,
    decided_as_of timestamptz NOT NULL,
    model_id text NOT NULL REFERENCES models,
    reason text NOT NULL,
    evidence jsonb NOT NULL,
    PRIMARY KEY (slot, decided_as_of, model_id)
);

-- Quantiles of the log total return over `horizon` sessions from the close of `session`.
CREATE TABLE forecasts (
    model_id text NOT NULL REFERENCES models,
    instrument_id text NOT NULL REFERENCES instruments,
    session date NOT NULL,
    feature_version text NOT NULL,
    data_version text NOT NULL,
    horizon integer NOT NULL,
    role text NOT NULL,
    as_of timestamptz NOT NULL,
    origin_close bigint NOT NULL,
    currency text NOT NULL,
    quantiles float8[] NOT NULL,
    baseline_model_id text REFERENCES models,
    baseline_quantiles float8[] NOT NULL,
    probability_of_fall float8 NOT NULL,
    PRIMARY KEY (model_id, instrument_id, session, feature_version, data_version, horizon)
);
CREATE INDEX forecasts_latest ON forecasts (instrument_id, session DESC, model_id);

CREATE TABLE api_keys (
    sha256 bytea PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
