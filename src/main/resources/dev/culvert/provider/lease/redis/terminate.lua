-- ARGV: session
-- Returns how many leases it had.
local ended = 0
if redis.call('HDEL', sessions, ARGV[1]) == 1 then
  for _, lease in ipairs(redis.call('ZRANGE', leases, 0, -1)) do
    if string.match(lease, '^[^ ]+') == ARGV[1] then
      ended = ended + redis.call('ZREM', leases, lease)
    end
  end
end
return ended
