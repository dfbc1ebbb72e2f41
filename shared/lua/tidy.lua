-- Remove conversations whose time is over.
-- ARGV: most conversations to remove
-- Returns: how many were removed
local over = redis.call('ZRANGEBYSCORE', CONVERSATIONS, '-inf', int(now_ms()), 'LIMIT', 0, ARGV[1])
for _, id in ipairs(over) do drop_conversation(id) end
return #over
