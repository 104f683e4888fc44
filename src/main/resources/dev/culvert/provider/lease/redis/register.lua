-- ARGV: time to live in ms, node or nothing when others of its leases follow, leases that were
-- admitted already
for i = 3, #ARGV do
  enter(ARGV[i], tonumber(ARGV[1]))
end
if ARGV[2] ~= '' then
  know(ARGV[2], tonumber(ARGV[1]))
end
expire()
return #ARGV - 2
