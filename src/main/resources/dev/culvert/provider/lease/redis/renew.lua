-- ARGV: time to live in ms, node, 1 with the last of its leases and 0 where others follow, leases of
-- the node
-- Returns those that have ended; they stay so. Nil when the node is not known: then nothing is
-- renewed, since its leases have to be registered.
if not is_known(ARGV[2]) then
  return false
end
local ended = {}
for i = 4, #ARGV do
  if redis.call('ZSCORE', leases, ARGV[i]) then
    redis.call('ZADD', leases, now + tonumber(ARGV[1]), ARGV[i])
  else
    ended[#ended + 1] = ARGV[i]
  end
end
if ARGV[3] == '1' then
  know(ARGV[2], tonumber(ARGV[1]))
end
expire()
return ended
