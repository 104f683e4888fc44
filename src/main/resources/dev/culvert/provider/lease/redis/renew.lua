-- ARGV: time to live in ms, node, leases of the node
-- Returns those that have ended; they stay so. Nil when the node is not known: then nothing is
-- renewed, since its leases have to be registered.
if not is_known(ARGV[2]) then
  return false
end
local ended = {}
for i = 3, #ARGV do
  if redis.call('ZSCORE', leases, ARGV[i]) then
    redis.call('ZADD', leases, now + tonumber(ARGV[1]), ARGV[i])
  else
    ended[#ended + 1] = ARGV[i]
  end
end
know(ARGV[2], tonumber(ARGV[1]))
expire()
return ended
