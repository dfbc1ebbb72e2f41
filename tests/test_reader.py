"""Logs are read for many at a time, and what is wrong with one of them concerns nobody else."""

from __future__ import annotations

from collections.abc import Sequence

import gevent
import pytest
import redis

from api.reader import Reader
from shared.event_log import EventLog
from shared.jobs import Jobs
from tests.support.scenes import question


class Broken(EventLog):
    """Logs of which some cannot be read, and neither can any other in the same round trip."""

    broken: str = ""

    def read_many(self, after: Sequence[tuple[str, int]], limit: int) -> list[list[bytes]]:
        if self.broken in dict(after):
            raise redis.ResponseError("WRONGTYPE")
        return super().read_many(after, limit)


class Asking:
    """Somebody who wants one log."""

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self.lines: list[bytes] = []
        self.failed = False

    def asks(self) -> tuple[str, int]:
        return self.job_id, -1

    def take(self, lines: list[bytes], _limit: int) -> None:
        self.lines += lines

    def fail(self) -> None:
        self.failed = True


@pytest.fixture
def logs(store: redis.Redis) -> Broken:
    return Broken(store)


def test_a_log_that_cannot_be_read_fails_alone_and_the_next_are_read(
    jobs: Jobs, logs: Broken
) -> None:
    """Nobody waits for ever: not those beside it, not those who come later."""
    first, broken, later = (Asking(jobs.accept(question()).job_id) for _ in range(3))
    logs.broken, reader = broken.job_id, Reader(logs)
    for asking in (first, broken):
        reader.want(asking)
    gevent.sleep(0)
    assert (broken.failed, broken.lines) == (True, [])
    reader.want(later)
    gevent.sleep(0)
    assert [one.failed for one in (first, later)] == [False, False]
    assert all(one.lines for one in (first, later))
