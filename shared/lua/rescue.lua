-- Put right what no living worker will: past deadlines, expired leases, lost bells.
-- Any process may run it at any time; running it twice changes nothing more.
-- ARGV: most jobs to touch, longest lease in ms, patience in ms, share of the memory that is to
--       stay free of new jobs' sake in percent used, deaths a job may cause,
--       bodies: past deadline, attempts used up, quarantined, lease lost, cancelled
-- Returns: {jobs ended for their deadline, leases taken back, bells rung}
even_if_full()
local now, most = now_ms(), tonumber(ARGV[1])
local ended, taken, rung = 0, 0, 0

-- Rounds come every second from every process. If none came for a while, it was the server that
-- stood still (or its clock that jumped), not the workers: they get time to renew first.
local GAP_MS = 3000
local memory = redis.call('HMGET', ROUND, 'last_ms', 'patience_ms')
local patience = tonumber(memory[2] or 0)
if memory[1] and math.abs(now - memory[1]) > GAP_MS then
  patience = now + ARGV[3]
  redis.call('HSET', ROUND, 'patience_ms', int(patience))
end
redis.call('HSET', ROUND, 'last_ms', int(now))

-- Before memory is full new jobs are refused, so that those accepted find room to end.
local info = redis.call('INFO', 'memory')
local used, limit = string.match(info, 'used_memory:(%d+)'), string.match(info, 'maxmemory:(%d+)')
if tonumber(limit) > 0 and used * 100 > limit * ARGV[4] then
  redis.call('SET', ALARM, '1', 'EX', 10)
else
  redis.call('DEL', ALARM)
end

promote(now, most)

for _, id in ipairs(redis.call('ZRANGEBYSCORE', DEADLINES, '-inf', int(now), 'LIMIT', 0, most)) do
  local state = redis.call('HGET', key(JOB, id), 'state')
  if state == 'cancelling' then
    finish_cancelled(id, ARGV[10])
  else
    finish(id, 'failed', ARGV[6])
  end
  if running(state) then redis.call('PUBLISH', NUDGE, id) end
  ended = ended + 1
end

-- No lease can end later than this, unless the clock went back.
local latest = int(now + ARGV[2])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '(' .. latest, '+inf', 'LIMIT', 0, most)) do
  redis.call('ZADD', LEASES, latest, id)
end

local expired = now > patience
  and redis.call('ZRANGEBYSCORE', LEASES, '-inf', int(now), 'LIMIT', 0, most) or {}
for _, id in ipairs(expired) do
  local job = key(JOB, id)
  local deaths = redis.call('HINCRBY', job, 'deaths', 1)
  local record = redis.call('HMGET', job, 'state', 'attempt', 'max_attempts', 'handovers')
  if record[1] == 'cancelling' then
    finish_cancelled(id, ARGV[10])
  elseif deaths >= tonumber(ARGV[5]) then
    finish(id, 'failed', ARGV[8])
  elseif record[2] - (record[4] or 0) >= tonumber(record[3]) then
    finish(id, 'failed', ARGV[7])
  else
    hand_on(id, ARGV[9], 0)
  end
  taken = taken + 1
end

-- A bell is a ticket for any claimable job, so only the shortfall is rung again: a backlog, whose
-- bells are still on the queue, does not flood itself.
local short = math.min(redis.call('ZCARD', QUEUED) - redis.call('LLEN', BELLS), most)
if short > 0 then
  for _, id in ipairs(redis.call('ZRANGE', QUEUED, 0, short - 1)) do
    ring(id)
    rung = rung + 1
  end
end
return { ended, taken, rung }
