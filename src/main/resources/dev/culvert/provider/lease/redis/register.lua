-- ARGV: time to live in ms, leases that were admitted already
for i = 2, #ARGV do
  enter(ARGV[i], tonumber(ARGV[1]))
end
expire()
return #ARGV - 1
