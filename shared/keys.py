"""Every key in Redis, named and explained once; the Lua scripts get the same table.

`%s` stands for an id. All keys of a job live and expire together. The scripts derive keys from
ids they find, so one Redis server (not a cluster) holds them all.
"""

from __future__ import annotations

# An owner's feed (`shared/jobs.py: feed_of`) is a log too, under the same three patterns.

#: Hash: the job record, the truth about one job (fields: `shared/jobs.py`).
JOB = "tailrace:job:%s"
#: List: the event log; the index of an element is its seq. Never trimmed.
EVENTS = "tailrace:job:%s:events"
#: Hash: step name -> its result as JSON; what a later attempt need not do again.
STEPS = "tailrace:job:%s:steps"
#: Channel: the events as they are appended, one JSON per line.
LIVE = "tailrace:job:%s:live"
#: Sorted set: claimable jobs -> the time in ms from which they may be claimed.
QUEUED = "tailrace:queued"
#: Sorted set: running jobs -> the time in ms at which their lease ends.
LEASES = "tailrace:leases"
#: Sorted set: unfinished jobs -> the time in ms at which they must have ended.
DEADLINES = "tailrace:deadlines"
#: Channel: ids of running jobs whose worker should look at once (cancelled).
NUDGE = "tailrace:nudge"
#: String, `%s` = owner and hash of the client's key: "<fingerprint> <job> <conversation>".
IDEMPOTENCY = "tailrace:idempotency:%s"
#: Hash: one conversation (fields: `shared/conversations.py`). It and the next three, and its
#: turns, go together: after `CONVERSATION_TTL_DAYS` without use, by hand, or to make room.
CONVERSATION = "tailrace:conversation:%s"
#: List: the ids of its turns, which are those of their jobs, in the order they were asked.
TURNS = "tailrace:conversation:%s:turns"
#: String: its questions in case-folded form, one after the other, for the search.
WORDS = "tailrace:conversation:%s:words"
#: Hash: one turn, a question and how it ended; outlives its job.
TURN = "tailrace:turn:%s"
#: Sorted set: an owner's conversations -> the time in ms of their last use.
OWNED = "tailrace:owner:%s:conversations"
#: Sorted set: all conversations -> the time in ms at which they go.
CONVERSATIONS = "tailrace:conversations"
#: Hash: owner -> about how many bytes their conversations take; "all" -> everybody's.
KEPT_BYTES = "tailrace:conversations:bytes"
#: Sorted set: worker names -> the time in ms of their last sign of life.
WORKERS = "tailrace:workers"
#: Hash: dataset id -> profile as JSON, published by the workers.
DATASETS = "tailrace:datasets"
#: List: the Celery queue, whose messages are bells (`shared/queue.py`).
BELLS = "cq:tailrace"

NAMES = {
    name: value for name, value in globals().items() if name.isupper() and isinstance(value, str)
}
