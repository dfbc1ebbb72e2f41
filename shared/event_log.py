"""The event log: one append-only list per job; everything anybody sees is a cursor over it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import redis

from shared import keys
from shared.events import Event
from shared.scripts import guarded

#: Most events one read returns: a long log is replayed in pieces of bounded size.
PAGE = 500
#: Most events a log may hold; an attempt that would write more fails with a clear reason.
CAP = 20_000


class EventLog:
    """Reads logs; only the scripts write them."""

    def __init__(self, store: redis.Redis) -> None:
        self._store = store

    def read(self, job_id: str, after_seq: int, limit: int = PAGE) -> list[Event]:
        """At most `limit` events after `after_seq` (-1: from the start), in order, without gaps.

        Empty when there is nothing more yet, or when the log is gone: ask `last` which.
        """
        start = after_seq + 1
        with guarded():
            lines = self._store.lrange(keys.EVENTS % job_id, start, start + limit - 1)
        return [Event.parse(cast("bytes", line)) for line in lines]

    def lengths(self, job_ids: Sequence[str]) -> list[int]:
        """How many events each log holds, in one round trip; 0 for a log that is gone."""
        if not job_ids:
            return []
        with guarded(), self._store.pipeline(transaction=False) as pipeline:
            for job_id in job_ids:
                pipeline.llen(keys.EVENTS % job_id)
            return [int(length) for length in pipeline.execute()]

    def last(self, job_id: str) -> Event | None:
        """The newest event, or None when there is no such log (never was, or expired)."""
        with guarded():
            line = self._store.lindex(keys.EVENTS % job_id, -1)
        return Event.parse(cast("bytes", line)) if line is not None else None
