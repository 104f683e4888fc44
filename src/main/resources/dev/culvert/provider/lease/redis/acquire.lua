-- ARGV: time to live in ms, limit of sessions (0 = none), session, token, node
-- Returns 0 when the provider is full and the session is none of its own, 1 when the lease is
-- taken, 2 when it is and other leases of the node may be missing here.
local limit, session = tonumber(ARGV[2]), ARGV[3]
if limit > 0
  and redis.call('HLEN', sessions) >= limit
  and redis.call('HEXISTS', sessions, session) == 0
then
  return 0
end
enter(session .. ' ' .. ARGV[4], tonumber(ARGV[1]))
expire()
return is_known(ARGV[5]) and 1 or 2
