-- Renew the leases of a worker's running attempts, and show that the worker lives.
-- ARGV: worker, jobs it runs at a time, lease in ms, then id and attempt of each
-- Returns: one of 'ok' | 'cancelling' | 'lost' for each, in order
even_if_full()
local now = now_ms()
redis.call('ZADD', WORKERS, int(now), ARGV[1])
redis.call('HSET', SLOTS, ARGV[1], ARGV[2])
local verdicts, leases = {}, { 'ZADD', LEASES, 'XX' }
local ends = int(now + ARGV[3])
for index = 4, #ARGV, 2 do
  local id = ARGV[index]
  local record = redis.call('HMGET', key(JOB, id), 'state', 'attempt')
  if record[2] == ARGV[index + 1] and running(record[1]) then
    leases[#leases + 1] = ends
    leases[#leases + 1] = id
    verdicts[#verdicts + 1] = record[1] == 'cancelling' and 'cancelling' or 'ok'
  else
    verdicts[#verdicts + 1] = 'lost'
  end
end
if #leases > 3 then redis.call(unpack(leases)) end
return verdicts
