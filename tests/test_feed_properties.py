"""The promise, as a property of the stream of everything: each job's log, whole and in order.

Jobs come, are written and end while one person's viewer is attached and while it is not.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.event_log import CAP
from tests.support.plans import CUTS, PLANNED, TEXTS, WHERE, Where
from tests.support.scenes import Scene, begin
from tests.support.stack import Person, Stack
from tests.support.transports import cookie_of
from tests.support.wire import Feed, numbered


class Act(NamedTuple):
    """What happens to a crowd of jobs: one more, some events in one of them, or the end of it."""

    what: Literal["new", "write", "end"]
    which: int
    texts: list[str]


ACTS = st.lists(
    st.builds(Act, st.sampled_from(["new", "write", "write", "end"]), st.integers(0, 5), TEXTS),
    max_size=4,
)


@dataclass(frozen=True)
class Look:
    """One attempt at the stream of everything."""

    before: list[Act]
    during: list[Act]
    where: Where
    cut: int | None


class Crowd:
    """Jobs of one person, and what a viewer of all of them has seen of each."""

    def __init__(self, desk: Stack, person: Person) -> None:
        desk.store.flushall()
        self.desk = desk
        self.person = person
        self.scenes: dict[str, Scene] = {}
        self.ended: set[str] = set()
        #: Ended before a viewer without a cursor came: such a one is not told of them.
        self.skipped: set[str] = set()
        self.seen: dict[str, list[bytes]] = defaultdict(list)
        self.cursor = ""

    def act(self, acts: list[Act]) -> None:
        """Do all of it."""
        for what, which, texts in acts:
            live = sorted(self.scenes.keys() - self.ended)
            task_id = live[which % len(live)] if live else ""
            if what == "new":
                scene = begin(self.desk, self.person)
                self.scenes[scene.job_id] = scene
            elif what == "end" and live:
                self.scenes[task_id].end("succeeded")
                self.ended.add(task_id)
            elif texts and live:
                self.scenes[task_id].write(*texts)

    def logs(self) -> dict[str, list[bytes]]:
        """All that is written so far."""
        return {
            task_id: [event.raw for event in self.desk.log.read(task_id, -1, CAP)]
            for task_id in self.scenes
        }

    def cursor_at(self, where: Where) -> str:
        """Where an attempt starts, as it says it."""
        beyond = f"{self.cursor.partition('-')[0]}-999999999" if self.cursor else ""
        return {"own": self.cursor, "none": "", "foreign": "0badc0de-0_0.1", "beyond": beyond}[
            where
        ]

    def look(self, look: Look, *, last: bool = False) -> None:
        """One attempt, and whether it brought what it must."""
        self.act(look.before)
        own = look.where == "own" and self.cursor != ""
        base = dict(self.seen) if own else {}
        # An empty cursor is none.
        after = self.cursor_at(look.where)
        skipped = self.skipped if own else set() if after else set(self.ended)
        headers = cookie_of(self.person) | ({"Last-Event-ID": after} if after else {})
        attempt = Feed(self.desk.url, "/api/stream", look.cut, headers)
        attempt.until(lambda: attempt.status is not None)
        self.act(look.during)
        if last:
            self.act([Act("end", 0, [])] * len(self.scenes))
        logs = self.logs()
        wanted = sum(len(logs[each]) for each in logs.keys() - skipped)
        known = sum(map(len, base.values()))
        attempt.until(lambda: known + len(attempt.events) >= wanted)
        whole = not attempt.over
        attempt.close()
        got = defaultdict(list, {task_id: list(raws) for task_id, raws in base.items()})
        for task_id, raw in zip(attempt.owners, attempt.events, strict=True):
            got[task_id].append(raw)
        for task_id, raws in got.items():
            assert raws == logs[task_id][: len(raws)], list(numbered(raws))
            assert task_id not in skipped
        if whole:
            assert {each: got[each] for each in logs.keys() - skipped} == {
                each: raws for each, raws in logs.items() if each not in skipped
            }
        if attempt.ids:
            assert attempt.reset == (after != "" and not own)
            self.cursor, self.seen, self.skipped = attempt.ids[-1], got, skipped
        assert not attempt.whole, "this stream has no end of its own"
        assert whole or not last


@pytest.fixture
def person(either_desk: Stack) -> Person:
    return either_desk.person()


@PLANNED
@given(looks=st.lists(st.builds(Look, ACTS, ACTS, WHERE, CUTS), max_size=4), last=ACTS)
def test_the_stream_of_everything_keeps_the_promise_for_every_job(
    either_desk: Stack, person: Person, looks: list[Look], last: list[Act]
) -> None:
    """Jobs come and end while it is watched and while it is not."""
    crowd = Crowd(either_desk, person)
    crowd.act([Act("new", 0, [])])
    for look in looks:
        crowd.look(look)
    crowd.look(Look([], last, "own", None), last=True)
