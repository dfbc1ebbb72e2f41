-- Claim a job and its lease: the one whose bell rang if it is claimable, else the oldest one.
-- ARGV: id of the bell, lease in ms, body of the `started` event
-- Returns: length of the log, then the record as a flat list (as HGETALL); or an empty list
local now = now_ms()
local due = redis.call('ZSCORE', QUEUED, ARGV[1])
local id = due and tonumber(due) <= now and ARGV[1]
  or redis.call('ZRANGEBYSCORE', QUEUED, '-inf', int(now), 'LIMIT', 0, 1)[1]
if not id then return {} end
local job = key(JOB, id)
redis.call('ZREM', QUEUED, id)
redis.call('ZADD', LEASES, int(now + ARGV[2]), id)
redis.call('HSET', job, 'state', 'running')
redis.call('HINCRBY', job, 'attempt', 1)
append(id, { ARGV[3] })
return { redis.call('LLEN', key(EVENTS, id)), redis.call('HGETALL', job) }
