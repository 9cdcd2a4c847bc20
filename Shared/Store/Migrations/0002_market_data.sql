-- Market data: the providers' responses, and the rows that are projected from them. Rows of one key are versions in the order (known_at,
-- fetched_at, sha256) of their responses. fetched_at is wall-clock time and never enters a hash.

-- The responses that have been projected, each with the number of rows that it added.
CREATE TABLE provider_responses (
    object_key text PRIMARY KEY,
    instrument_id text NOT NULL REFERENCES instruments,
    provider text NOT NULL,
    kind text NOT NULL,
    known_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL,
    bars integer NOT NULL,
    actions integer NOT NULL,
    quarantined integer NOT NULL
);
CREATE INDEX provider_responses_in_order ON provider_responses (instrument_id, known_at, fetched_at, sha256);

CREATE TABLE runs (
    id text PRIMARY KEY,
    exchange text NOT NULL,
    as_of timestamptz NOT NULL,
    session date NOT NULL,
    expected text[] NOT NULL
);
CREATE INDEX runs_by_time ON runs (exchange, as_of);

-- The responses of each instrument of a run (part 0, 1, …), or the error because of which there is none.
CREATE TABLE run_responses (
    run_id text NOT NULL REFERENCES runs,
    instrument_id text NOT NULL,
    part integer NOT NULL,
    object_key text,
    error text,
    PRIMARY KEY (run_id, instrument_id, part),
    CHECK ((object_key IS NULL) <> (error IS NULL))
);
CREATE INDEX run_responses_by_object ON run_responses (object_key);

-- Daily bars as traded, in 1e-8 of the currency. The table has no foreign key: rows come by the thousand, and each belongs to a response
-- whose row is written in the same transaction.
-- available_at: of a session's first version, the session's close and the provider's delay; of a correction, known_at.
-- quarantined: the version takes its session out of every series until a later version brings it back.
-- released: an operator decided that the bar counts although rules are violated.
-- price_basis: 'as-traded', or 'unadjusted' if the bar was computed from a provider's adjusted prices and the actions known then.
-- priced_at: when the provider's prices were known, if the bar was computed anew later; NULL: known_at.
-- inferred_split: new shares for one old share since the bar before, inferred from the price level alone.
CREATE TABLE bars (
    instrument_id text NOT NULL,
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
    price_basis text NOT NULL,
    quarantined boolean NOT NULL,
    inferred_split float8,
    priced_at timestamptz,
    released boolean NOT NULL,
    PRIMARY KEY (instrument_id, session, source, known_at, sha256)
);
CREATE INDEX bars_quarantined ON bars (instrument_id, session, source) WHERE quarantined;

-- Bars of sessions that had not closed when the response came. They never become features.
CREATE TABLE provisional_bars (
    instrument_id text NOT NULL REFERENCES instruments,
    session date NOT NULL,
    source text NOT NULL,
    known_at timestamptz NOT NULL,
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

-- kind 'split': value new shares for base old ones. kind 'dividend': value units of 1e-8 of the currency for one share, base 1.
-- nature: 'ordinary', 'special', 'spin-off', 'stock-dividend', 'capital-gain'.
-- retracted: the provider no longer reports the action.
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
    nature text NOT NULL,
    retracted boolean NOT NULL,
    PRIMARY KEY (instrument_id, ex_date, kind, source, known_at, sha256)
);

-- Rule violations of rows of responses. The latest version of (instrument, source, session, rule) holds.
-- ordinal: the row's position in its response; -1: the rule checks a series. repairs: field, value before and value after, of each repair.
-- disposition: what happened to the row; 'resolved': the rule is no longer violated.
CREATE TABLE quarantine (
    object_key text NOT NULL,
    ordinal integer NOT NULL,
    rule text NOT NULL,
    instrument_id text NOT NULL REFERENCES instruments,
    source text NOT NULL,
    session date,
    detail text NOT NULL,
    row_text text NOT NULL,
    disposition text NOT NULL CHECK (disposition IN ('accepted', 'repaired', 'quarantined', 'resolved')),
    repairs text NOT NULL,
    known_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL
);
CREATE UNIQUE INDEX quarantine_key ON quarantine (object_key, source, ordinal, rule, session) NULLS NOT DISTINCT;
CREATE INDEX quarantine_by_instrument ON quarantine (instrument_id, known_at);
CREATE INDEX quarantine_by_session ON quarantine (instrument_id, source, session, rule);

-- The requests that a provider still allows, by the database's clock: a bucket of tokens, the requests of the day in UTC, the ends of the
-- leases, and the end of a block with its reason.
CREATE TABLE provider_limits (
    provider text PRIMARY KEY,
    tokens float8 NOT NULL,
    refilled_at timestamptz NOT NULL,
    quota_day date NOT NULL,
    quota_used integer NOT NULL,
    leases timestamptz[] NOT NULL,
    blocked_until timestamptz,
    blocked_reason text
);

-- Acquires permission for one request, or says how long to wait and why: 'rate', 'concurrency', 'daily-quota', or the reason of a block.
CREATE FUNCTION acquire_request(
    name text, per_minute float8, per_day integer, concurrency integer, lease interval,
    OUT lease_until timestamptz, OUT wait_seconds float8, OUT reason text
)
LANGUAGE plpgsql AS $$
DECLARE
    bucket provider_limits;
    now timestamptz;
    burst float8 := least(concurrency, greatest(per_minute, 1));
BEGIN
    INSERT INTO provider_limits VALUES (name, burst, clock_timestamp(), (clock_timestamp() AT TIME ZONE 'UTC')::date, 0, '{}') ON CONFLICT DO NOTHING;
    SELECT * INTO bucket FROM provider_limits l WHERE l.provider = name FOR UPDATE;
    now := clock_timestamp();
    IF bucket.quota_day <> (now AT TIME ZONE 'UTC')::date THEN
        bucket.quota_day := (now AT TIME ZONE 'UTC')::date;
        bucket.quota_used := 0;
    END IF;
    bucket.tokens := least(burst, bucket.tokens + greatest(extract(epoch FROM now - bucket.refilled_at), 0) * per_minute / 60);
    bucket.refilled_at := now;
    bucket.leases := ARRAY(SELECT l FROM unnest(bucket.leases) l WHERE l > now ORDER BY l);
    IF bucket.blocked_until > now THEN
        wait_seconds := extract(epoch FROM bucket.blocked_until - now);
        reason := bucket.blocked_reason;
    ELSIF bucket.quota_used >= per_day THEN
        wait_seconds := extract(epoch FROM ((bucket.quota_day + 1)::timestamp AT TIME ZONE 'UTC') - now);
        reason := 'daily-quota';
    ELSIF cardinality(bucket.leases) >= concurrency THEN
        wait_seconds := least(extract(epoch FROM bucket.leases[1] - now), 0.25);
        reason := 'concurrency';
    ELSIF bucket.tokens < 1 THEN
        wait_seconds := (1 - bucket.tokens) * 60 / per_minute;
        reason := 'rate';
    ELSE
        bucket.tokens := bucket.tokens - 1;
        bucket.quota_used := bucket.quota_used + 1;
        lease_until := now + lease;
        WHILE lease_until = ANY (bucket.leases) LOOP
            lease_until := lease_until + interval '1 microsecond';
        END LOOP;
        bucket.leases := bucket.leases || lease_until;
    END IF;
    UPDATE provider_limits l SET tokens = bucket.tokens, refilled_at = bucket.refilled_at, quota_day = bucket.quota_day, quota_used = bucket.quota_used,
        leases = bucket.leases WHERE l.provider = name;
END $$;
