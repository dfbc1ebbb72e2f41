-- Renew the leases of a worker's running attempts, and show that the worker lives.
-- ARGV: worker, lease in ms, then id and attempt of each
-- Returns: one of 'ok' | 'cancelling' | 'lost' for each, in order
local now = now_ms()
redis.call('ZADD', WORKERS, int(now), ARGV[1])
redis.call('ZREMRANGEBYSCORE', WORKERS, '-inf', int(now - 3600000))
local verdicts = {}
for index = 3, #ARGV, 2 do
  local id = ARGV[index]
  local record = redis.call('HMGET', key(JOB, id), 'state', 'attempt')
  local held = record[2] == ARGV[index + 1]
  if held and record[1] == 'running' or held and record[1] == 'cancelling' then
    redis.call('ZADD', LEASES, int(now + ARGV[2]), id)
    verdicts[#verdicts + 1] = record[1] == 'cancelling' and 'cancelling' or 'ok'
  else
    verdicts[#verdicts + 1] = 'lost'
  end
end
return verdicts
