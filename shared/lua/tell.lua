-- Tell those who wait how they stand: their place, when they may expect to start, whether any
-- worker lives. A log gets such an event only when there is something new to say.
-- ARGV: most jobs to tell, silence in ms after which a worker is not counted on,
--       bodies with @PLACE@ and @EXPECTED@: no worker, place known, start known, too
-- Returns: {how many were told, in how many ms the last worker would be silent for too long}
local now, most = now_ms(), tonumber(ARGV[1])
for _, name in ipairs(redis.call('ZRANGEBYSCORE', WORKERS, '-inf', int(now - 3600000))) do
  redis.call('ZREM', WORKERS, name)
  redis.call('HDEL', SLOTS, name)
  redis.call('HDEL', SUSPECTS, name)
end
local living = redis.call('ZRANGEBYSCORE', WORKERS, int(now - ARGV[2]), '+inf')
local before = redis.call('HGET', ROUND, 'workers')
if before ~= tostring(#living) then redis.call('HSET', ROUND, 'workers', #living) end
if before and (before == '0') ~= (#living == 0) then
  -- The last worker went, or the first one came: everybody in front learns it now.
  for _, id in ipairs(redis.call('ZRANGE', QUEUED, 0, most - 1)) do
    redis.call('ZADD', TELL, int(now), id)
  end
end
-- At least 1 as long as one counts: 0 says that none does.
local silent_in = 0
if #living > 0 then
  local latest = redis.call('ZREVRANGE', WORKERS, 0, 0, 'WITHSCORES')
  silent_in = math.max(1, latest[2] + ARGV[2] - now)
end
local due = redis.call('ZRANGEBYSCORE', TELL, '-inf', int(now), 'LIMIT', 0, most)
if #due == 0 then return { 0, silent_in } end

local slots = 0
for _, name in ipairs(living) do slots = slots + (redis.call('HGET', SLOTS, name) or 0) end
local pace = tonumber(redis.call('GET', PACE) or 0)
local turn, lengths = {}, {}
for number, owner in ipairs(redis.call('ZRANGE', ROTA, 0, 1999)) do
  turn[owner] = number
  lengths[number] = redis.call('ZCARD', key(LINE, owner))
end

-- Turns go round: before the nth job of an owner come n of everybody, fewer if they have fewer.
local function place_of(id, owner)
  local rank = redis.call('ZRANK', key(LINE, owner), id)
  local mine, place = turn[owner] or #lengths, 1
  for number, length in ipairs(lengths) do
    place = place + math.min(length, number < mine and rank + 1 or rank)
  end
  return place
end

local function ordinal(place)
  local ends = { 'st', 'nd', 'rd' }
  local teen = math.floor(place % 100 / 10) == 1
  return int(place) .. (not teen and ends[place % 10] or 'th')
end

local told = 0
for _, id in ipairs(due) do
  local job = key(JOB, id)
  local record = redis.call('HMGET', job, 'owner', 'told')
  local place = place_of(id, record[1])
  local expected = slots > 0 and pace > 0 and math.ceil(place * pace / slots / 1000)
  local body = #living == 0 and ARGV[3] or expected and ARGV[5] or ARGV[4]
  local parts = { PLACE = int(place), EXPECTED = int(expected or 0), NTH = ordinal(place),
    WORKERS = #living }
  body = string.gsub(body, '@(%u+)@', parts)
  if body ~= record[2] then
    append(id, { body })
    redis.call('HSET', job, 'told', body)
    told = told + 1
  end
  -- The farther back, the less often.
  redis.call('ZADD', TELL, int(now + math.min(5000 + place * 100, 30000)), id)
end
return { told, silent_in }
