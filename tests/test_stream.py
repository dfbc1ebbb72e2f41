"""The stream over real HTTP: framing, resume at every index, and interruptions."""

from __future__ import annotations

import signal
from threading import Thread
from typing import Any

import httpx2
import pytest

from shared import keys
from shared.events import to_json
from shared.jobs import Accepted
from tests.support.processes import wait_until
from tests.support.scenes import Scene
from tests.support.sse import read_sse
from tests.support.stack import Person, Stack


@pytest.fixture
def desk(any_desk: Stack) -> Stack:
    """The same tests for streams that are handed over and for streams that are generators."""
    return any_desk


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


def begin(desk: Stack, person: Person) -> Scene:
    """A job that runs, with six events."""
    task_id = person.ask("How wet?")["task_id"]
    work = Scene(desk.jobs, desk.attempts, Accepted(task_id, "", known=False))
    work.claimed()
    work.write("one", "two\n\nlines: ü \u2028")
    work.write("three")
    work.write("four")
    return work


class Viewer:
    """Somebody watching on a thread; `seen` grows as messages arrive."""

    def __init__(self, person: Person, task_id: str, after: str = "") -> None:
        self.seen: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.thread = Thread(target=self._watch, args=(person, task_id, after), daemon=True)
        self.thread.start()

    def _watch(self, person: Person, task_id: str, after: str) -> None:
        try:
            self.seen.extend(iter(person.stream(task_id, after)))
        except httpx2.TransportError as error:
            self.error = error

    def join(self) -> list[dict[str, Any]]:
        """All it saw, once its stream has ended."""
        self.thread.join(20)
        assert not self.thread.is_alive(), "the stream did not end"
        return self.seen


