-- Claim a job and its lease. Fair between owners: the one whose turn it is; within an owner the
-- job whose bell rang, if it is near the front, else the oldest.
-- ARGV: id of the bell, worker, token of this call, lease in ms, body of the `started` event,
--       body of the event that starts a question's first step, or ''
-- Returns: length of the log, the record as a flat list (as HGETALL), the same of the owner's own
--          tables, 1 if the first step was started; or an empty list
local bell, worker, token, now = ARGV[1], ARGV[2], ARGV[3], now_ms()
local NEAR, OWNERS = 16, 10

-- Whether an attempt begins with a question's first step, and not with what others left.
local function begins(id)
  return ARGV[6] ~= '' and redis.call('HGET', key(JOB, id), 'kind') == 'question'
    and redis.call('EXISTS', key(STEPS, id)) == 0
end

local function given(id)
  local record = redis.call('HGETALL', key(JOB, id))
  local tables = redis.call('HGETALL', key(UPLOADS, redis.call('HGET', key(JOB, id), 'owner')))
  return { redis.call('LLEN', key(EVENTS, id)), record, tables, begins(id) and 1 or 0 }
end

local before = redis.call('GET', key(CLAIMED, token))
if before then -- sent twice: its first reply got lost
  local record = redis.call('HMGET', key(JOB, before), 'state', 'token')
  return running(record[1]) and record[2] == token and given(before) or {}
end
promote(now, 20)

-- A job that has lost a worker runs beside no other such job: if that worker is lost, too, it is
-- known which job did it.
local suspect = redis.call('HEXISTS', SUSPECTS, worker) == 1
local function allowed(id)
  return not suspect or not redis.call('HGET', key(JOB, id), 'deaths')
end

local function choose()
  for number, owner in ipairs(redis.call('ZRANGE', ROTA, 0, OWNERS - 1)) do
    local line = key(LINE, owner)
    local rank = number == 1 and redis.call('ZRANK', line, bell)
    if rank and rank < NEAR and allowed(bell) then return bell, owner end
    for _, id in ipairs(redis.call('ZRANGE', line, 0, suspect and NEAR or 0)) do
      if allowed(id) then return id, owner end
    end
  end
end

local id, owner = choose()
if not id then return {} end
local job = key(JOB, id)
redis.call('SET', key(CLAIMED, token), id, 'PX', ARGV[4])
redis.call('HINCRBY', key(OWNER, owner), 'running', 1)
redis.call('HSET', key(OWNER, owner), 'turn_ms', int(now))
leave_line(id, owner)
redis.call('ZADD', LEASES, int(now + ARGV[4]), id)
redis.call('HSET', job, 'state', 'running', 'worker', worker, 'token', token,
  'claimed_ms', int(now))
redis.call('HSET', FENCES, id, redis.call('HINCRBY', job, 'attempt', 1))
if redis.call('HGET', job, 'deaths') then redis.call('HSET', SUSPECTS, worker, id) end
append(id, begins(id) and { ARGV[5], ARGV[6] } or { ARGV[5] })
return given(id)
