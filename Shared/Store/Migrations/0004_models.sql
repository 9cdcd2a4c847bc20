-- Trained model versions, and the decisions about them. Rows are inserted and never changed.

-- ordinal: the order of registration among the versions of a family as of one instant; the last one serves.
CREATE TABLE models (
    id text PRIMARY KEY,
    family text NOT NULL,
    as_of timestamptz NOT NULL,
    ordinal integer NOT NULL DEFAULT 0,
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
    registered_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX models_by_time ON models (family, as_of);

-- Decisions that made a version the champion. Of one instant, the decision with the highest ordinal is in force.
CREATE TABLE promotions (
    slot text NOT NULL,
    decided_as_of timestamptz NOT NULL,
    ordinal integer NOT NULL DEFAULT 0,
    model_id text NOT NULL REFERENCES models,
    reason text NOT NULL,
    evidence jsonb NOT NULL,
    PRIMARY KEY (slot, decided_as_of, ordinal, model_id)
);

-- Monthly reviews of a family, and failed trainings.
CREATE TABLE evaluations (
    subject text NOT NULL CHECK (subject IN ('review', 'training')),
    family text NOT NULL,
    as_of timestamptz NOT NULL,
    decision text NOT NULL,
    evidence jsonb NOT NULL,
    PRIMARY KEY (subject, family, as_of)
);
