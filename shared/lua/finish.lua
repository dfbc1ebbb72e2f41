-- End an attempt: with the job's terminal event, or by handing the job back to the queue.
-- ARGV: id, attempt (the fence), state ('succeeded', 'failed', 'cancelled' or 'retrying'), body,
--       delay in ms before the next attempt (retrying only)
-- Returns: 'ok' | 'lost' | 'cancelling' (the person stopped it first: finish as cancelled)
local id, state = ARGV[1], ARGV[3]
local record = redis.call('HMGET', key(JOB, id), 'state', 'attempt')
if record[2] ~= ARGV[2] then return 'lost' end
if record[1] ~= 'running' and record[1] ~= 'cancelling' then return 'lost' end
if record[1] == 'cancelling' and state ~= 'cancelled' then return 'cancelling' end
if state == 'cancelled' then
  finish_cancelled(id, ARGV[4])
elseif state == 'retrying' then
  append(id, { ARGV[4] })
  enqueue(id, 'retrying', now_ms() + ARGV[5])
  if ARGV[5] == '0' then ring(id) end
else
  finish(id, state, ARGV[4])
end
return 'ok'
