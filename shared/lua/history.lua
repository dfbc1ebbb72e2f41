-- The turns before a job in its conversation, the nearest first.
-- ARGV: id of the turn that the job follows, owner, most turns
-- Returns: for each, {question, dataset, plan checkpoint or false, terminal message or false}
local found, id = {}, ARGV[1]
while id ~= '' and #found < tonumber(ARGV[3]) do
  local turn = redis.call('HMGET', key(TURN, id), 'owner', 'question', 'dataset', 'plan', 'final',
    'follows')
  if turn[1] ~= ARGV[2] then break end
  -- One that still runs may have its plan already.
  local plan = turn[4] or redis.call('HGET', key(STEPS, id), 'plan')
  found[#found + 1] = { turn[2], turn[3], plan, turn[5] }
  id = turn[6]
end
return found
