-- ARGV: time to live in ms, limit of sessions (0 = none), session, token
-- Returns 1, or 0 when the provider is full and the session is none of its own.
local limit, session = tonumber(ARGV[2]), ARGV[3]
if limit > 0
  and redis.call('HLEN', sessions) >= limit
  and redis.call('HEXISTS', sessions, session) == 0
then
  return 0
end
enter(session .. ' ' .. ARGV[4], tonumber(ARGV[1]))
expire()
return 1
