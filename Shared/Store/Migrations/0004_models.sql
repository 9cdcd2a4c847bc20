-- Trained model versions, and the decisions about them. Rows are inserted and never changed.

CREATE TABLE model_families (
    number smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9-]{1,40}$')
);

-- Tables refer to a model version by its number; everybody else by its id, or by the family and the version, which counts from 1 in the
-- order of registration.
CREATE TABLE models (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE CHECK (id <> ''),
    family smallint NOT NULL REFERENCES model_families,
    version integer NOT NULL CHECK (version >= 1),
    as_of timestamptz NOT NULL,
    feature_version text NOT NULL,
    configuration text NOT NULL,
    data_version text NOT NULL,
    code_version text NOT NULL,
    seed bigint NOT NULL,
    window_from date NOT NULL,
    window_to date NOT NULL,
    metrics jsonb NOT NULL,
    artifact_key text NOT NULL,
    artifact_sha256 text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (family, version),
    CHECK (window_from <= window_to)
);
CREATE INDEX models_by_time ON models (family, as_of, version);

-- Decisions that made a version the champion. Of one instant, the decision with the highest ordinal is in force.
CREATE TABLE promotions (
    slot text NOT NULL CHECK (slot = 'champion'),
    decided_as_of timestamptz NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal >= 0),
    model integer NOT NULL REFERENCES models,
    reason text NOT NULL,
    evidence jsonb NOT NULL,
    PRIMARY KEY (slot, decided_as_of, ordinal)
);

-- Monthly reviews of a family, and failed trainings.
CREATE TABLE evaluations (
    subject text NOT NULL CHECK (subject IN ('review', 'training')),
    family smallint NOT NULL REFERENCES model_families,
    as_of timestamptz NOT NULL,
    decision text NOT NULL CHECK (decision IN ('promoted', 'not_promoted', 'replaced', 'confirmed', 'failed')),
    evidence jsonb NOT NULL,
    PRIMARY KEY (subject, family, as_of)
);
CREATE INDEX evaluations_by_time ON evaluations (as_of);
