-- Writing to a log: put before every script by shared/scripts.py, after one `local NAME = 'key'` for
-- each entry of shared/keys.py that it uses.
--
-- append.lua has nothing else before it: Lua makes every function anew in each call, so what a
-- script does not use it should not have.

local call, format = redis.call, string.format
-- What one command may be given: Lua's stack is bounded.
local MOST_VALUES = 1000

local function key(pattern, id)
  return format(pattern, id)
end

-- RFC 3339 in UTC, from what TIME replies. Days to a civil date after Howard Hinnant's
-- "chrono-compatible low-level date algorithms" (civil_from_days), years 1970 and later.
local function rfc3339(time)
  local seconds, ms = tonumber(time[1]), (time[2] - time[2] % 1000) / 1000
  local rest = seconds % 86400
  local days = (seconds - rest) / 86400 + 719468
  local doe = days % 146097
  local era = (days - doe) / 146097
  local yoe = doe - (doe - doe % 1460) / 1460 + (doe - doe % 36524) / 36524
    - (doe - doe % 146096) / 146096
  yoe = (yoe - yoe % 365) / 365
  local doy = doe - (365 * yoe + (yoe - yoe % 4) / 4 - (yoe - yoe % 100) / 100)
  local mp = 5 * doy + 2
  mp = (mp - mp % 153) / 153
  local before = 153 * mp + 2
  local day = doy - (before - before % 5) / 5 + 1
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  local minutes = (rest - rest % 60) / 60
  return format('%04d-%02d-%02dT%02d:%02d:%02d.%03dZ', year, month, day,
    (minutes - minutes % 60) / 60, minutes % 60, rest % 60, ms)
end

-- Append events to a log that has `length`: number, store, publish. `bodies` are the members of
-- each event's JSON object that the writer decides; id, seq, at and attempt are decided here.
-- Returns the lines.
local function append_at(id, epoch, attempt, length, bodies)
  local log = key(EVENTS, id)
  local head = '{"id":"' .. epoch .. '-'
  local middle = ',"at":"' .. rfc3339(call('TIME')) .. '","attempt":' .. attempt .. ','
  local lines = {}
  for index, body in ipairs(bodies) do
    local seq = length + index - 1
    lines[index] = head .. seq .. '","seq":' .. seq .. middle .. body .. '}'
  end
  for first = 1, #lines, MOST_VALUES do
    call('RPUSH', log, unpack(lines, first, math.min(first + MOST_VALUES - 1, #lines)))
  end
  redis.call('PUBLISH', key(LIVE, id), table.concat(lines, '\n'))
  return lines
end
