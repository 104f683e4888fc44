-- ARGV: leases
-- Returns how many there were.
local ended = 0
for i = 1, #ARGV do
  if redis.call('ZREM', leases, ARGV[i]) == 1 then
    leave(ARGV[i])
    ended = ended + 1
  end
end
return ended
