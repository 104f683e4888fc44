-- ARGV: node
-- Returns 1 when all its leases are here, else 0.
return is_known(ARGV[1]) and 1 or 0
