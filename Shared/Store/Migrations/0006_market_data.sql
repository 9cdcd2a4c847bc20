-- What can be trusted needs more than bars: dated facts about instruments and exchanges, bars of sessions that are not over, the feature
-- engine's states, what was compared, and how much a provider may be asked. Facts are versions too: the latest known_at of a key counts.

-- What a provider calls an instrument (provider '*': everyone, unless a row of its own says otherwise), from valid_from until valid_to or
-- the instrument's next name. So FB becomes META by one row, and another instrument may be FB after it.
ALTER TABLE symbols ADD COLUMN known_at timestamptz NOT NULL DEFAULT '-infinity';
ALTER TABLE symbols DROP CONSTRAINT symbols_pkey;
ALTER TABLE symbols ADD PRIMARY KEY (provider, instrument_id, valid_from, known_at);

-- Which instruments the schedules follow and the cross-sections compare, from valid_from to before valid_to.
CREATE TABLE universe (
    instrument_id text NOT NULL REFERENCES instruments,
    valid_from date NOT NULL,
    valid_to date,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (instrument_id, valid_from, known_at)
);

INSERT INTO universe (instrument_id, valid_from, known_at) SELECT id, '1970-01-01', '-infinity' FROM instruments;

-- An instrument's last session; NULL takes a delisting back.
CREATE TABLE delistings (
    instrument_id text NOT NULL REFERENCES instruments,
    last_session date,
    reason text NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (instrument_id, known_at)
);

-- Days on which an exchange does not trade although its rules say so; closed = false takes one back.
CREATE TABLE closures (
    exchange text NOT NULL,
    day date NOT NULL,
    closed boolean NOT NULL,
    reason text NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (exchange, day, known_at)
);

-- Bars of sessions that were not over when the answer came. Never features; the final bar in `bars` takes their place.
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

-- Where the feature engine stood after an instrument's latest answer: one row, which the next answer replaces. `sources` is the order of
-- preference that it was made with.
CREATE TABLE feature_states (
    instrument_id text NOT NULL REFERENCES instruments,
    version text NOT NULL,
    sources text[] NOT NULL,
    session date NOT NULL,
    known_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (instrument_id, version)
);

-- Which sessions' cross-sections were made, as known when; also the ones that came out empty or as before.
CREATE TABLE cross_sections (
    exchange text NOT NULL,
    version text NOT NULL,
    session date NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (exchange, version, session, known_at)
);

-- What may still be asked of a provider, by the database's clock: a bucket of tokens, the requests of the day in UTC, the ends of the
-- leases that are out, and until when nobody asks, with the reason.
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

-- Takes leave for one request, or says how long to wait and why ('blocked reason', 'rate', 'concurrency', 'daily-quota').
CREATE FUNCTION take_request(
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

GRANT SELECT ON ALL TABLES IN SCHEMA public TO bellwether_app;
GRANT INSERT ON universe, delistings, closures, provisional_bars, feature_states, cross_sections TO bellwether_app;
GRANT DELETE ON provisional_bars, feature_states TO bellwether_app;
-- A state of the present, not a fact: the one table that is updated.
GRANT INSERT, UPDATE ON provider_limits TO bellwether_app;
