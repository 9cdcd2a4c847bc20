-- Market data: the providers' responses, and the rows that are projected from them.
--
-- A row belongs to the response from which it was projected. The rows of one key are versions, in the order of their responses' ids. An id
-- is given when the response is projected; because a response that comes late rolls back the later ones of its instrument, which are then
-- projected again, the ids of an instrument's responses ascend with (known_at, fetched_at, sha256, object_key).

-- The responses that have been projected, each with the number of rows that it added. fetched_at is wall-clock time.
CREATE TABLE provider_responses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_key text COLLATE "C" NOT NULL UNIQUE,
    instrument integer NOT NULL REFERENCES instruments,
    provider text NOT NULL,
    kind text NOT NULL,
    known_at timestamptz NOT NULL,
    fetched_at timestamptz NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    bars integer NOT NULL DEFAULT 0 CHECK (bars >= 0),
    actions integer NOT NULL DEFAULT 0 CHECK (actions >= 0),
    quarantined integer NOT NULL DEFAULT 0 CHECK (quarantined >= 0)
);
CREATE INDEX provider_responses_in_order ON provider_responses (instrument, known_at, fetched_at);

CREATE FUNCTION check_response_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM provider_responses r WHERE r.instrument = NEW.instrument AND r.id < NEW.id
            AND (r.known_at, r.fetched_at, r.sha256, r.object_key) > (NEW.known_at, NEW.fetched_at, NEW.sha256, NEW.object_key)
    ) THEN
        RAISE EXCEPTION integrity_constraint_violation USING
            MESSAGE = format('a later response of the instrument has been projected before %s: roll it back first', NEW.object_key),
            CONSTRAINT = 'provider_responses_order';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER check_order AFTER INSERT ON provider_responses FOR EACH ROW EXECUTE FUNCTION check_response_order();

-- The foreign key of the tables whose rows come by the thousand: every row's response exists and is about the row's instrument. It is
-- checked once per statement, because one check per row takes longer than writing the row.
CREATE FUNCTION check_responses_exist() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT response_id, instrument FROM added) a
        WHERE coalesce((SELECT r.instrument FROM provider_responses r WHERE r.id = a.response_id) <> a.instrument, true)
    ) THEN
        RAISE EXCEPTION foreign_key_violation USING
            MESSAGE = format('a row of "%s" has no response about its instrument', TG_TABLE_NAME),
            CONSTRAINT = TG_TABLE_NAME || '_response_id_fkey';
    END IF;
    RETURN NULL;
END $$;

-- Runs of Ingest over an exchange ('*': over several).
CREATE TABLE runs (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE CHECK (id <> ''),
    exchange text NOT NULL CHECK (exchange ~ '^([A-Z0-9/]{3,8}|\*)$'),
    as_of timestamptz NOT NULL,
    session date NOT NULL,
    -- The ids of the instruments.
    expected text[] NOT NULL
);
CREATE INDEX runs_by_time ON runs (exchange, as_of);

-- The responses of each instrument of a run (part 0, 1, …), or the error because of which there is none.
CREATE TABLE run_responses (
    run integer NOT NULL REFERENCES runs,
    instrument integer NOT NULL REFERENCES instruments,
    part integer NOT NULL CHECK (part >= 0),
    object_key text,
    error text,
    PRIMARY KEY (run, instrument, part),
    CHECK ((object_key IS NULL) <> (error IS NULL))
);
CREATE INDEX run_responses_by_object ON run_responses USING hash (object_key);

