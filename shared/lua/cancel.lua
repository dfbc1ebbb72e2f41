-- Cancel a job: at once if no worker has it, else durably flagged and its worker nudged.
-- ARGV: id, body of the `cancelled` event
-- Returns: the state now, or false if there is no such job
local id = ARGV[1]
local job = key(JOB, id)
local state = redis.call('HGET', job, 'state')
if not state or FINAL[state] or state == 'cancelling' then return state end
if state == 'running' then
  even_if_full()
  redis.call('HSET', job, 'state', 'cancelling')
  redis.call('PUBLISH', NUDGE, id)
  return 'cancelling'
end
finish_cancelled(id, ARGV[2])
return 'cancelled'
