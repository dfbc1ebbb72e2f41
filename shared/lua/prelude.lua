-- Shared by all scripts but append.lua: put before each by shared/scripts.py, after log.lua and
-- BELL, the Celery message with @ID@ where the job's id goes.
--
-- A script checks everything before it writes anything: Lua runs atomically but is not undone.

-- What follows an attempt's number in FENCES when it was told to end.
local CANCELLING = '!'
local FINAL = { succeeded = true, failed = true, cancelled = true }

-- A job that waits is told so after this long: most never are.
local TELL_AFTER_MS = 1000
-- Failed jobs stay listed for a week, the newest thousand of them.
local DEAD_TTL_S, DEAD_MOST = 7 * 86400, 1000

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function int(number)
  return string.format('%.0f', number)
end

-- A full server refuses the first write of a script that needs memory, and none after it. What
-- ends or hands on a job must go through even then: it begins with a write that needs none.
local function even_if_full()
  redis.call('UNLINK', ALARM .. ':never')
end

-- Append events to a job's log, whatever its length; returns the lines.
local function append(id, bodies)
  local record = redis.call('HMGET', key(JOB, id), 'epoch', 'attempt')
  return append_at(id, record[1], record[2], redis.call('LLEN', key(EVENTS, id)), bodies)
end

-- Note that a conversation takes `bytes` more.
local function count_bytes(id, owner, bytes)
  redis.call('HINCRBY', key(CONVERSATION, id), 'bytes', bytes)
  redis.call('HINCRBY', KEPT_BYTES, owner, bytes)
  redis.call('HINCRBY', KEPT_BYTES, 'all', bytes)
end

-- Note that a conversation was used, and that it takes `bytes` more.
local function use_conversation(id, owner, bytes)
  local head, now = key(CONVERSATION, id), now_ms()
  count_bytes(id, owner, bytes)
  redis.call('HSET', head, 'used_ms', int(now))
  redis.call('ZADD', key(OWNED, owner), int(now), id)
  redis.call('ZADD', CONVERSATIONS, int(now + redis.call('HGET', head, 'ttl_s') * 1000), id)
end

