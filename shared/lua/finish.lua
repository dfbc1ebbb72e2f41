-- End an attempt: with the job's terminal event, or by handing the job on to another attempt.
-- ARGV: id, attempt (the fence), state ('succeeded', 'failed', 'cancelled', 'retrying' or
--       'handed_over', which does not count as a try), body, delay in ms before the next attempt,
--       then, if a step's end was not written yet: step, its result as JSON, digest of what it was
--       made from, body, length of the log before it
-- Returns: 'ok' | 'lost' | 'cancelling' (the person stopped it first: finish as cancelled)
local id, state = ARGV[1], ARGV[3]
local record = redis.call('HMGET', key(JOB, id), 'state', 'attempt')
if record[2] ~= ARGV[2] or not running(record[1]) then return 'lost' end
if record[1] == 'cancelling' and state ~= 'cancelled' then return 'cancelling' end
local step_end = ARGV[9]
-- Any other length: it is in the log, and only the reply to that call got lost.
if step_end and redis.call('LLEN', key(EVENTS, id)) == tonumber(ARGV[10]) then
  even_if_full()
  redis.call('HSET', key(STEPS, id), ARGV[6], ARGV[7])
  redis.call('HSET', key(JOB, id), 'inputs:' .. ARGV[6], ARGV[8])
  append(id, { step_end })
end
if state == 'cancelled' then
  finish_cancelled(id, ARGV[4])
elseif state == 'retrying' or state == 'handed_over' then
  hand_on(id, ARGV[4], ARGV[5])
  if state == 'handed_over' then redis.call('HINCRBY', key(JOB, id), 'handovers', 1) end
else
  finish(id, state, ARGV[4])
end
return 'ok'
