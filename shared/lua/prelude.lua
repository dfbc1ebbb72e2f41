-- Shared by every script: put before each by shared/scripts.py, after one `local NAME = 'key'`
-- per entry of shared/keys.py and BELL, the Celery message with @ID@ where the job's id goes.
--
-- A script checks everything before it writes anything: Lua runs atomically but is not undone.

local FINAL = { succeeded = true, failed = true, cancelled = true }

local function key(pattern, id)
  return (string.gsub(pattern, '%%s', function() return id end))
end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function int(number)
  return string.format('%.0f', number)
end

-- RFC 3339 in UTC. Days to a civil date after Howard Hinnant's "chrono-compatible low-level date
-- algorithms" (civil_from_days), years 1970 and later.
local function rfc3339(ms)
  local seconds = math.floor(ms / 1000)
  local days = math.floor(seconds / 86400) + 719468
  local era = math.floor(days / 146097)
  local doe = days - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524)
    - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local day = doy - math.floor((153 * mp + 2) / 5) + 1
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  local rest = seconds % 86400
  return string.format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day,
    math.floor(rest / 3600), math.floor(rest % 3600 / 60), rest % 60, ms % 1000)
end

-- Append events to a job's log: number, store, publish. `bodies` are the members of each event's
-- JSON object that the writer decides; id, seq, at and attempt are decided here. Returns the lines.
local function append(id, bodies)
  local record = redis.call('HMGET', key(JOB, id), 'epoch', 'attempt')
  local log = key(EVENTS, id)
  local first = redis.call('LLEN', log)
  local at = rfc3339(now_ms())
  local lines = {}
  for index, body in ipairs(bodies) do
    local seq = int(first + index - 1)
    lines[index] = '{"id":"' .. record[1] .. '-' .. seq .. '","seq":' .. seq .. ',"at":"' .. at
      .. '","attempt":' .. record[2] .. ',' .. body .. '}'
    redis.call('RPUSH', log, lines[index])
  end
  redis.call('PUBLISH', key(LIVE, id), table.concat(lines, '\n'))
  return lines
end

-- Note that a conversation was used, and that it takes `bytes` more.
local function use_conversation(id, owner, bytes)
  local head, now = key(CONVERSATION, id), now_ms()
  redis.call('HSET', head, 'used_ms', int(now))
  redis.call('HINCRBY', head, 'bytes', bytes)
  redis.call('HINCRBY', KEPT_BYTES, owner, bytes)
  redis.call('HINCRBY', KEPT_BYTES, 'all', bytes)
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

-- Write a job's terminal event and final state; its keys now expire together.
local function finish(id, state, body)
  local job = key(JOB, id)
  local lines = append(id, { body })
  keep_end(id, state, lines[1])
  redis.call('HSET', job, 'state', state)
  redis.call('ZREM', QUEUED, id)
  redis.call('ZREM', LEASES, id)
  redis.call('ZREM', DEADLINES, id)
  local ttl_s = redis.call('HGET', job, 'result_ttl_s')
  redis.call('EXPIRE', job, ttl_s)
  redis.call('EXPIRE', key(EVENTS, id), ttl_s)
  redis.call('EXPIRE', key(STEPS, id), ttl_s)
end

-- Finish as cancelled; @DONE@ in the body becomes the names of the finished steps.
local function finish_cancelled(id, body)
  local steps = redis.call('HKEYS', key(STEPS, id))
  local done = #steps == 0 and '[]' or cjson.encode(steps)
  finish(id, 'cancelled', (string.gsub(body, '@DONE@', function() return done end)))
end

-- Make a job claimable from `due_ms` on.
local function enqueue(id, state, due_ms)
  redis.call('HSET', key(JOB, id), 'state', state)
  redis.call('ZREM', LEASES, id)
  redis.call('ZADD', QUEUED, int(due_ms), id)
end

-- Ring: put one Celery message on the queue. It is a ticket to claim some job, this one first.
local function ring(id)
  redis.call('LPUSH', BELLS, (string.gsub(BELL, '@ID@', function() return id end)))
end
