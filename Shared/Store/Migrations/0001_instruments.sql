-- Reference data: instruments and what is known of them and of their exchanges. Nothing is overwritten: of the rows with the same key, the
-- one that became known last holds.

CREATE TABLE instruments (
    id text PRIMARY KEY,
    symbol text NOT NULL,
    exchange text NOT NULL,
    currency text NOT NULL,
    name text NOT NULL
);
CREATE INDEX instruments_by_symbol ON instruments (symbol);

-- The symbol of an instrument at a provider (provider '*': at every provider without a row of its own), from valid_from until before
-- valid_to, or until the instrument's next symbol there.
CREATE TABLE symbols (
    instrument_id text NOT NULL REFERENCES instruments,
    provider text NOT NULL,
    symbol text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (provider, instrument_id, valid_from, known_at)
);
CREATE INDEX symbols_by_name ON symbols (provider, symbol);

-- The membership in the universe, from valid_from until before valid_to.
CREATE TABLE universe (
    instrument_id text NOT NULL REFERENCES instruments,
    valid_from date NOT NULL,
    valid_to date,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (instrument_id, valid_from, known_at)
);

-- The last session before a delisting; NULL revokes a delisting.
CREATE TABLE delistings (
    instrument_id text NOT NULL REFERENCES instruments,
    last_session date,
    reason text NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (instrument_id, known_at)
);

-- Days that differ from the rules of an exchange's calendar: closed, or a session with these hours ('0930-1300'). Neither: the rules hold.
CREATE TABLE closures (
    exchange text NOT NULL,
    day date NOT NULL,
    closed boolean NOT NULL,
    hours text,
    reason text NOT NULL,
    known_at timestamptz NOT NULL,
    PRIMARY KEY (exchange, day, known_at)
);

-- The id of the instrument that is named by its id, or by a symbol as symbols were known at an instant: the instrument that has the symbol,
-- else the instrument that had the symbol last.
CREATE FUNCTION instrument_named(symbol_or_id text, at timestamptz) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    found_id text;
BEGIN
    SELECT i.id INTO found_id FROM (
        SELECT s.instrument_id, s.valid_from, false AS is_id, s.valid_to IS NULL AND NOT EXISTS (
            SELECT FROM symbols n WHERE n.provider = '*' AND n.instrument_id = s.instrument_id AND n.valid_from > s.valid_from
                AND n.known_at <= at) AS is_current
        FROM symbols s WHERE s.provider = '*' AND s.symbol = symbol_or_id AND s.known_at <= at
            AND s.valid_from <= (at AT TIME ZONE 'UTC')::date AND NOT EXISTS (
            SELECT FROM symbols v WHERE v.provider = '*' AND v.instrument_id = s.instrument_id AND v.valid_from = s.valid_from
                AND v.known_at > s.known_at AND v.known_at <= at)
        UNION ALL SELECT symbol_or_id, NULL, true, true
    ) s JOIN instruments i ON i.id = s.instrument_id
    ORDER BY s.is_id DESC, s.is_current DESC, s.valid_from DESC, i.id LIMIT 1;
    RETURN found_id;
END $$;
