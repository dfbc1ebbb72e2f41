-- End an attempt: with the job's terminal event, or by handing the job on to another attempt.
-- ARGV: id, attempt (the fence), state ('succeeded', 'failed', 'cancelled', 'retrying' or
--       'handed_over', which does not count as a try), body, delay in ms before the next attempt
-- Returns: 'ok' | 'lost' | 'cancelling' (the person stopped it first: finish as cancelled)
local id, state = ARGV[1], ARGV[3]
local record = redis.call('HMGET', key(JOB, id), 'state', 'attempt')
if record[2] ~= ARGV[2] or not running(record[1]) then return 'lost' end
if record[1] == 'cancelling' and state ~= 'cancelled' then return 'cancelling' end
if state == 'cancelled' then
  finish_cancelled(id, ARGV[4])
elseif state == 'retrying' or state == 'handed_over' then
  hand_on(id, ARGV[4], ARGV[5])
  if state == 'handed_over' then redis.call('HINCRBY', key(JOB, id), 'handovers', 1) end
else
  finish(id, state, ARGV[4])
end
return 'ok'
