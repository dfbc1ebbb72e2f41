-- Append events of a running attempt and, with them, the result of a finished step.
-- A running attempt is its log's only writer, so it knows the log's length: a call that was
-- sent twice (its first reply got lost) is recognised by it and appends once.
-- ARGV: id, attempt (the fence), length of the log, step or '', its result as JSON, digest of what
--       it was made from, cap in events, bodies...
-- Returns: 'ok' | 'lost' (another attempt runs, or the job ended) | 'cancelling' | 'full'
local id, job = ARGV[1], key(JOB, ARGV[1])
local record = call('HMGET', job, 'state', 'attempt', 'epoch')
if record[2] ~= ARGV[2] then return 'lost' end
if record[1] ~= 'running' then return record[1] == 'cancelling' and 'cancelling' or 'lost' end
local bodies = {}
for index = 8, #ARGV do bodies[#bodies + 1] = ARGV[index] end
local length, expected = call('LLEN', key(EVENTS, id)), tonumber(ARGV[3])
if length == expected + #bodies then return 'ok' end
if length ~= expected then return 'lost' end
if length + #bodies > tonumber(ARGV[7]) then return 'full' end
if ARGV[4] ~= '' then
  call('HSET', key(STEPS, id), ARGV[4], ARGV[5])
  call('HSET', job, 'inputs:' .. ARGV[4], ARGV[6])
end
append_at(id, record[3], ARGV[2], length, bodies)
return 'ok'
