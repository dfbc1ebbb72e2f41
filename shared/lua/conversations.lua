-- What scripts do to conversations; put after the prelude for those that need it.

-- What a turn takes beside its texts, about: keys, fields, places in the indexes.
local TURN_BYTES = 1000
-- Conversations that one question may push out, so that it never holds Redis for long.
local MOST_DROPPED = 20

-- Put a new turn at the end of its conversation, which it opens if there is none.
local function join_conversation(record, more)
  local id = record.conversation
  local head, turn = key(CONVERSATION, id), key(TURN, record.id)
  if redis.call('EXISTS', head) == 0 then
    redis.call('HSET', head, 'owner', record.owner, 'title', more.title, 'dataset', '',
      'created_ms', record.created_ms)
  end
  redis.call('HSET', head, 'last', record.id, 'ttl_s', more.ttl_s)
  if record.dataset ~= '' then redis.call('HSET', head, 'dataset', record.dataset) end
  redis.call('HSET', turn, 'id', record.id, 'owner', record.owner, 'conversation', id,
    'question', record.question, 'dataset', record.dataset, 'replaces', record.replaces,
    'follows', record.follows, 'created_ms', record.created_ms)
  redis.call('RPUSH', key(TURNS, id), record.id)
  redis.call('APPEND', key(WORDS, id), more.words .. '\n')
  use_conversation(id, record.owner, TURN_BYTES + #record.question + #more.words)
end

-- Remove a conversation and all its turns at once.
local function drop_conversation(id)
  local head, turns = key(CONVERSATION, id), key(TURNS, id)
  local of = redis.call('HMGET', head, 'owner', 'bytes')
  for _, turn in ipairs(redis.call('LRANGE', turns, 0, -1)) do
    redis.call('UNLINK', key(TURN, turn))
  end
  redis.call('UNLINK', head, turns, key(WORDS, id))
  redis.call('ZREM', CONVERSATIONS, id)
  if not of[1] then return end
  redis.call('ZREM', key(OWNED, of[1]), id)
  for _, whose in ipairs({ of[1], 'all' }) do
    if redis.call('HINCRBY', KEPT_BYTES, whose, '-' .. of[2]) <= 0 then
      redis.call('HDEL', KEPT_BYTES, whose)
    end
  end
end

-- Remove what was not used for longest until the rest fits: the owner's own beyond what one may
-- have, anybody's beyond what all may. Never conversation `spared`.
local function make_room(owner, spared, most, most_bytes, most_bytes_of_all)
  local function bytes_of(whom) return tonumber(redis.call('HGET', KEPT_BYTES, whom) or '0') end
  local function drop_oldest(index)
    local oldest = redis.call('ZRANGE', index, 0, 0)[1]
    if not oldest or oldest == spared then return false end
    drop_conversation(oldest)
    return true
  end
  local owned, left = key(OWNED, owner), MOST_DROPPED
  while left > 0 and (redis.call('ZCARD', owned) > most or bytes_of(owner) > most_bytes)
    and drop_oldest(owned) do
    left = left - 1
  end
  while left > 0 and bytes_of('all') > most_bytes_of_all and drop_oldest(CONVERSATIONS) do
    left = left - 1
  end
end
