"""What an open stream may cost: limits, slow clients, a log that goes, a shutdown, cheap polls."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import redis

from api import channel, writer
from cli.client import Client, Patience
from shared import keys
from tests.support.processes import wait_until
from tests.support.scenes import begin
from tests.support.sse import read_sse
from tests.support.stack import Person, Stack


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


@pytest.fixture
def tight(valkey_url: str, store: redis.Redis, tmp_path: Path) -> Iterator[Stack]:
    """An API with room for three streams, two of them of one person."""
    # Nobody renews the leases: a slow run must not have a job taken away, which would be news.
    limits = {"STREAMS_PER_OWNER": "2", "STREAMS_PER_PROCESS": "3", "LEASE_S": "600"}
    made = Stack(valkey_url, tmp_path, **limits)
    try:
        made.start_api()
        yield made
    finally:
        made.stop()


def held(person: Person, path: str) -> httpx2.Response:
    """An open stream, its headers read."""
    request = person.http.build_request("GET", path)
    return person.http.send(request, stream=True)


def test_too_many_streams_get_a_clear_answer_and_room_comes_back(tight: Stack) -> None:
    one, two = tight.person(), tight.person()
    work, other = begin(tight, one), begin(tight, two)
    path, polling = f"/api/chat/stream/{work.job_id}", f"/api/chat/status/{work.job_id}"
    streams = [held(one, path), held(one, "/api/stream")]
    assert [stream.status_code for stream in streams] == [200, 200]
    for refused in (path, "/api/stream"):
        answer = one.http.get(refused)
        assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (429, True)
        assert answer.headers["Content-Type"] == "application/problem+json"
    last = one.status(work.job_id)["cursor"]
    assert one.http.get(polling, params={"after": last, "wait": 5}).status_code == 429
    assert one.http.get(polling).status_code == 200, "a plain poll is always answered"
    body = {"action": "continue_conversation", "message": "x"}
    before = set(tight.store.keys("tailrace:job:*"))
    assert one.http.post("/api/chat/stream", json=body).status_code == 429
    assert set(tight.store.keys("tailrace:job:*")) == before, "a refused stream enqueues nothing"

    third = held(two, f"/api/chat/stream/{other.job_id}")
    full = two.http.get("/api/stream")
    assert (full.status_code, int(full.headers["Retry-After"]) > 0) == (503, True)
    streams.pop().close()
    third.close()

    def room() -> bool:
        response = held(two, "/api/stream")
        response.close()
        return response.status_code == 200

    wait_until(room, "room for another stream")


def test_the_client_follows_where_there_is_no_room_for_a_stream(tight: Stack) -> None:
    """By polls that do not wait: those are always answered."""
    person = tight.person()
    work = begin(tight, person)
    streams = [held(person, "/api/stream") for _ in range(2)]
    with Client(tight.url, Patience(give_up_s=3)) as client:
        client._http.cookies.update(person.http.cookies)
        messages = client.follow(work.job_id)
        assert next(messages)["type"] == "queued"
        work.write("a")
        work.end("succeeded")
        assert [message["seq"] for message in messages] == [1, 2, 3]
    for stream in streams:
        stream.close()


def test_an_unchanged_poll_is_a_304(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    path = f"/api/chat/status/{work.job_id}"
    first = person.http.get(path)
    again = person.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    work.write("news")
    changed = person.http.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json()["messages"][-1]["data"] == {"text": "news"}
    cached = {"If-None-Match": changed.headers["ETag"]}
    person.cancel(work.job_id)
    assert person.http.get(path, headers=cached).json()["state"] == "cancelling"
    stranger = desk.person().http.get(path, headers=cached)
    assert stranger.status_code == 404


def test_a_poll_from_another_log_says_so(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    whole = person.status(work.job_id)
    assert whole["reset"] is False
    epoch = whole["messages"][0]["id"].split("-")[0]
    for cursor in ("00000000-0", f"{epoch}-99"):
        found = person.status(work.job_id, after=cursor)
        assert found["reset"] is True
        assert found["messages"] == whole["messages"]


def test_a_log_that_goes_is_said_to_be_gone_and_the_stream_is_cut(
    desk: Stack, person: Person
) -> None:
    work = begin(desk, person)
    messages = person.stream(work.job_id)
    assert [next(messages)["type"], next(messages)["type"]] == ["queued", "started"]
    desk.store.delete(keys.JOB % work.job_id, keys.EVENTS % work.job_id)
    assert next(messages) == {"control": "gone", "task_id": work.job_id}
    with pytest.raises(httpx2.TransportError):
        next(messages)
    assert person.http.get(f"/api/chat/stream/{work.job_id}").status_code == 404


def test_a_shutdown_asks_each_client_to_return_at_its_own_time(
    valkey_url: str, store: redis.Redis, tmp_path: Path
) -> None:
    stack = Stack(valkey_url, tmp_path, LEASE_S="600")
    try:
        process = stack.start_api()
        person = stack.person()
        work = begin(stack, person)
        paths = [f"/api/chat/stream/{work.job_id}", "/api/stream"] * 4
        streams = [held(person, path) for path in paths]
        bodies = [stream.iter_raw() for stream in streams]
        for body in bodies:
            next(body)
        slow = asking_slowly(stack)
        process.signal(signal.SIGTERM)
        pauses = {last_retry(body) for body in bodies}
        assert len(pauses) > 1, "all would return at once"
        with slow, pytest.raises(BlockingIOError):
            slow.recv(1)  # streams do not wait for those whose requests are still read
    finally:
        stack.stop()


def asking_slowly(stack: Stack) -> socket.socket:
    """The connection of somebody whose question's body is on its way; reading does not wait."""
    connection = socket.create_connection(("127.0.0.1", stack.port))
    connection.sendall(b"POST /api/chat HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\n")
    connection.sendall(b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n")
    assert connection.recv(100).startswith(b"HTTP/1.1 100")
    connection.setblocking(False)
    return connection


def last_retry(body: Iterator[bytes]) -> int:
    """The pause a stream asked for before it was cut, in ms; its end must not read as whole."""
    seen = b""
    with pytest.raises(httpx2.TransportError):
        for piece in body:
            seen += piece
    return int(seen.split(b"retry: ")[-1].split(b"\n")[0])


def test_the_access_log_has_a_streams_duration_and_bytes(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    work.end("succeeded")
    list(person.stream(work.job_id))
    wanted = f"GET /api/chat/stream/{work.job_id}"

    def line() -> str:
        assert desk.api is not None
        return next((line for line in desk.api.output.splitlines() if wanted in line), "")

    wait_until(lambda: bool(line()), "the line in the access log")
    fields = dict(part.split("=") for part in line().split() if "=" in part)
    size = sum(len(event.frame) for event in desk.log.read(work.job_id, -1))
    assert fields["status"] == "200"
    assert float(fields["elapsed_ms"]) >= 0
    assert int(fields["bytes"]) > size


def test_a_client_that_reads_slowly_costs_no_memory_and_misses_nothing(
    desk: Stack, person: Person
) -> None:
    """Twelve MB for a client that takes a byte a second: the log keeps them, not the API."""
    work = begin(desk, person)
    slow = slow_client(desk, person, work.job_id)
    quick = person.stream(work.job_id)
    before = memory_kib(desk)
    for _ in range(120):
        work.write("x" * 50_000, "y" * 50_000)
    work.end("succeeded")
    log = desk.log.read(work.job_id, -1, 1000)
    assert [message["seq"] for message in quick] == [event.seq for event in log]
    for _ in range(3):
        assert slow.recv(1)
        sleep(1)
    assert memory_kib(desk) - before < 8_000 + 2 * channel_page_kib(log)
    assert [message["seq"] for message in read_sse(unchunked(slow))] == list(range(len(log)))


def slow_client(desk: Stack, person: Person, task_id: str) -> socket.socket:
    """A stream whose client has room for next to nothing, and does not read yet."""
    url = urlsplit(desk.url)
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((url.hostname, url.port))
    client.settimeout(30)
    cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    head = f"GET /api/chat/stream/{task_id} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n"
    client.sendall(head.encode())
    return client


def unchunked(client: socket.socket) -> Iterator[bytes]:
    """The body of the response."""
    with client, client.makefile("rb") as stream:
        while stream.readline() != b"\r\n":
            pass
        while size := int(stream.readline(), 16):
            yield stream.read(size)
            stream.readline()


def channel_page_kib(log: list[Any]) -> int:
    """What one page of the log may hold."""
    return sum(len(event.raw) for event in log[:200]) // 1024


def memory_kib(desk: Stack) -> int:
    """The largest resident set among the API's processes."""
    assert desk.api is not None
    pid = desk.api.popen.pid
    found = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    return max(
        int(line.split()[1])
        for each in found
        for line in Path(f"/proc/{each}/status").read_text().splitlines()
        if line.startswith("VmRSS:")
    )


def test_the_bounds_are_what_the_documents_say() -> None:
    page = Path(__file__).parent.parent / "docs" / "api.md"
    text = page.read_text()
    assert f"every {writer.HEARTBEAT_S:.0f} s" in text
    assert f"for {channel.STALLED_BEATS * writer.HEARTBEAT_S:.0f} s" in text
