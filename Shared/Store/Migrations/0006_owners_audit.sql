-- Owners, their API keys, and the log of every person's acts. An owner's other tables refer to owners(number).

CREATE TABLE owners (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE CHECK (id ~ '^[a-z0-9][a-z0-9._@+-]{0,63}$'),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- The keys that may call the API, by the SHA-256 of their text. Rows of revoked and expired keys stay: the log refers to them.
CREATE TABLE api_keys (
    sha256 bytea PRIMARY KEY CHECK (octet_length(sha256) = 32),
    owner integer NOT NULL REFERENCES owners,
    name text NOT NULL CHECK (name <> ''),
    scopes text[] NOT NULL CHECK (scopes <@ ARRAY['read', 'write', 'admin'] AND cardinality(scopes) > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_keys_of_owner ON api_keys (owner);

-- Rows are only appended: no role has another right, and the table refuses it to its owner too.
-- time: the business time of the act's event; NULL: the act has none, such as the registration of a key. An act of an event that is handled
-- twice is logged once.
CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    time timestamptz,
    actor text NOT NULL CHECK (actor <> ''),
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    subject text NOT NULL,
    details jsonb NOT NULL CHECK (jsonb_typeof(details) = 'object'),
    UNIQUE (time, action, subject, actor)
);
CREATE INDEX audit_log_of_subject ON audit_log (subject, id);
CREATE INDEX audit_log_of_actor ON audit_log (actor, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION insufficient_privilege USING MESSAGE = format('rows of "%s" are only appended', TG_TABLE_NAME);
END $$;
CREATE TRIGGER only_append BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
