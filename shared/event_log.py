"""The event log: one append-only list per job; everything anybody sees is a cursor over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis

from shared import keys
from shared.events import Cursor, Event
from shared.jobs import JobState
from shared.scripts import guarded
from shared.wire import Command, Wire

#: Most events one read returns: a long log is replayed in pieces of bounded size.
PAGE = 200
#: Most events a log may hold; an attempt that would write more fails with a clear reason.
CAP = 20_000


@dataclass(frozen=True, slots=True)
class Glance:
    """A job and its log at one moment, in one round trip.

    The record was read first, so where `state` is final the log is at its end.
    """

    job_id: str
    epoch: str
    state: JobState
    attempt: int
    length: int

    @property
    def version(self) -> str:
        """Differs whenever anything that a status shows has changed."""
        return f"{self.epoch}-{self.length - 1}-{self.state}-{self.attempt}"

    def holds(self, cursor: Cursor) -> bool:
        """Whether a position lies in this log."""
        return cursor.epoch == self.epoch and cursor.seq < self.length


class EventLog:
    """Reads logs; only the scripts write them. Every method may raise Unavailable."""

    def __init__(self, store: redis.Redis, wire: Wire | None = None) -> None:
        self._wire = wire or Wire(store)

    def _call(self, *commands: Command) -> list[Any]:
        with guarded():
            return self._wire.call(*commands)

    def read(self, job_id: str, after_seq: int, limit: int = PAGE) -> list[Event]:
        """At most `limit` events after `after_seq` (-1: from the start), in order, without gaps.

        Empty when there is nothing more yet, or when the log is gone: ask `lengths` which.
        """
        (lines,) = self._call(_range(job_id, after_seq, limit))
        return [Event.parse(line) for line in lines]

    def read_many(self, after: Sequence[tuple[str, int]], limit: int) -> list[list[bytes]]:
        """The stored lines of at most `limit` events of each log after a seq, in one round trip."""
        return self._call(*[_range(job_id, after_seq, limit) for job_id, after_seq in after])

    def glance(self, job_id: str, owner: str) -> Glance | None:
        """The owner's job; None when unknown, expired or somebody else's."""
        if not keys.is_id(job_id):
            return None
        fields, length = self._call(_record(job_id), ("LLEN", keys.EVENTS % job_id))
        return _glance(job_id, owner, fields, length)

    def glance_and_read(
        self, job_id: str, owner: str, after_seq: int
    ) -> tuple[Glance | None, list[Event]]:
        """The owner's job, and the first events of its log after `after_seq`."""
        if not keys.is_id(job_id):
            return None, []
        fields, length, lines = self._call(
            _record(job_id), ("LLEN", keys.EVENTS % job_id), _range(job_id, after_seq, PAGE)
        )
        found = _glance(job_id, owner, fields, length)
        return found, [Event.parse(line) for line in lines] if found else []

    def lengths(self, job_ids: Sequence[str]) -> list[int]:
        """How many events each log holds, in one round trip; 0 for a log that is gone."""
        return self._call(*[("LLEN", keys.EVENTS % job_id) for job_id in job_ids])

    def last(self, job_id: str) -> Event | None:
        """The newest event, or None when there is no such log (never was, or expired)."""
        (line,) = self._call(("LINDEX", keys.EVENTS % job_id, -1))
        return Event.parse(line) if line is not None else None


def _range(job_id: str, after_seq: int, limit: int) -> Command:
    return ("LRANGE", keys.EVENTS % job_id, after_seq + 1, after_seq + limit)


def _record(job_id: str) -> Command:
    return ("HMGET", keys.JOB % job_id, "owner", "epoch", "state", "attempt")


def _glance(job_id: str, owner: str, fields: list[Any], length: int) -> Glance | None:
    named, epoch, state, attempt = fields
    if named is None or named != owner.encode() or state is None or not length:
        return None
    return Glance(job_id, epoch.decode(), JobState(state.decode()), int(attempt), length)
