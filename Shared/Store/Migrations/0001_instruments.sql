-- Reference data: instruments, and what is known of them and of their exchanges. Nothing is overwritten: of the rows with the same key, the
-- one that became known last holds.

-- Tables refer to an instrument by its number; everybody else by its id.
CREATE TABLE instruments (
    number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE CHECK (id <> ''),
    symbol text NOT NULL CHECK (symbol <> ''),
    exchange text NOT NULL CHECK (exchange ~ '^[A-Z0-9/]{3,8}$'),
    currency text NOT NULL CHECK (currency ~ '^[A-Za-z0-9]{2,12}$'),
    name text NOT NULL
);

-- The symbol of an instrument at a provider (provider '*': at every provider without a row of its own), from valid_from until before
-- valid_to, or until the instrument's next symbol there.
CREATE TABLE symbols (
    instrument integer NOT NULL REFERENCES instruments,
    provider text NOT NULL,
    symbol text NOT NULL CHECK (symbol <> ''),
    valid_from date NOT NULL,
    valid_to date,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (provider, instrument, valid_from, known_at)
);
CREATE INDEX symbols_by_name ON symbols (provider, symbol);

-- The membership in the universe, from valid_from until before valid_to.
-- configured: the deployment's settings name the instrument; the membership ends when they no longer do.
CREATE TABLE universe (
    instrument integer NOT NULL REFERENCES instruments,
    valid_from date NOT NULL,
    valid_to date,
    known_at timestamptz NOT NULL,
    configured boolean NOT NULL DEFAULT false,
    PRIMARY KEY (instrument, valid_from, known_at)
);

-- The last session before a delisting; NULL revokes a delisting.
CREATE TABLE delistings (
    instrument integer NOT NULL REFERENCES instruments,
    last_session date,
    reason text NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (instrument, known_at)
);

-- Days that differ from the rules of an exchange's calendar: closed, or a session with these hours ('0930-1300'). Neither: the rules hold.
CREATE TABLE closures (
    exchange text NOT NULL CHECK (exchange ~ '^[A-Z0-9/]{3,8}$'),
    day date NOT NULL,
    closed boolean NOT NULL,
    hours text CHECK (hours ~ '^\d{4}-\d{4}(,\d{4}-\d{4})*$'),
    reason text NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (exchange, day, known_at),
    CHECK (NOT closed OR hours IS NULL)
);

-- The number of the instrument that is named by its id, or by a symbol as symbols were known at an instant: the instrument that has the
-- symbol, else the instrument that had the symbol last. Each step reads a few entries of one index, whatever the planner's statistics say.
CREATE FUNCTION instrument_named(symbol_or_id text, at timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    found integer;
BEGIN
    SELECT i.number INTO found FROM instruments i WHERE i.id = symbol_or_id;
    IF found IS NULL THEN
        SELECT s.instrument INTO found FROM symbols s
        WHERE s.provider = '*' AND s.symbol = symbol_or_id AND s.known_at <= at AND s.valid_from <= (at AT TIME ZONE 'UTC')::date
            AND s.known_at = (
                SELECT v.known_at FROM symbols v WHERE v.provider = '*' AND v.instrument = s.instrument AND v.valid_from = s.valid_from
                    AND v.known_at <= at
                ORDER BY v.known_at DESC LIMIT 1)
        ORDER BY s.valid_to IS NULL AND coalesce((
            SELECT false FROM symbols n WHERE n.provider = '*' AND n.instrument = s.instrument AND n.valid_from > s.valid_from AND n.known_at <= at
            LIMIT 1), true) DESC, s.valid_from DESC, (SELECT i.id FROM instruments i WHERE i.number = s.instrument) LIMIT 1;
    END IF;
    RETURN found;
END $$;
