-- Delete a conversation; its jobs that have not ended are cancelled.
-- ARGV: id, owner, body of the `cancelled` event
-- Returns: the ids of the jobs that were under way, or false if the owner has no such conversation
local id = ARGV[1]
if redis.call('HGET', key(CONVERSATION, id), 'owner') ~= ARGV[2] then return false end
local under_way = {}
for _, job in ipairs(redis.call('LRANGE', key(TURNS, id), 0, -1)) do
  local state = redis.call('HGET', key(JOB, job), 'state')
  if state and not FINAL[state] then
    under_way[#under_way + 1] = job
    cancel(job, ARGV[3], 'user')
  end
  redis.call('ZREM', DEAD, job)
  redis.call('UNLINK', key(DEAD_LETTER, job))
end
drop_conversation(id)
return under_way
