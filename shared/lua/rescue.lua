-- Put right what no living worker will: past deadlines, expired leases, lost bells.
-- Any process may run it at any time; running it twice changes nothing more.
-- ARGV: most jobs to touch, bodies: past deadline, attempts used up, lease lost, cancelled
-- Returns: {jobs ended for their deadline, leases taken back, bells rung}
local now, most = now_ms(), tonumber(ARGV[1])
local ended, taken, rung = 0, 0, 0

for _, id in ipairs(redis.call('ZRANGEBYSCORE', DEADLINES, '-inf', int(now), 'LIMIT', 0, most)) do
  if redis.call('HGET', key(JOB, id), 'state') == 'cancelling' then
    finish_cancelled(id, ARGV[5])
  else
    finish(id, 'failed', ARGV[2])
  end
  ended = ended + 1
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', int(now), 'LIMIT', 0, most)) do
  local record = redis.call('HMGET', key(JOB, id), 'state', 'attempt', 'max_attempts')
  if record[1] == 'cancelling' then
    finish_cancelled(id, ARGV[5])
  elseif tonumber(record[2]) >= tonumber(record[3]) then
    finish(id, 'failed', ARGV[3])
  else
    append(id, { ARGV[4] })
    enqueue(id, 'retrying', now)
  end
  taken = taken + 1
end

-- A bell is a ticket for any claimable job, so only the shortfall is rung again: a backlog, whose
-- bells are still on the queue, does not flood itself.
local short = redis.call('ZCOUNT', QUEUED, '-inf', int(now)) - redis.call('LLEN', BELLS)
if short > 0 then
  short = math.min(short, most)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', QUEUED, '-inf', int(now), 'LIMIT', 0, short)) do
    ring(id)
    rung = rung + 1
  end
end
return { ended, taken, rung }
