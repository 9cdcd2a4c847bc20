-- Left to itself, Postgres plans three of the function's statements anew for each call, because with known parameters they look cheaper by
-- a little. What each of them reads is one short range of an index whatever the parameters are.
ALTER FUNCTION kept_forecasts(text, timestamptz, text, text) SET plan_cache_mode = force_generic_plan;
