-- Renew the leases of a worker's running attempts, and show that the worker lives.
-- ARGV: worker, jobs it runs at a time, lease in ms, ids of the jobs..., the attempt of each...
-- Returns: one of 'ok' | 'cancelling' | 'lost' for each, in order
even_if_full()
local now = now_ms()
call('ZADD', WORKERS, int(now), ARGV[1])
call('HSET', SLOTS, ARGV[1], ARGV[2])
local count = (#ARGV - 3) / 2
if count == 0 then return {} end
-- One call for all: this runs for every running job of every worker, every other second.
local fences = call('HMGET', FENCES, unpack(ARGV, 4, 3 + count))
local verdicts, leases, ends = {}, {}, int(now + ARGV[3])
for index = 1, count do
  local fence, attempt = fences[index], ARGV[3 + count + index]
  local held = fence == attempt
  if held or fence == attempt .. CANCELLING then
    leases[#leases + 1] = ends
    leases[#leases + 1] = ARGV[3 + index]
    verdicts[index] = held and 'ok' or 'cancelling'
  else
    verdicts[index] = 'lost'
  end
end
if #leases > 0 then call('ZADD', LEASES, 'XX', unpack(leases)) end
return verdicts
