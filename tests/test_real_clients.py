"""Clients that nobody here wrote, as they come: each resumes over cuts, and knows the end."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from shared.events import Event
from tests.support.proxy import Proxy
from tests.support.scenes import Scene, begin
from tests.support.stack import Person, Stack
from tests.support.viewers import frames_in

#: In the first stream's events, right behind the second one's head, and late in the third.
CUTS = [1_500, 900, 4_321]
WITHIN_S = 60


@pytest.fixture
def proxy(desk: Stack) -> Iterator[Proxy]:
    """What cuts."""
    made = Proxy(desk.port)
    made.cuts = list(CUTS)
    yield made
    made.close()


Client = Callable[[str, str, str], list[str]]


def httpx_sse(url: str, cookie: str, task_id: str) -> list[str]:
    """Python's httpx-sse: it reads one stream, and leaves coming back to its caller."""
    httpx2.alias_httpx()
    from httpx_sse import connect_sse  # noqa: PLC0415 - only now there is a httpx for it

    seen, last = [], ""
    with httpx2.Client(base_url=url, timeout=WITHIN_S) as http:
        while True:
            headers = {"Cookie": cookie} | ({"Last-Event-ID": last} if last else {})
            path = f"/api/chat/stream/{task_id}"
            try:
                with connect_sse(http, "GET", path, headers=headers) as source:
                    for event in source.iter_sse():
                        seen.append(event.data)
                        last = event.id
                return seen
            except httpx2.TransportError:
                continue


def websockets(url: str, cookie: str, task_id: str) -> list[str]:
    """Python's websockets."""
    seen: list[str] = []
    while True:
        query = f"?last_event_id={Event.parse(seen[-1].encode()).id.decode()}" if seen else ""
        address = f"{url.replace('http', 'ws', 1)}/api/chat/ws/{task_id}{query}"
        with connect(address, additional_headers={"Cookie": cookie}) as socket:
            try:
                while True:
                    seen.append(str(socket.recv(timeout=WITHIN_S)))
            except ConnectionClosed as closed:
                if closed.rcvd and closed.rcvd.code == 1000:
                    return seen


def curl(url: str, cookie: str, task_id: str) -> list[str]:
    """The command; 18 is its word for a body that broke off."""
    seen, last = [], ""
    while True:
        command = ["curl", "-sN", "-H", f"Cookie: {cookie}", f"{url}/api/chat/stream/{task_id}"]
        command += ["-H", f"Last-Event-ID: {last}"] if last else []
        done = subprocess.run(command, capture_output=True, timeout=WITHIN_S, check=False)
        for frame in frames_in(done.stdout)[0]:
            seen.append(frame["data"].decode())
            last = frame["id"].decode()
        if done.returncode == 0:
            return seen
        assert done.returncode == 18, done.returncode


def eventsource(url: str, cookie: str, task_id: str) -> list[str]:
    """Npm's eventsource under node: it comes back by itself, and stops by itself at the end."""
    script = Path(__file__).parent / "support/eventsource.mjs"
    command = ["node", str(script), f"{url}/api/chat/stream/{task_id}", cookie]
    done = subprocess.run(command, capture_output=True, timeout=WITHIN_S, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    # Not splitlines: a message may hold line separators of other alphabets.
    return done.stdout.decode().removesuffix("\n").split("\n")


CLIENTS = [httpx_sse, websockets, curl, eventsource]
PROGRAMS = {"curl": "curl", "eventsource": "node"}


@pytest.mark.parametrize("client", CLIENTS)
def test_it_resumes_over_every_cut_and_knows_the_end(
    client: Client, desk: Stack, proxy: Proxy
) -> None:
    """Events are written while it is cut in the middle of them."""
    program = PROGRAMS.get(client.__name__)
    if program and shutil.which(program) is None:
        pytest.skip(f"no {program} on this machine: install it to test with {client.__name__}")
    person = desk.person()
    work = begin(desk, person, "before it comes, ü \u2028 and\n\nlines")
    writing = Thread(target=write, args=(work, proxy))
    writing.start()
    seen = client(proxy.url, cookie_of(person), work.job_id)
    writing.join()
    assert seen == [event.raw.decode() for event in desk.log.read(work.job_id, -1)]
    assert proxy.cuts == [], "it was not cut"


def write(work: Scene, proxy: Proxy) -> None:
    """A few events at a time, until every cut has happened; then the end."""
    for number in range(150):
        work.write(f"{number}: {'x' * 40}")
        sleep(0.01 if proxy.cuts else 0)  # clients must have a chance to come back before the end
    work.end("succeeded")


def cookie_of(person: Person) -> str:
    """Who it is."""
    jar: Any = person.http.cookies
    return "; ".join(f"{name}={value}" for name, value in jar.items())
