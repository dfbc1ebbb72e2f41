"""The promise, as properties: any log, any cursor, any plan of interruptions, over any transport.

    what was seen before + what is seen after resuming == the log, byte for byte, in order, whole

and each single attempt brings exactly what follows its cursor: `resume(n) == log[n + 1:]`. A real
API over a real server; logs are written by the real script while viewers are attached, and a
connection is cut at any byte. Under a server that hands its sockets over and one that keeps them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Literal, NamedTuple

import pytest
import redis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.writer import HEARTBEAT_S
from shared import keys
from shared.event_log import CAP, PAGE
from shared.jobs import Accepted
from tests.support.processes import wait_until
from tests.support.scenes import Scene, begin
from tests.support.stack import Person, Stack
from tests.support.wire import Attempt, Feed, Poll, Socket, Sse, cursor_of, numbered

LONG = settings.get_current_profile_name() == "long"
#: The same plans in every run, unless `--hypothesis-profile long` asks for more and others.
PLANNED = settings(
    max_examples=settings().max_examples if LONG else 20,
    derandomize=not LONG,
    # What hangs would be tried over and over to make it smaller.
    phases=set(Phase) if LONG else {Phase.explicit, Phase.generate},
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
#: A wait that only news ends.
LONG_POLL = "&wait=25"

#: Texts of events to be written in one call of the script, or just how many events.
Batch = list[str] | int
Where = Literal["own", "none", "foreign", "beyond"]
End = Literal["succeeded", "failed", "cancelled"]

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), max_size=4)
#: Now and then more events than are read from the log at a time.
BATCHES: st.SearchStrategy[Batch] = TEXTS | TEXTS | TEXTS | st.just(PAGE + 30)
#: In the head, in its first event, later, or not at all.
CUTS = st.none() | st.integers(0, 900) | st.integers(0, 3000) | st.integers(0, 60_000)
WHERE: st.SearchStrategy[Where] = st.sampled_from(
    ["own", "own", "own", "none", "foreign", "beyond"]
)
ENDS: st.SearchStrategy[End] = st.sampled_from(["succeeded", "failed", "cancelled"])


@dataclass(frozen=True)
class Step:
    """One attempt: from where, what is written before it and while it lasts, and where it breaks.

    With no `cut` it lasts until it has brought all there is. `again` chooses between two ways to
    resume, where a transport has them.
    """

    before: Batch
    during: Batch
    where: Where
    cut: int | None
    again: bool


STEPS = st.lists(st.builds(Step, BATCHES, BATCHES, WHERE, CUTS, st.booleans()), max_size=4)


def cookie_of(person: Person) -> dict[str, str]:
    """Who it is."""
    jar = person.http.cookies
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}


class Viewer:
    """Somebody who follows one job over one transport; `stays` until there is news."""

    stays = True

    def __init__(self, desk: Stack, person: Person) -> None:
        self.url = desk.url
        self.person = person
        self.task_id = self.ask()

    @property
    def cookie(self) -> dict[str, str]:
        """Who it is."""
        return cookie_of(self.person)

    def ask(self) -> str:
        """Start the job."""
        return str(self.person.ask("How wet?")["task_id"])

    def open(self, cursor: str, step: Step) -> Attempt:
        """Resume after a cursor; `step` says how far."""
        raise NotImplementedError


class Streaming(Viewer):
    """`GET /api/chat/stream/<id>`, the cursor in the header or in the query."""

    def open(self, cursor: str, step: Step) -> Attempt:
        path, headers = f"/api/chat/stream/{self.task_id}", self.cookie
        if cursor and step.again:
            path += f"?last_event_id={cursor}"
        elif cursor:
            headers["Last-Event-ID"] = cursor
        return Sse(self.url, path, step.cut, headers)


class Posting(Streaming):
    """`POST /api/chat/stream`, sent again with its key, or followed by the stream of its job."""

    def ask(self) -> str:
        self.person.http.get("/api/datasets")
        self.key = {"Idempotency-Key": token_hex()}
        body = {"action": "continue_conversation", "message": "How wet?"}
        self.content = json.dumps(body).encode()
        self.post("", 40).to_the_end()
        # Cut before it had a name; the same question is the same job.
        return str(self.person.ask("How wet?", headers=self.key)["task_id"])

    def post(self, cursor: str, cut: int | None) -> Attempt:
        resumed = {"Last-Event-ID": cursor} if cursor else {}
        headers = {**self.cookie, **self.key, **resumed}
        return Sse(self.url, "/api/chat/stream", cut, headers, self.content)

    def open(self, cursor: str, step: Step) -> Attempt:
        return self.post(cursor, step.cut) if step.again else super().open(cursor, step)


class Talking(Viewer):
    """A WebSocket."""

    def open(self, cursor: str, step: Step) -> Attempt:
        query = f"?last_event_id={cursor}" if cursor else ""
        return Socket(self.url, f"/api/chat/ws/{self.task_id}{query}", step.cut, self.cookie)


class LongPolling(Viewer):
    """`status?after&wait`: held back only when something will be written meanwhile."""

    def open(self, cursor: str, step: Step) -> Attempt:
        path = f"/api/chat/status/{self.task_id}?after={cursor}"
        return Poll(self.url, path + (LONG_POLL if step.during else ""), step.cut, self.cookie)


class Polling(Viewer):
    """A plain status, asked with the ETag of the last answer if that is where it goes on."""

    stays = False
    etag = ""
    known = 0

    def open(self, cursor: str, step: Step) -> Attempt:
        path, headers = f"/api/chat/status/{self.task_id}?after={cursor}", self.cookie
        if self.etag and step.where == "own":
            headers["If-None-Match"] = self.etag
        return Poll(self.url, path, step.cut, headers)

    def remember(self, attempt: Attempt, seen: int, least: int) -> None:
        """A 304 says that all there was is known; any other answer has an ETag of its own."""
        if attempt.status == 304:
            assert self.known >= least
        elif attempt.whole:
            self.etag, self.known = attempt.headers[b"etag"].decode(), seen


TRANSPORTS = [Streaming, Posting, Talking, LongPolling, Polling]


class Run:
    """A plan carried out: what the viewer has seen, attempt by attempt, and the log it is of."""

    def __init__(self, desk: Stack, viewer: Viewer) -> None:
        self.desk = desk
        self.viewer = viewer
        self.work = Scene(desk.jobs, desk.attempts, Accepted(viewer.task_id, "", known=False))
        self.work.claimed()
        self.seen: list[bytes] = []

    @property
    def log(self) -> list[bytes]:
        """All that is written so far."""
        return [event.raw for event in self.desk.log.read(self.viewer.task_id, -1, CAP)]

    def cursor(self, where: Where) -> str:
        """Where an attempt starts, as it says it."""
        epoch = cursor_of(self.log[0]).partition("-")[0]
        own = cursor_of(self.seen[-1]) if self.seen else ""
        return {"own": own, "none": "", "foreign": "0badc0de-3", "beyond": f"{epoch}-7777"}[where]

    def carry_out(self, step: Step) -> None:
        """One attempt, and whether it brought what it must."""
        self.write(step.before)
        start, least = len(self.seen) if step.where == "own" else 0, self.log
        attempt = self.viewer.open(self.cursor(step.where), step)
        if isinstance(attempt, Poll):
            self.write(step.during)
            attempt.to_the_end()
            complete = attempt.whole
        else:
            attempt.until(lambda: attempt.status is not None)
            self.write(step.during)
            least = self.log
            attempt.until(lambda: start + len(attempt.events) >= len(least))
            complete = not attempt.over
            attempt.close()
            assert not attempt.whole, "an end before the terminal message"
        self.check(attempt, start, step)
        if complete and attempt.status != 304:
            assert start + len(attempt.events) >= len(least), list(numbered(attempt.events))
        if attempt.events and start == 0:
            self.seen = []
        self.seen += attempt.events
        if isinstance(self.viewer, Polling):
            self.viewer.remember(attempt, len(self.seen), len(least))

    def check(self, attempt: Attempt, start: int, step: Step) -> None:
        """What is true of every attempt, also of one that broke off."""
        assert attempt.status in (None, 101, 200, 304)
        follows = self.log[start : start + len(attempt.events)]
        assert attempt.events == follows, list(numbered(attempt.events))
        if attempt.events:
            assert attempt.reset == (step.where in ("foreign", "beyond"))

    def write(self, batch: Batch) -> None:
        """In one call of the script."""
        if batch:
            self.work.write(*(["ü"] * batch if isinstance(batch, int) else batch))

    def finish(self, step: Step, end: End) -> None:
        """The last attempts: the job ends while the first of them lasts; nothing is cut."""
        self.write(step.before)
        attempt = self.viewer.open(self.cursor("own"), step)
        if not isinstance(attempt, Poll):
            attempt.until(lambda: attempt.status is not None)
        self.write(step.during)
        self.work.end(end)
        attempt.to_the_end()
        self.seen += attempt.events
        for _ in range(3 if isinstance(attempt, Poll) else 0):
            # What came just after an answer, the next one has.
            attempt = self.viewer.open(self.cursor("own"), step)
            attempt.to_the_end()
            self.seen += attempt.events
        assert attempt.whole, "no proper end"
        assert self.seen == self.log, list(numbered(self.seen))


@pytest.fixture(params=["gunicorn", "gthread"])
def desk(
    request: pytest.FixtureRequest, running_servers: Callable[[str], Stack], store: redis.Redis
) -> Stack:
    """One server that hands its sockets over, and one that keeps them."""
    return running_servers(request.param)


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


@pytest.mark.parametrize("transport", TRANSPORTS)
@PLANNED
@given(
    steps=STEPS,
    last=st.builds(Step, TEXTS, TEXTS, st.just("own"), st.none(), st.booleans()),
    end=ENDS,
)
def test_seen_before_and_after_is_the_log(
    transport: type[Viewer], desk: Stack, person: Person, steps: list[Step], last: Step, end: End
) -> None:
    run = Run(desk, transport(desk, person))
    for step in steps:
        run.carry_out(step)
    run.finish(last, end)


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


@PLANNED
@given(looks=st.lists(st.builds(Look, ACTS, ACTS, WHERE, CUTS), max_size=4), last=ACTS)
def test_the_stream_of_everything_keeps_the_promise_for_every_job(
    desk: Stack, person: Person, looks: list[Look], last: list[Act]
) -> None:
    """Jobs come and end while it is watched and while it is not."""
    crowd = Crowd(desk, person)
    crowd.act([Act("new", 0, [])])
    for look in looks:
        crowd.look(look)
    crowd.look(Look([], last, "own", None), last=True)


def test_a_log_that_goes_is_told_over_every_transport(desk: Stack, person: Person) -> None:
    """To those who follow it, and to those who come back for it."""
    viewers = [transport(desk, person) for transport in TRANSPORTS]
    runs = [Run(desk, viewer) for viewer in viewers]
    everything = Feed(desk.url, "/api/stream", None, cookie_of(person))
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
        desk.store.delete(keys.JOB % viewer.task_id, keys.EVENTS % viewer.task_id)
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
    resumed = Feed(desk.url, "/api/stream", None, {**cookie_of(person), "Last-Event-ID": cursor})
    resumed.until(lambda: resumed.events.count(b"null") == len(runs))
    assert resumed.owners == [viewer.task_id for viewer in viewers]
    resumed.close()


@pytest.mark.parametrize("path", ["/api/chat/stream/{}", "/api/stream", "/api/chat/ws/{}"])
def test_a_viewer_that_leaves_is_noticed_at_once(path: str, desk: Stack, person: Person) -> None:
    """Not at the next heartbeat: its place among the open streams is free, and its thread."""
    work = begin(desk, person)
    kind = Socket if "ws" in path else Sse
    attempt = kind(desk.url, path.format(work.job_id), None, cookie_of(person))
    attempt.until(lambda: len(attempt.events) == 2)
    channel = keys.LIVE % work.job_id
    wait_until(lambda: channel in desk.listened, "subscribing")
    attempt.close()
    wait_until(lambda: channel not in desk.listened, "unsubscribing", HEARTBEAT_S / 2)
