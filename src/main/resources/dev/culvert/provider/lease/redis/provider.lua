-- Begins every script of the package: one provider, as of now.
-- KEYS[1]: its leases, "session token", by the time in ms at which each ends
-- KEYS[2]: its sessions and how many leases each has
-- KEYS[3]: the nodes all of whose leases are here, by the time in ms until which that is known
-- They lie in one hash slot. Only the server's clock counts.
local leases, sessions, nodes = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function leave(lease)
  local session = string.match(lease, '^[^ ]+')
  if redis.call('HINCRBY', sessions, session, -1) <= 0 then
    redis.call('HDEL', sessions, session)
  end
end

local function enter(lease, ttl)
  if redis.call('ZADD', leases, now + ttl, lease) == 1 then
    redis.call('HINCRBY', sessions, string.match(lease, '^[^ ]+'), 1)
  end
end

-- No lease of a node that is known has ended by its time: whoever makes a node known, or keeps it
-- so, has renewed all its leases.
local function is_known(node)
  return redis.call('ZSCORE', nodes, node)
end

local function know(node, ttl)
  redis.call('ZADD', nodes, now + ttl, node)
end

-- The keys end with the last lease, so that nothing stays of nodes that are gone.
local function expire()
  local last = redis.call('ZRANGE', leases, -1, -1, 'WITHSCORES')
  if last[2] then
    redis.call('PEXPIREAT', leases, last[2])
    redis.call('PEXPIREAT', sessions, last[2])
  end
  last = redis.call('ZRANGE', nodes, -1, -1, 'WITHSCORES')
  if last[2] then
    redis.call('PEXPIREAT', nodes, last[2])
  end
end

for _, lease in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
  leave(lease)
end
redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
redis.call('ZREMRANGEBYSCORE', nodes, '-inf', now)

-- Somebody deleted the leases alone, or they were evicted: sessions without a lease would stay.
if redis.call('EXISTS', leases) == 0 then
  redis.call('DEL', sessions)
end