-- Keep with its turn how a job ended; a turn whose conversation is gone keeps nothing.
local function keep_end(id, state, line)
  local turn = key(TURN, id)
  local of = redis.call('HMGET', turn, 'conversation', 'owner')
  if not of[1] then return end
  local plan = redis.call('HGET', key(STEPS, id), 'plan') or ''
  redis.call('HSET', turn, 'state', state, 'final', line, 'plan', plan)
  use_conversation(of[1], of[2], #line + #plan)
end

local function running(state)
  return state == 'running' or state == 'cancelling'
end

-- Whose turn: the owner with the fewest jobs under way, then the one not served for longest.
local function set_turn(owner)
  if redis.call('EXISTS', key(LINE, owner)) == 0 then
    redis.call('ZREM', ROTA, owner)
    return
  end
  local found = redis.call('HMGET', key(OWNER, owner), 'running', 'turn_ms')
  local under_way = math.min(tonumber(found[1] or 0), 899) -- exact in a double
  redis.call('ZADD', ROTA, int(under_way * 1e13 + (found[2] or 0)), owner)
end

-- A job becomes claimable. It keeps its ticket: one that is tried again is not put behind others.
local function join_line(id, owner, now)
  local ticket = redis.call('HGET', key(JOB, id), 'ticket')
  redis.call('ZADD', QUEUED, ticket, id)
  redis.call('ZADD', key(LINE, owner), ticket, id)
  redis.call('ZADD', TELL, int(now + TELL_AFTER_MS), id)
  redis.call('HSETNX', key(OWNER, owner), 'turn_ms', int(now))
  set_turn(owner)
end

-- A job is no longer claimable, nor will be by itself.
local function leave_line(id, owner)
  redis.call('ZREM', DELAYED, id)
  redis.call('ZREM', QUEUED, id)
  redis.call('ZREM', key(LINE, owner), id)
  redis.call('ZREM', TELL, id)
  set_turn(owner)
end

-- Jobs whose delay is over become claimable.
local function promote(now, most)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', DELAYED, '-inf', int(now), 'LIMIT', 0, most)) do
    join_line(id, redis.call('HGET', key(JOB, id), 'owner'), now)
    redis.call('ZREM', DELAYED, id)
  end
end

-- An attempt ends: its lease, its owner's slot and its worker are free. Its time sets the pace.
local function release(id, now)
  local record = redis.call('HMGET', key(JOB, id), 'owner', 'worker', 'claimed_ms', 'deaths',
    'kind')
  redis.call('ZREM', LEASES, id)
  redis.call('HDEL', FENCES, id)
  redis.call('HINCRBY', key(OWNER, record[1]), 'running', -1)
  if record[4] and redis.call('HGET', SUSPECTS, record[2]) == id then
    redis.call('HDEL', SUSPECTS, record[2])
  end
  if record[5] ~= 'upload' then -- files take minutes, and say nothing of questions
    local took = math.max(now - record[3], 0)
    local pace = tonumber(redis.call('GET', PACE) or took)
    redis.call('SET', PACE, int(pace + (took - pace) / 5))
  end
  set_turn(record[1])
end

-- Keep what a failed job was, so that it can be looked at and asked again.
local function bury(id, body, now)
  local fields = { 'id', 'owner', 'conversation', 'dataset', 'question', 'attempt', 'created_ms' }
  local record = redis.call('HMGET', key(JOB, id), unpack(fields))
  local letter = { 'event', '{' .. body .. '}', 'failed_ms', int(now) }
  for index, field in ipairs(fields) do
    letter[#letter + 1] = field
    letter[#letter + 1] = record[index] or ''
  end
  redis.call('HSET', key(DEAD_LETTER, id), unpack(letter))
  redis.call('EXPIRE', key(DEAD_LETTER, id), DEAD_TTL_S)
  redis.call('ZADD', DEAD, int(now), id)
  redis.call('ZREMRANGEBYSCORE', DEAD, '-inf', int(now - DEAD_TTL_S * 1000))
  for _, old in ipairs(redis.call('ZRANGE', DEAD, 0, -1 - DEAD_MOST)) do
    redis.call('ZREM', DEAD, old)
    redis.call('DEL', key(DEAD_LETTER, old))
  end
end

-- Write a job's terminal event and final state; its keys now expire together.
local function finish(id, state, body)
  even_if_full()
  local job, now = key(JOB, id), now_ms()
  local record = redis.call('HMGET', job, 'owner', 'state', 'result_ttl_s', 'kind')
  local lines = append(id, { body })
  keep_end(id, state, lines[1])
  if running(record[2]) then release(id, now) else leave_line(id, record[1]) end
  redis.call('HSET', job, 'state', state)
  redis.call('ZREM', DEADLINES, id)
  if redis.call('HINCRBY', key(OWNER, record[1]), 'active', -1) <= 0 then
    redis.call('DEL', key(OWNER, record[1]))
  end
  -- The file of an upload is gone: it cannot be tried again.
  if state == 'failed' and record[4] ~= 'upload' then bury(id, body, now) end
  redis.call('EXPIRE', job, record[3])
  redis.call('EXPIRE', key(EVENTS, id), record[3])
  redis.call('EXPIRE', key(STEPS, id), record[3])
end

-- Finish as cancelled; @DONE@ in the body becomes the names of the finished steps, @SAID@ says so,
-- @BY@ is who did it.
local function finish_cancelled(id, body)
  local steps = redis.call('HKEYS', key(STEPS, id))
  local done = #steps == 0 and '[]' or cjson.encode(steps)
  local said = #steps == 0 and 'Nothing was finished yet.'
    or 'Finished and kept: ' .. table.concat(steps, ', ') .. '.'
  local by = redis.call('HGET', key(JOB, id), 'cancelled_by') or 'user'
  local parts = { DONE = done, SAID = said, BY = by }
  finish(id, 'cancelled', (string.gsub(body, '@(%u+)@', parts)))
end

-- Cancel a job: at once if no worker has it, else durably flagged and its worker nudged.
-- Returns its state now, or false if there is no such job.
local function cancel(id, body, by)
  local job = key(JOB, id)
  local state = redis.call('HGET', job, 'state')
  if not state or FINAL[state] or state == 'cancelling' then return state end
  even_if_full()
  redis.call('HSET', job, 'cancelled_by', by)
  if state == 'running' then
    redis.call('HSET', job, 'state', 'cancelling')
    redis.call('HSET', FENCES, id, redis.call('HGET', job, 'attempt') .. CANCELLING)
    redis.call('PUBLISH', NUDGE, id)
    return 'cancelling'
  end
  finish_cancelled(id, body)
  return 'cancelled'
end

-- Ring: put one Celery message on the queue. It is a ticket to claim some job, this one first.
local function ring(id)
  redis.call('LPUSH', BELLS, (string.gsub(BELL, '@ID@', function() return id end)))
end

-- Take a job from its attempt and have it tried again after a while; an event says why.
local function hand_on(id, body, delay_ms)
  even_if_full()
  local job, now = key(JOB, id), now_ms()
  append(id, { body })
  release(id, now)
  redis.call('HSET', job, 'state', 'retrying')
  redis.call('HDEL', job, 'told')
  if tonumber(delay_ms) > 0 then
    redis.call('ZADD', DELAYED, int(now + delay_ms), id)
  else
    join_line(id, redis.call('HGET', job, 'owner'), now)
    ring(id)
  end
end
