-- Hand over one piece of a file to whoever takes them, if there is room.
-- ARGV: id of the order, the piece, most pieces on the way, life of the list in s
-- Returns: 'ok' | 'full' (come again) | 'gone' (nobody takes them any more)
local pieces = key(EXPORT, ARGV[1])
if redis.call('EXISTS', key(EXPORT_READER, ARGV[1])) == 0 then
  redis.call('UNLINK', pieces)
  return 'gone'
end
if redis.call('LLEN', pieces) >= tonumber(ARGV[3]) then return 'full' end
redis.call('RPUSH', pieces, ARGV[2])
redis.call('EXPIRE', pieces, ARGV[4])
return 'ok'