-- Objects under raw/ that cannot be projected, with the reason of the last failure. An object that is projected later stays here and counts
-- as projected. key_instrument: the instrument in the object's key, registered or not.
-- rows_stay: the object was projected before and can no longer be read, so a rebuild left the rows of its instrument as they were.
CREATE TABLE quarantined_objects (
    object_key text COLLATE "C" PRIMARY KEY,
    key_instrument text COLLATE "C",
    reason text NOT NULL,
    rows_stay boolean NOT NULL DEFAULT false,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX quarantined_objects_by_instrument ON quarantined_objects (key_instrument);

-- 'as-traded', or 'unadjusted': computed from a provider's adjusted prices and the actions known then.
CREATE TYPE price_basis AS ENUM ('as-traded', 'unadjusted', 'split-adjusted', 'total-return');

-- Daily bars as traded, in the currency: the doubles nearest to the provider's decimals. Open and close may lie outside of the range from low
-- to high by a provider's float noise.
-- available_at: of a session's first version, the session's close and the provider's delay; of a correction, known_at.
-- quarantined: the version takes its session out of every series until a later version brings it back; its figures are as they came.
-- released: an operator decided that the bar counts although rules are violated.
-- priced_at: when the provider's prices were known, if the bar was computed anew later; NULL: known_at.
-- inferred_split: new shares for one old share since the bar before, inferred from the price level alone.
CREATE TABLE bars (
    response_id bigint NOT NULL,
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    open float8 NOT NULL,
    high float8 NOT NULL,
    low float8 NOT NULL,
    close float8 NOT NULL,
    volume float8 NOT NULL CHECK (volume >= 0 AND volume < 'Infinity'),
    instrument integer NOT NULL,
    session date NOT NULL,
    price_basis price_basis NOT NULL,
    quarantined boolean NOT NULL,
    released boolean NOT NULL,
    source text NOT NULL,
    currency text NOT NULL,
    inferred_split float8 CHECK (inferred_split > 0 AND inferred_split < 'Infinity'),
    priced_at timestamptz,
    PRIMARY KEY (instrument, session, source, response_id),
    CONSTRAINT bars_range CHECK (quarantined OR released OR low > 0 AND high < 'Infinity'
        AND greatest(open, close, low) <= high * 1.00001 AND least(open, close) >= low - high * 0.00001)
);
CREATE INDEX bars_of_response ON bars (response_id);
CREATE INDEX bars_quarantined ON bars (instrument, session, source) WHERE quarantined;
CREATE TRIGGER check_responses AFTER INSERT ON bars REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION check_responses_exist();

-- Bars of sessions that had not closed when the response came. They never become features.
CREATE TABLE provisional_bars (
    response_id bigint NOT NULL REFERENCES provider_responses,
    known_at timestamptz NOT NULL,
    open float8 NOT NULL,
    high float8 NOT NULL,
    low float8 NOT NULL,
    close float8 NOT NULL,
    volume float8 NOT NULL CHECK (volume >= 0 AND volume < 'Infinity'),
    instrument integer NOT NULL REFERENCES instruments,
    session date NOT NULL,
    source text NOT NULL,
    currency text NOT NULL,
    PRIMARY KEY (instrument, session, source, response_id),
    CONSTRAINT provisional_bars_range CHECK (low > 0 AND high < 'Infinity'
        AND greatest(open, close, low) <= high * 1.00001 AND least(open, close) >= low - high * 0.00001)
);
CREATE INDEX provisional_bars_of_response ON provisional_bars (response_id);

-- kind 'split': value new shares for base old ones. kind 'dividend': value in the currency for one share, base 1.
-- retracted: the provider no longer reports the action.
CREATE TABLE corporate_actions (
    response_id bigint NOT NULL REFERENCES provider_responses,
    known_at timestamptz NOT NULL,
    available_at timestamptz NOT NULL,
    value float8 NOT NULL CHECK (value > 0 AND value < 'Infinity'),
    base float8 NOT NULL CHECK (base > 0 AND base < 'Infinity'),
    instrument integer NOT NULL REFERENCES instruments,
    ex_date date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('split', 'dividend')),
    source text NOT NULL,
    nature text NOT NULL CHECK (nature IN ('ordinary', 'special', 'spin-off', 'stock-dividend', 'capital-gain', 'inferred')),
    retracted boolean NOT NULL,
    PRIMARY KEY (instrument, ex_date, kind, source, response_id),
    CHECK (kind = 'split' OR base = 1)
);
CREATE INDEX corporate_actions_of_response ON corporate_actions (response_id);

-- Rule violations of rows of responses. The latest version of (instrument, source, session, rule) holds.
-- ordinal: the row's position in its response; -1: the rule checks a series. repairs: field, value before and value after, of each repair.
-- disposition: what happened to the row; 'resolved': the rule is no longer violated.
-- omitted: further rows of the response that violate the rule and are not stored.
CREATE TABLE quarantine (
    response_id bigint NOT NULL REFERENCES provider_responses,
    known_at timestamptz NOT NULL,
    instrument integer NOT NULL REFERENCES instruments,
    session date,
    ordinal integer NOT NULL CHECK (ordinal >= -1),
    source text NOT NULL,
    rule text NOT NULL,
    disposition text NOT NULL CHECK (disposition IN ('accepted', 'repaired', 'quarantined', 'resolved')),
    detail text NOT NULL,
    row_text text NOT NULL,
    repairs text NOT NULL,
    omitted integer NOT NULL CHECK (omitted >= 0),
    CONSTRAINT quarantine_key UNIQUE NULLS NOT DISTINCT (response_id, source, ordinal, rule, session, disposition)
);
CREATE INDEX quarantine_by_instrument ON quarantine (instrument, known_at DESC, session DESC NULLS LAST, response_id, ordinal, rule);
CREATE INDEX quarantine_by_time ON quarantine (known_at DESC, instrument, session DESC NULLS LAST, response_id, ordinal, rule);
CREATE INDEX quarantine_by_session ON quarantine (instrument, source, session, rule);

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
