-- Give a conversation another title.
-- ARGV: id, owner, title
-- Returns: 1, or false if the owner has no such conversation
local head = key(CONVERSATION, ARGV[1])
if redis.call('HGET', head, 'owner') ~= ARGV[2] then return false end
redis.call('HSET', head, 'title', ARGV[3])
return 1
