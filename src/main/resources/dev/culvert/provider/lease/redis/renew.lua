-- ARGV: time to live in ms, leases
-- Returns those that have ended; they stay so.
local ended = {}
for i = 2, #ARGV do
  if redis.call('ZSCORE', leases, ARGV[i]) then
    redis.call('ZADD', leases, now + tonumber(ARGV[1]), ARGV[i])
  else
    ended[#ended + 1] = ARGV[i]
  end
end
expire()
return ended
