-- Keep what a person thinks of an answer, in place of what they thought before.
-- ARGV: id of the turn, owner, members of the feedback's JSON object, or '' to take it back
-- Returns: 1, or false if the owner has no such turn
local turn = key(TURN, ARGV[1])
local of = redis.call('HMGET', turn, 'owner', 'conversation', 'feedback')
if of[1] ~= ARGV[2] then return false end
local feedback = ''
if ARGV[3] ~= '' then feedback = '{' .. ARGV[3] .. ',"at":"' .. rfc3339(call('TIME')) .. '"}' end
redis.call('HSET', turn, 'feedback', feedback)
count_bytes(of[2], of[1], #feedback - #(of[3] or ''))
return 1
