"""One job followed over each transport, byte by byte, by a plan of interruptions."""

from __future__ import annotations

import json
from secrets import token_hex

from shared.event_log import CAP
from shared.jobs import Accepted
from tests.support.plans import Batch, End, Step, Where
from tests.support.scenes import Scene
from tests.support.stack import Person, Stack
from tests.support.wire import Attempt, Poll, Socket, Sse, cursor_of, numbered

#: A wait that only news ends.
LONG_POLL = "&wait=25"


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
