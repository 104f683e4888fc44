-- Returns how many sessions there are.
return redis.call('HLEN', sessions)
