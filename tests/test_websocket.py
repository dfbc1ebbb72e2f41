"""The WebSocket, by a client nobody here wrote: the same messages, resume, cancel, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from shared import keys
from tests.support.scenes import Scene, begin
from tests.support.stack import Person, Stack


@pytest.fixture
def desk(talking_desk: Stack) -> Stack:
    """The same tests for sockets that are handed over and for those that the server keeps."""
    return talking_desk


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


def open_socket(person: Person, task_id: str, query: str = "", **more: Any) -> Any:
    """A WebSocket with the person's cookie, for a `with`."""
    base = str(person.http.base_url).rstrip("/").replace("http://", "ws://")
    cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    headers = {"Cookie": cookie}
    return connect(
        f"{base}/api/chat/ws/{task_id}{query}", additional_headers=headers, open_timeout=20, **more
    )


def read_to_end(socket: ClientConnection) -> tuple[list[str], int]:
    """All texts, and the code of the close."""
    texts: list[str] = []
    try:
        while True:
            texts.append(str(socket.recv(timeout=20)))
    except ConnectionClosed as closed:
        return texts, closed.rcvd.code if closed.rcvd else 0


def stored(desk: Stack, work: Scene) -> list[str]:
    """The log, as it is stored."""
    return [event.raw.decode() for event in desk.log.read(work.job_id, -1)]


def test_it_carries_the_log_byte_for_byte_and_ends_with_a_normal_close(
    desk: Stack, person: Person
) -> None:
    work = begin(desk, person)
    with open_socket(person, work.job_id) as socket:
        first = str(socket.recv(timeout=20))
        work.write("ü \u2028 two\nlines", "x" * 70_000)
        work.end("succeeded")
        texts, code = read_to_end(socket)
    assert [first, *texts] == stored(desk, work)
    assert code == 1000


def test_it_resumes_at_every_index_and_ends_at_once_at_the_end(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    work.write("a", "b")
    work.end("failed")
    log = stored(desk, work)
    for index, line in enumerate(log):
        cursor = json.loads(line)["id"]
        with open_socket(person, work.job_id, f"?last_event_id={cursor}") as socket:
            assert read_to_end(socket) == (log[index + 1 :], 1000)


def test_a_cursor_of_another_log_is_told_and_gets_everything(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    work.end("succeeded")
    for cursor in ("00000000-1", f"{json.loads(stored(desk, work)[0])['id'][:8]}-77"):
        with open_socket(person, work.job_id, f"?last_event_id={cursor}") as socket:
            (told, *texts), _ = read_to_end(socket)
        assert json.loads(told)["type"] == "reset"
        assert texts == stored(desk, work)


def test_cancel_stops_the_job_and_its_log_says_so(desk: Stack, person: Person) -> None:
    task_id = person.ask("How wet?")["task_id"]
    with open_socket(person, task_id) as socket:
        socket.send('{"type":"cancel"}')
        texts, code = read_to_end(socket)
    assert json.loads(texts[-1])["type"] == "cancelled"
    assert code == 1000
    assert person.status(task_id)["status"] == "cancelled"


@pytest.mark.parametrize(
    ("sent", "code"),
    [("nonsense", 1008), ("[]", 1008), ("x" * 5000, 1009), (b"\x00", 1003)],
)
def test_what_it_does_not_understand_ends_it_with_the_reason(
    sent: str | bytes, code: int, desk: Stack, person: Person
) -> None:
    work = begin(desk, person)
    with open_socket(person, work.job_id) as socket:
        socket.send(sent)
        assert read_to_end(socket)[1] == code
    assert person.status(work.job_id)["state"] == "running"


def test_pings_are_answered_and_fragments_joined(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    with open_socket(person, work.job_id) as socket:
        assert socket.ping().wait(20)
        socket.send(iter(['{"type":', '"cancel"}']))
        work.end("cancelled")
        assert read_to_end(socket)[1] == 1000


def test_another_sites_page_is_refused_and_ours_is_not(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    theirs = {"origin": "https://elsewhere.example"}
    with pytest.raises(InvalidStatus) as refused, open_socket(person, work.job_id, **theirs):
        pass
    assert refused.value.response.status_code == 403
    with open_socket(person, work.job_id, origin=desk.url) as socket:
        assert socket.recv(timeout=20)


def test_a_stranger_and_a_plain_request_are_refused(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    with pytest.raises(InvalidStatus) as refused, open_socket(desk.person(), work.job_id):
        pass
    assert refused.value.response.status_code == 404
    plain = person.http.get(f"/api/chat/ws/{work.job_id}")
    assert (plain.status_code, plain.headers["Upgrade"]) == (426, "websocket")


def test_a_log_that_goes_is_said_to_be_gone(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    with open_socket(person, work.job_id) as socket:
        socket.recv(timeout=20)
        desk.store.delete(keys.JOB % work.job_id, keys.EVENTS % work.job_id)
        texts, code = read_to_end(socket)
    assert json.loads(texts[-1]) == {"type": "gone", "task_id": work.job_id}
    assert code == 4410


def test_a_server_that_keeps_its_socket_to_itself_says_so(
    running_servers: Callable[[str], Stack], store: redis.Redis
) -> None:
    """The streams and polls are the same there."""
    desk = running_servers("waitress")
    person = desk.person()
    work = begin(desk, person)
    with pytest.raises(InvalidStatus) as refused, open_socket(person, work.job_id):
        pass
    assert refused.value.response.status_code == 501
