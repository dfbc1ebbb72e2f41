"""The promise, as properties: any log, any cursor, any plan of interruptions, over any transport.

    what was seen before + what is seen after resuming == the log, byte for byte, in order, whole

and each single attempt brings exactly what follows its cursor: `resume(n) == log[n + 1:]`. A real
API over a real server; logs are written by the real script while viewers are attached, and a
connection is cut at any byte. Under a server that hands its sockets over and one that keeps them.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.writer import HEARTBEAT_S
from shared import keys
from tests.support.plans import ENDS, PLANNED, STEPS, TEXTS, End, Step
from tests.support.processes import wait_until
from tests.support.scenes import begin
from tests.support.stack import Person, Stack
from tests.support.transports import TRANSPORTS, Posting, Run, Viewer, cookie_of
from tests.support.wire import Feed, Poll, Socket, Sse


@pytest.fixture
def person(either_desk: Stack) -> Person:
    return either_desk.person()


@pytest.mark.parametrize("transport", TRANSPORTS)
@PLANNED
@given(
    steps=STEPS,
    last=st.builds(Step, TEXTS, TEXTS, st.just("own"), st.none(), st.booleans()),
    end=ENDS,
)
def test_seen_before_and_after_is_the_log(
    transport: type[Viewer],
    either_desk: Stack,
    person: Person,
    steps: list[Step],
    last: Step,
    end: End,
) -> None:
    run = Run(either_desk, transport(either_desk, person))
    for step in steps:
        run.carry_out(step)
    run.finish(last, end)


def test_a_log_that_goes_is_told_over_every_transport(either_desk: Stack, person: Person) -> None:
    """To those who follow it, and to those who come back for it."""
    viewers = [transport(either_desk, person) for transport in TRANSPORTS]
    runs = [Run(either_desk, viewer) for viewer in viewers]
    everything = Feed(either_desk.url, "/api/stream", None, cookie_of(person))
    everything.until(lambda: len(everything.events) >= 2 * len(runs))
    waiting = Step([], ["news"], "own", None, again=True)
    for run in runs:
        run.seen = run.log
    attempts = [run.viewer.open(run.cursor("own"), waiting) for run in runs if run.viewer.stays]
    for attempt in attempts:
        if not isinstance(attempt, Poll):
            attempt.until(lambda attempt=attempt: attempt.status is not None)  # type: ignore[misc]
    cursor = everything.ids[-1]
    for viewer in viewers:
        either_desk.store.delete(keys.JOB % viewer.task_id, keys.EVENTS % viewer.task_id)
    for attempt in attempts:
        attempt.to_the_end()
        assert attempt.gone
        assert isinstance(attempt, Poll) or not attempt.whole, "it must not read as success"
        assert attempt.events == []
    everything.until(lambda: everything.events.count(b"null") == len(runs))
    everything.close()
    again = [viewer.open("", waiting) for viewer in viewers if not isinstance(viewer, Posting)]
    for attempt in again:
        attempt.to_the_end()
        assert attempt.status == 404
    resumed = Feed(
        either_desk.url, "/api/stream", None, {**cookie_of(person), "Last-Event-ID": cursor}
    )
    resumed.until(lambda: resumed.events.count(b"null") == len(runs))
    assert resumed.owners == [viewer.task_id for viewer in viewers]
    resumed.close()


@pytest.mark.parametrize("path", ["/api/chat/stream/{}", "/api/stream", "/api/chat/ws/{}"])
def test_a_viewer_that_leaves_is_noticed_at_once(
    path: str, either_desk: Stack, person: Person
) -> None:
    """Not at the next heartbeat: its place among the open streams is free, and its thread."""
    work = begin(either_desk, person)
    kind = Socket if "ws" in path else Sse
    attempt = kind(either_desk.url, path.format(work.job_id), None, cookie_of(person))
    attempt.until(lambda: len(attempt.events) == 2)
    channel = keys.LIVE % work.job_id
    wait_until(lambda: channel in either_desk.listened, "subscribing")
    attempt.close()
    wait_until(lambda: channel not in either_desk.listened, "unsubscribing", HEARTBEAT_S / 2)
