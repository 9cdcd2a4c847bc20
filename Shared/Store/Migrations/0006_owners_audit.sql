-- The keys that may call the API, by the SHA-256 of their text.
CREATE TABLE api_keys (
    sha256 bytea PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
