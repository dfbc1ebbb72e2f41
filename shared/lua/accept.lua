-- Accept a question: its record, event 0, its place in the queue and its bell, or nothing.
-- ARGV: record (JSON object of strings), body of event 0, conversation TTL in s, title,
--       idempotency key or '', fingerprint of the request, idempotency TTL in s,
--       body of the feed's event, life of the feed in s, the question case-folded,
--       most turns of a conversation, most conversations of an owner, most bytes of an owner,
--       most unfinished jobs of an owner, most in all, most bytes of everybody's conversations
-- Returns: {'accepted', id, conversation} | {'known', id, conversation} | {'key_reused'}
--        | {'unknown_conversation'} | {'unknown_turn'} | {'conversation_full'}
--        | {'owner_busy' or 'queue_full' or 'memory_short', seconds after which to come back}
local record = cjson.decode(ARGV[1])
local job = key(JOB, record.id)
if redis.call('EXISTS', job) == 1 then
  return { 'accepted', record.id, record.conversation } -- sent twice: its first reply got lost
end
local idempotency = ARGV[5] ~= '' and key(IDEMPOTENCY, ARGV[5]) or nil
if idempotency then
  local known = redis.call('GET', idempotency)
  if known then
    local fingerprint, id, conversation = string.match(known, '^(%S+) (%S+) (%S*)$')
    if fingerprint ~= ARGV[6] then return { 'key_reused' } end
    return { 'known', id, conversation }
  end
end
local conversation = key(CONVERSATION, record.conversation)
local head = redis.call('HMGET', conversation, 'owner', 'dataset', 'last', 'bytes')
local owner, dataset, follows = head[1], head[2], head[3]
if owner and owner ~= record.owner or not owner and record.new_conversation ~= '1' then
  return { 'unknown_conversation' }
end
if record.replaces ~= '' then
  local old = redis.call('HMGET', key(TURN, record.replaces), 'conversation', 'dataset', 'follows')
  if old[1] ~= record.conversation then return { 'unknown_turn' } end
  dataset, follows = old[2], old[3]
end
if redis.call('LLEN', key(TURNS, record.conversation)) >= tonumber(ARGV[11])
  or tonumber(head[4] or '0') >= tonumber(ARGV[13]) then
  return { 'conversation_full' }
end
local active = tonumber(redis.call('HGET', key(OWNER, record.owner), 'active') or 0)
local busy = active >= tonumber(ARGV[14]) and 'owner_busy'
  or redis.call('ZCARD', DEADLINES) >= tonumber(ARGV[15]) and 'queue_full'
  or redis.call('EXISTS', ALARM) == 1 and 'memory_short'
if busy then
  -- By then a job will have ended, as far as one can tell.
  local pace_s = math.ceil(tonumber(redis.call('GET', PACE) or 0) / 1000)
  return { busy, int(math.min(math.max(pace_s, 1), 30)) }
end
local now = now_ms()
record.ticket = int(redis.call('INCR', TICKET))
record.created_ms = int(now)
record.new_conversation = nil
record.follows = follows or ''
-- A follow-up that names no dataset is about the conversation's.
if record.dataset == '' then record.dataset = dataset or '' end
for field, value in pairs(record) do redis.call('HSET', job, field, value) end
if idempotency then
  redis.call('SET', idempotency, ARGV[6] .. ' ' .. record.id .. ' ' .. record.conversation,
    'EX', ARGV[7])
end
append(record.id, { ARGV[2] })
if record.kind == 'question' then
  join_conversation(record, { title = ARGV[4], ttl_s = ARGV[3], words = ARGV[10] })
  make_room(record.owner, record.conversation, tonumber(ARGV[12]), tonumber(ARGV[13]),
    tonumber(ARGV[16]))
end
-- The owner's feed: a log with one event per accepted job, followed like any other log. It may go
-- once every job in it has gone, so each job that joins prolongs it.
local feed, life_s = 'feed-' .. record.owner, ARGV[9]
redis.call('HSETNX', key(JOB, feed), 'epoch', record.epoch)
redis.call('HSETNX', key(JOB, feed), 'attempt', '0')
append(feed, { ARGV[8] })
redis.call('EXPIRE', key(JOB, feed), life_s)
redis.call('EXPIRE', key(EVENTS, feed), life_s)
redis.call('ZADD', DEADLINES, int(now + record.deadline_s * 1000), record.id)
redis.call('HINCRBY', key(OWNER, record.owner), 'active', 1)
redis.call('HSET', job, 'state', 'queued')
join_line(record.id, record.owner, now)
ring(record.id)
return { 'accepted', record.id, record.conversation }
