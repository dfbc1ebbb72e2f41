"""The servers under test: what starts them, where a stream is, and how an event gets into it.

Every server has one process on the first core. All are given the same message, which is ours; all
but nchan get it through the same Valkey, on the other core with the rest of the load.
"""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import redis

from api.auth import COOKIE, Cookies
from bench.load.machine import LOAD_CORE, SERVER_CORE, on_core
from cli import valkey
from shared.event_log import CAP
from shared.jobs import Question
from shared.scripts import source
from tests.support.processes import CHECKOUT, free_port, wait_until
from tests.support.stack import Stack

PEERS = CHECKOUT / "bench" / "peers"
OWNER = "bench"
#: Long enough for nothing to expire or be taken over while a round lasts.
LONG_S = "36000"
LARGE = "1000000"
PAD = "x" * 60
BODY = (
    f'"type":"insight_delta","role":"assistant","content":"{PAD}",'
    '"data":{"text":"","t":{t},"s":{s}}'
)
#: The same bytes as our log's line, but for what they say.
MESSAGE = '{"id":"0badcafe-{s}","seq":{s},"at":"2026-11-25T08:00:00.000Z","attempt":1,' + BODY + "}"


class Store:
    """A Valkey on the load's core, keeping nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = tempfile.TemporaryDirectory(prefix="tailrace-bench-valkey-")
        command = [
            valkey.binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--maxclients", "18000", "--loglevel", "warning",
            "--dir", self._folder.name,
        ]  # fmt: skip
        with on_core(LOAD_CORE):
            self._popen = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self.client = redis.Redis.from_url(self.url)
        wait_until(self._answers, "Valkey answering")

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._popen.pid

    @property
    def channels(self) -> int:
        """How many channels have a subscriber."""
        return int(self.client.info("stats")["pubsub_channels"])

    def connections(self, kind: str) -> int:
        """Open connections of others, of this type (`pubsub`, `normal`)."""
        return len(self.client.client_list(_type=kind)) - (kind == "normal")

    def stop(self) -> None:
        """End it."""
        self.client.close()
        self._popen.terminate()
        self._popen.wait(20)
        self._folder.cleanup()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False


class Server:
    """One server, running; `name` is its row in the tables."""

    name = ""
    #: Headers that every stream's request has, and how many requests wait at a time.
    headers: tuple[str, ...] = ()
    inflight = 128
    #: Whether events go in by HTTP, whether headers come before the first event, and whether
    #: the server subscribes to a channel per stream.
    http = False
    answers_first = True
    subscribes = True

    def __init__(self, store: Store) -> None:
        self.store = store
        self.port = free_port()
        self.folder = tempfile.TemporaryDirectory(prefix="tailrace-bench-server-")
        self.start()

    def start(self) -> None:
        """Start the process, and wait until it answers."""
        raise NotImplementedError

    @property
    def pid(self) -> int:
        """Of the process, or of the one above it."""
        raise NotImplementedError

    def prepare(self, streams: int) -> None:
        """Have as many streams to open."""
        self.ids = [str(number) for number in range(streams)]

    def path(self, name: str) -> str:
        """Where the stream of this name is."""
        return f"/stream/{name}"

    def ready(self, streams: int, *, opened: bool) -> bool:
        """Whether all streams get what is published from now on."""
        return (opened or not self.answers_first) and (
            not self.subscribes or self.store.channels >= streams
        )

    @property
    def words(self) -> Sequence[str]:
        """The command that publishes an event, as the publisher takes it."""
        return ["PUBLISH", "ch:{i}", MESSAGE]

    @property
    def publish_port(self) -> int:
        """Where events go."""
        return self.store.port

    #: Events that a stream has from the start.
    base = 0

    def stop(self) -> None:
        """End the process."""
        raise NotImplementedError


class Program(Server):
    """A server that is one command."""

    def command(self) -> list[str]:
        """What to run."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        """What it is told."""
        return {"BENCH_REDIS_URL": self.store.url, "BENCH_PORT": str(self.port)}

    def start(self) -> None:
        """Run it on the server's core."""
        environment = {**os.environ, **self.environment()}
        output = Path(self.folder.name) / "output.log"
        with on_core(SERVER_CORE), output.open("wb") as stream:
            self._popen = subprocess.Popen(
                self.command(), cwd=PEERS, env=environment, stdout=stream, stderr=stream
            )
        try:
            wait_until(self._listens, f"{self.name} listening")
        except AssertionError:
            print(output.read_text(errors="replace")[-2000:])
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """Of the command."""
        return self._popen.pid

    def stop(self) -> None:
        """End it politely, then not."""
        self._popen.terminate()
        try:
            self._popen.wait(5)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        self.folder.cleanup()

    def _listens(self) -> bool:
        assert self._popen.poll() is None, f"{self.name} ended"
        return listens(self.port)


class Tailrace(Server):
    """The API as `tailrace api` runs it: gunicorn, one gevent process, everything switched on."""

    name = "tailrace"
    base = 2  # queued, started

    def start(self) -> None:
        """Start it with limits that do not end the bench."""
        self._stack = Stack(
            self.store.url, Path(self.folder.name), LEASE_S=LONG_S, JOB_DEADLINE_S=LONG_S,
            RESULT_TTL_S=LONG_S, STREAMS_PER_OWNER=LARGE, USER_MAX_ACTIVE=LARGE, QUEUE_MAX=LARGE,
        )  # fmt: skip
        self.port = self._stack.port
        self.append_sha = str(self.store.client.script_load(source("append")))
        cookie = Cookies(self._stack.settings.signing_key).made(OWNER)
        self.headers = (f"Cookie: {COOKIE}={cookie}",)
        self.serve()

    def serve(self) -> None:
        """Start the process."""
        with on_core(SERVER_CORE):
            self._stack.start_api()

    @property
    def pid(self) -> int:
        """Of gunicorn's master."""
        assert self._stack.api is not None
        return self._stack.api.popen.pid

    def prepare(self, streams: int) -> None:
        """As many jobs that a worker has just begun."""
        self.ids = []
        for _ in range(streams):
            accepted = self._stack.jobs.accept(Question(OWNER, "How wet?"))
            claim = self._stack.attempts.claim(accepted.job_id, "bench")
            assert claim is not None
            self.ids.append(claim.job.id)

    def path(self, name: str) -> str:
        """A job's stream."""
        return f"/api/chat/stream/{name}"

    @property
    def words(self) -> Sequence[str]:
        """The real append, under the fence, with the log's length."""
        return ["EVALSHA", self.append_sha, "0", "{i}", "1", "{l}", "", "", "", str(CAP), BODY]

    def stop(self) -> None:
        """End it."""
        self._stack.stop()
        self.folder.cleanup()


def listens(port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