def test_the_headers_keep_proxies_from_holding_the_stream_back(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    with person.http.stream("GET", f"/api/chat/stream/{work.job_id}") as response:
        assert response.headers["Content-Type"].startswith("text/event-stream")
        assert response.headers["Cache-Control"] == "no-cache, no-transform"
        assert response.headers["X-Accel-Buffering"] == "no"
        first = next(response.iter_bytes())
    assert first.startswith(b": open\n")


def test_a_finished_job_can_be_resumed_at_every_index(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    work.end("succeeded")
    whole = list(person.stream(work.job_id))
    assert whole == person.status(work.job_id)["messages"]
    for index, message in enumerate(whole[:-1]):
        assert list(person.stream(work.job_id, after=message["id"])) == whole[index + 1 :]
        by_query = f"/api/chat/stream/{work.job_id}?last_event_id={message['id']}"
        with person.http.stream("GET", by_query) as response:
            assert list(read_sse(response.iter_bytes())) == whole[index + 1 :]
    path = f"/api/chat/stream/{work.job_id}"
    over = person.http.get(path, headers={"Last-Event-ID": whole[-1]["id"]})
    assert (over.status_code, over.content) == (204, b"")


def test_a_running_job_can_be_resumed_at_every_index(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    so_far = person.status(work.job_id)["messages"]
    viewers = [Viewer(person, work.job_id, message["id"]) for message in so_far]
    viewers.append(Viewer(person, work.job_id))
    for text in ("five", "six", "seven"):
        work.write(text)
    work.end("succeeded")
    whole = person.status(work.job_id)["messages"]
    for index, viewer in enumerate(viewers[:-1]):
        assert viewer.join() == whole[index + 1 :]
    assert viewers[-1].join() == whole


def test_a_cursor_of_another_epoch_gets_the_whole_log(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    work.end("failed")
    whole = person.status(work.job_id)["messages"]
    told, *rest = person.stream(work.job_id, after="00000000-2")
    assert told == {"control": "reset", "epoch": whole[0]["id"].split("-")[0]}
    assert rest == whole


def test_the_header_wins_over_the_query(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    work.end("succeeded")
    whole = person.status(work.job_id)["messages"]
    path = f"/api/chat/stream/{work.job_id}?last_event_id={whole[0]['id']}"
    headers = {"Last-Event-ID": whole[3]["id"]}
    with person.http.stream("GET", path, headers=headers) as response:
        assert list(read_sse(response.iter_bytes())) == whole[4:]


def test_nonsense_as_cursor_is_refused(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    path = f"/api/chat/stream/{work.job_id}"
    assert person.http.get(path, headers={"Last-Event-ID": "nonsense"}).status_code == 400


def test_asking_by_stream_gives_the_stream_itself(desk: Stack) -> None:
    person = desk.person()
    body = {"action": "continue_conversation", "message": "How wet?"}
    with person.http.stream("POST", "/api/chat/stream", json=body) as response:
        messages = read_sse(response.iter_bytes())
        assert next(messages)["type"] == "queued"
        task_id = response.headers["X-Task-Id"]
        work = Scene(desk.jobs, desk.attempts, Accepted(task_id, "", known=False))
        work.claimed()
        work.end("succeeded")
        assert [message["type"] for message in messages] == ["started", "completed"]


def test_lost_publishes_are_healed_by_the_tick(desk: Stack, person: Person) -> None:
    """Events that are in the log but were never published arrive all the same."""
    work = begin(desk, person)
    viewer = Viewer(person, work.job_id)
    wait_until(lambda: len(viewer.seen) == 6, "the replay")
    last = viewer.seen[-1]
    for step in (1, 2):
        kind = "insight_delta" if step == 1 else "completed"
        seq = last["seq"] + step
        unheard = {**last, "seq": seq, "id": last["id"].split("-")[0] + f"-{seq}", "type": kind}
        desk.store.rpush(keys.EVENTS % work.job_id, to_json(unheard))
    assert [message["seq"] for message in viewer.join()] == list(range(8))


def test_a_killed_subscription_loses_nothing(desk: Stack, person: Person) -> None:
    """Redis cuts the one subscriber connection; what was published meanwhile comes from the log."""
    work = begin(desk, person)
    viewer = Viewer(person, work.job_id)
    wait_until(lambda: len(viewer.seen) == 6, "the replay")
    for client in desk.store.client_list(_type="pubsub"):
        desk.store.client_kill_filter(_id=client["id"])
    work.write("while nobody listens")
    work.end("succeeded")
    assert viewer.join() == person.status(work.job_id)["messages"]


def test_a_log_that_cannot_be_read_cuts_its_own_stream_and_no_other(
    desk: Stack, person: Person
) -> None:
    """Both may be read in the same round trip."""
    broken, whole = begin(desk, person), begin(desk, person)
    desk.store.rpush(keys.EVENTS % broken.job_id, "no event")
    viewers = [Viewer(person, work.job_id) for work in (broken, whole)]
    viewers[0].thread.join(20)
    assert isinstance(viewers[0].error, httpx2.TransportError)
    whole.end("succeeded")
    assert viewers[1].join() == person.status(whole.job_id)["messages"]


def test_one_subscriber_connection_serves_all_viewers(desk: Stack, person: Person) -> None:
    scenes = [begin(desk, person) for _ in range(5)]
    viewers = [Viewer(person, work.job_id) for work in scenes for _ in range(3)]
    wait_until(lambda: all(len(viewer.seen) == 6 for viewer in viewers), "the replays")
    assert len(desk.store.client_list(_type="pubsub")) == 1
    channels = {keys.LIVE % work.job_id for work in scenes}
    assert desk.listened >= channels
    for work in scenes:
        work.end("succeeded")
    for viewer in viewers:
        assert viewer.join()[-1]["type"] == "completed"
    wait_until(lambda: not channels & desk.listened, "unsubscribing")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_restarted_api_is_resumed_without_loss_or_repeat(
    how: signal.Signals, desk: Stack, person: Person
) -> None:
    """A planned end, too, must not read as success: it is a cut, and the viewer resumes."""
    work = begin(desk, person)
    viewer = Viewer(person, work.job_id)
    wait_until(lambda: len(viewer.seen) == 6, "the replay")
    assert desk.api is not None
    desk.api.signal(how)
    seen = viewer.join()
    assert viewer.error is not None, "the stream ended as if it were complete"
    desk.api.popen.wait(20)
    work.write("meanwhile")
    desk.start_api()
    rest = Viewer(person, work.job_id, seen[-1]["id"])
    work.end("succeeded")
    assert seen + rest.join() == person.status(work.job_id)["messages"]
