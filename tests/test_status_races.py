"""A status is read in several steps; whatever happens between two of them, it contradicts nothing.

The store, the scripts and the handlers are the real ones; only the moments at which the worker
writes, the job ends or its log expires are the test's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import redis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as planned
from hypothesis import strategies as st

from api.app import create_app
from api.services import EXTENSION
from shared import keys
from shared.attempts import Attempts
from shared.event_log import CAP, PAGE
from shared.events import Event
from shared.jobs import Accepted, Jobs
from shared.settings import Settings
from shared.wire import Command, Wire
from tests.support.scenes import Scene

Deed = Literal["write", "write much", "succeed", "fail", "expire"]
DEEDS: st.SearchStrategy[list[Deed | None]] = st.lists(
    st.none() | st.sampled_from(["write", "write much", "succeed", "fail", "expire"]), max_size=7
)
ENDS = {"completed": "completed", "failed": "error"}


class Stepped(Wire):
    """Sends one command at a time; before each, what is due happens."""

    due: Iterator[object] = iter(())

    def call(self, *commands: Command) -> list[Any]:
        replies: list[Any] = []
        for command in commands:
            next(self.due, None)
            replies += super().call(command)
        return replies


class Table:
    """One job, the API that shows it, and what its log held before it expired."""

    def __init__(self, store: redis.Redis, settings: Settings) -> None:
        self.store = store
        app = create_app(settings)
        self.log = app.extensions[EXTENSION].log
        self.wire = self.log._wire = Stepped(store)
        self.client = app.test_client()
        body = {"action": "continue_conversation", "message": "How wet?"}
        started: Any = self.client.post("/api/chat", json=body).json
        self.task_id = str(started["task_id"])
        jobs, attempts = Jobs(store, settings), Attempts(store, settings)
        self.work = Scene(jobs, attempts, Accepted(self.task_id, "", known=False))
        self.work.claimed()
        self.ended = self.expired = False
        self.kept: list[dict[str, Any]] = []

    def do(self, deeds: list[Deed | None]) -> Iterator[None]:
        """One after the other, as the iterator is advanced."""
        for deed in deeds:
            if deed == "expire" and not self.expired:
                self.kept, self.expired = self.written(), True
                self.store.delete(keys.JOB % self.task_id, keys.EVENTS % self.task_id)
            elif deed in ("write", "write much") and not self.ended and not self.expired:
                self.work.write(*["ü"] * (1 if deed == "write" else PAGE + 3))
            elif deed in ("succeed", "fail") and not self.ended and not self.expired:
                self.work.end("succeeded" if deed == "succeed" else "failed")
                self.ended = True
            yield

    def written(self) -> list[dict[str, Any]]:
        """The messages of the log, as it is or as it was."""
        lines: Any = self.store.lrange(keys.EVENTS % self.task_id, 0, CAP)
        return [Event.parse(line).message for line in lines] or self.kept

    def ask(self, deeds: list[Deed | None], after: str, etag: str = "") -> Any:
        """The answer to a poll during which all this happens."""
        self.wire.due = self.do(deeds)
        headers = {"If-None-Match": etag} if etag else {}
        path = f"/api/chat/status/{self.task_id}"
        return self.client.get(path, query_string={"after": after}, headers=headers)


@planned(
    max_examples=120,
    phases=[Phase.generate],
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=DEEDS, during=DEEDS, at=st.integers(-1, 4), second=DEEDS)
def test_whatever_happens_while_a_status_is_read_it_is_of_one_moment(
    store: redis.Redis,
    settings: Settings,
    before: list[Deed | None],
    during: list[Deed | None],
    at: int,
    second: list[Deed | None],
) -> None:
    table = Table(store, settings)
    list(table.do([deed for deed in before if deed != "expire"]))
    log = table.written()
    after = log[min(at, len(log) - 1)]["id"] if at >= 0 else ""
    first = table.ask(during, after)
    check(table, first, after)
    if first.status_code == 200:
        known, version = first.json["messages"], first.headers["ETag"]
        again = table.ask(second, after, version)
        if again.status_code == 304:
            now = table.ask([], after)
            assert now.status_code == 404 or now.json["messages"][: len(known)] == known
        else:
            check(table, again, after)


def check(table: Table, answer: Any, after: str) -> None:
    """The answer is of the log as it was at some moment, and says nothing else beside it."""
    if answer.status_code == 404:
        assert table.expired
        return
    found, log = answer.json, table.written()
    start = int(after.partition("-")[2]) + 1 if after else 0
    messages = found["messages"]
    assert [each["seq"] for each in messages] == list(range(start, start + len(messages)))
    assert messages == log[start : start + len(messages)]
    seen = log[: start + len(messages)]
    assert found["cursor"] == seen[-1]["id"]
    last = seen[-1]["type"]
    assert found["status"] == ENDS.get(last, "processing"), "the status and the messages differ"
    assert (found["result"] is not None) == (last == "completed")
    assert (found["error"] is not None) == (last == "failed")
