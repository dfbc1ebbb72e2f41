"""The example configurations of nginx and Caddy, run as they are but for ports and folders."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect

from shared.settings import CHECKOUT
from tests.support.processes import free_port, wait_until
from tests.support.scenes import begin
from tests.support.stack import Person, Stack

NGINX_MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/tailrace.conf;
}}
"""


class Proxy:
    """One of them, over an API."""

    def __init__(self, name: str, folder: Path, api_port: int) -> None:
        self.name = name
        self.folder = folder
        self.port = free_port()
        example = "nginx.conf" if name == "nginx" else "Caddyfile"
        text = (CHECKOUT / "examples" / example).read_text()
        assert ":8000" in text and "8080" in text
        self.text = text.replace("8080", str(self.port)).replace(":8000", f":{api_port}")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers for the API."""
        if self.name == "nginx":
            (self.folder / "tailrace.conf").write_text(self.text)
            user = "user root;" if os.geteuid() == 0 else ""
            main = self.folder / "nginx.conf"
            main.write_text(NGINX_MAIN.format(folder=self.folder, user=user))
            command = ["nginx", "-p", str(self.folder), "-c", str(main)]
        else:
            config = self.folder / "Caddyfile"
            alone = "{\n\tadmin off\n\tauto_https off\n"
            assert "\n{\n" in self.text
            config.write_text(self.text.replace("{\n", alone, 1))
            command = ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"]
        env = {**os.environ, "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
        wait_until(self.answers, f"{self.name} answering")

    def answers(self) -> bool:
        """Whether the API is reached."""
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "output").read_text()
        try:
            return httpx2.get(self.url + "/healthz").is_success
        except httpx2.TransportError:
            return False

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(20)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, running_desk: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed (Debian: apt-get install {request.param})")
    made = Proxy(request.param, tmp_path_factory.mktemp(request.param), running_desk.port)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def person(desk: Stack, proxy: Proxy) -> Iterator[Person]:
    found = Person(proxy.url)
    yield found
    found.http.close()


def following(person: Person, task_id: str, after: str = "") -> Queue[dict[str, Any] | None]:
    """What a stream brings, as it comes; None at its end."""
    seen: Queue[dict[str, Any] | None] = Queue()

    def follow() -> None:
        try:
            for message in person.stream(task_id, after):
                seen.put(message)
        except httpx2.TransportError:
            pass
        seen.put(None)

    Thread(target=follow, daemon=True).start()
    return seen


def test_every_event_comes_through_before_the_next_is_written(
    desk: Stack, proxy: Proxy, person: Person
) -> None:
    work = begin(desk, person)
    seen = following(person, work.job_id)
    assert [(seen.get(timeout=30) or {})["type"] for _ in range(2)] == ["queued", "started"]
    for number in range(20):
        work.write(f"piece {number}")
        message = seen.get(timeout=30)
        assert message is not None
        assert message["data"] == {"text": f"piece {number}"}
    work.end("succeeded")
    assert (seen.get(timeout=30) or {})["type"] == "completed"
    assert seen.get(timeout=30) is None


def test_a_restart_of_the_proxy_is_resumed_without_loss_or_repeat(
    desk: Stack, proxy: Proxy, person: Person
) -> None:
    work = begin(desk, person, "before")
    seen = following(person, work.job_id)
    before = [seen.get(timeout=30) for _ in range(3)]
    proxy.stop(signal.SIGKILL if proxy.name == "caddy" else signal.SIGTERM)
    assert seen.get(timeout=30) is None
    work.write("meanwhile")
    proxy.start()
    last = before[-1]
    assert last is not None
    rest = following(person, work.job_id, last["id"])
    work.end("succeeded")
    after = [rest.get(timeout=30) for _ in range(2)]
    assert [*before, *after] == person.status(work.job_id)["messages"]


def test_a_restart_of_the_api_is_a_cut_through_the_proxy_too(
    valkey_url: str, proxy: Proxy, tmp_path: Path
) -> None:
    """Its end must not become a proper one on the way, or clients would take it for success.

    Caddy 2.6 ends a broken answer properly all the same; there, only the missing terminal message
    tells a client, which is what every client of ours goes by.
    """
    stack = Stack(valkey_url, tmp_path, LEASE_S="600")
    second = Proxy(proxy.name, tmp_path, stack.port)
    try:
        process = stack.start_api()
        second.start()
        person = Person(second.url)
        work = begin(stack, person)
        with person.http.stream("GET", f"/api/chat/stream/{work.job_id}") as response:
            body = response.iter_raw()
            next(body)
            process.signal(signal.SIGTERM)
            end = (
                suppress(httpx2.TransportError)
                if proxy.name == "caddy"
                else pytest.raises(httpx2.TransportError)
            )
            with end:
                assert b'"type":"completed"' not in b"".join(body)
        person.http.close()
    finally:
        second.stop()
        stack.stop()


def test_a_websocket_and_its_origin_come_through(desk: Stack, proxy: Proxy, person: Person) -> None:
    work = begin(desk, person)
    cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    url = f"{proxy.url.replace('http', 'ws', 1)}/api/chat/ws/{work.job_id}"
    more: dict[str, Any] = {"additional_headers": {"Cookie": cookie}, "origin": proxy.url}
    with connect(url, open_timeout=40, **more) as socket:
        texts = [socket.recv(timeout=30) for _ in range(2)]
    assert texts == [event.raw.decode() for event in desk.log.read(work.job_id, -1)]
