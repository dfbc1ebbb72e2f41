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
#: Sorted set: claimable jobs -> ticket, their order of arrival.
QUEUED = "tailrace:queued"
#: Counter: the last ticket given.
TICKET = "tailrace:ticket"
#: Sorted set: jobs that wait before another attempt -> the time in ms from which to queue again.
DELAYED = "tailrace:delayed"
#: Sorted set: one owner's claimable jobs -> ticket.
LINE = "tailrace:line:%s"
#: Sorted set: owners with claimable jobs; the lowest score has the next turn (`prelude.lua`).
ROTA = "tailrace:rota"
#: Hash: an owner's unfinished jobs (`active`), those under way (`running`), last `turn_ms`.
OWNER = "tailrace:owner:%s"
#: Sorted set: claimable jobs -> the time in ms at which their viewers are told how they stand.
TELL = "tailrace:tell"
#: String: how long an attempt lately took, in ms: a moving average.
PACE = "tailrace:pace"
#: Sorted set: running jobs -> the time in ms at which their lease ends.
LEASES = "tailrace:leases"
#: Hash: running jobs -> the attempt that holds the lease, with `!` when it was told to end.
FENCES = "tailrace:fences"
#: Sorted set: unfinished jobs -> the time in ms at which they must have ended.
DEADLINES = "tailrace:deadlines"
#: String, `%s` = a claim's token: the job it was given. Lives as long as a lease.
CLAIMED = "tailrace:claimed:%s"
#: Hash: worker -> the job it runs that has lost a worker before.
SUSPECTS = "tailrace:suspects"
#: Hash: the rescuers' memory: `last_ms`, `patience_ms`, `workers` (`rescue.lua`, `tell.lua`).
ROUND = "tailrace:round"
#: String: there while memory is short; no new job is accepted then.
ALARM = "tailrace:alarm"
#: Sorted set: failed jobs -> the time in ms of their failure.
DEAD = "tailrace:dead"
#: Hash: one failed job, kept longer than its log: what it was, and its last event.
DEAD_LETTER = "tailrace:dead:%s"
#: Channel: ids of running jobs whose worker should look at once (cancelled, ended).
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
#: List: orders for files of results, as JSON (`shared/exports.py`).
EXPORTS = "tailrace:exports"
#: List: pieces of one file on their way from a worker to the API; never more than a few.
EXPORT = "tailrace:export:%s"
#: String: there while somebody takes the pieces of that file.
EXPORT_READER = "tailrace:export:%s:reader"
#: Sorted set: worker names -> the time in ms of their last sign of life.
WORKERS = "tailrace:workers"
#: Hash: worker -> jobs it runs at a time.
SLOTS = "tailrace:slots"
#: Hash: dataset id -> profile as JSON, published by the workers.
DATASETS = "tailrace:datasets"
#: Hash, `%s` = owner: dataset id -> profile as JSON of the tables this person uploaded.
UPLOADS = "tailrace:uploads:%s"
#: List: the Celery queue, whose messages are bells (`shared/queue.py`).
BELLS = "cq:tailrace"

NAMES = {
    name: value for name, value in globals().items() if name.isupper() and isinstance(value, str)
}


def is_id(text: str) -> bool:
    """Whether `text` may be put into a key; with a colon in it, it could name another key."""
    return text.isascii() and text.replace("-", "").isalnum()
