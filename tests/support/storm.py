"""Real processes, and what is done to them while jobs are written and watched.

Everything random comes from one seed, so a run can be repeated.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import redis

from cli import valkey as embedded
from shared.attempts import Attempts, Claim
from shared.jobs import Accepted, Jobs, Question
from shared.scripts import Scripts, source
from shared.settings import Settings
from shared.store import connect
from tests.support.processes import Process, free_port
from tests.support.scenes import note
from tests.support.stack import Stack

PUBLISHING = "redis.call('PUBLISH', key(LIVE, id), table.concat(lines, '\\n'))"
#: Long enough for nothing to expire or be taken over while a run lasts.
LONG_S = "36000"


class Mute(Scripts):
    """The scripts, without their publishing while `off` is set."""

    def __init__(self, store: redis.Redis, off: Signal) -> None:
        super().__init__(store)
        self._off = off
        muted = source("append").replace(PUBLISHING, "")
        assert muted != source("append"), "the append script publishes in another way now"
        self._mute = store.register_script(muted)

    def run(self, name: str, arguments: object) -> object:
        """Run it, or its mute twin."""
        if name == "append" and self._off.is_set():
            return self._mute(args=list(arguments))  # type: ignore[call-overload]
        return super().run(name, arguments)  # type: ignore[arg-type]


class Sea:
    """A Valkey of its own, with its file, and APIs over it on two ports."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server_settings = Settings(data_dir=folder / "store", valkey_port=free_port())
        self.server: subprocess.Popen[bytes] | None = None
        env = {
            "LEASE_S": LONG_S,
            "JOB_DEADLINE_S": LONG_S,
            "RESULT_TTL_S": LONG_S,
            "STREAMS_PER_OWNER": "10000",
            "USER_MAX_ACTIVE": "10000",
        }
        self.quiet = Signal()
        self._start_server()
        self.stacks = [Stack(self.server_settings.broker_url, folder, **env) for _ in range(2)]
        first = self.stacks[0].settings
        self.store = connect(first, retries=60)
        self.jobs = Jobs(self.store, first)
        self.attempts = Attempts(self.store, first)
        self.attempts._scripts = Mute(self.store, self.quiet)
        for stack in self.stacks:
            stack.start_api()

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where the APIs listen."""
        return [("127.0.0.1", stack.port) for stack in self.stacks]

    def owner(self) -> tuple[str, str]:
        """Somebody: their id, and the cookie that proves it."""
        for stack in self.stacks:
            assert stack.api is not None
            stack._wait("/healthz", stack.api, "the API answering")
        person = self.stacks[0].person()
        task_id = person.ask("Who am I?")["task_id"]
        person.cancel(task_id)
        cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
        found = self.store.hget(f"tailrace:job:{task_id}", "owner")
        assert isinstance(found, bytes)
        return found.decode(), cookie

    def accept(self, owner: str) -> Claim:
        """A job, and a worker's hand on it."""
        accepted: Accepted = self.jobs.accept(Question(owner, "How wet?"))
        claim = self.attempts.claim(accepted.job_id, "w1")
        assert claim is not None
        return claim

    def stop(self) -> None:
        """End everything."""
        for stack in self.stacks:
            stack.stop()
        self.store.close()
        if self.server is not None:
            self.server.send_signal(signal.SIGCONT)
            self.server.terminate()
            self.server.wait(20)

    def _start_server(self) -> None:
        self.server = embedded.start(self.server_settings, stdout=subprocess.DEVNULL)
        embedded.wait_ready(self.server_settings)

    # What is done to them. Each leaves everything running again.

    async def kill_an_api(self, rng: random.Random) -> None:
        """Killed, and back after a moment; the other one serves meanwhile."""
        await self._restart_api(rng, signal.SIGKILL)

    async def restart_an_api(self, rng: random.Random) -> None:
        """A planned restart."""
        await self._restart_api(rng, signal.SIGTERM)

    async def cut_subscribers(self, _rng: random.Random) -> None:
        """The store hangs up on every subscriber."""
        store = self.stacks[1].store
        for client in store.client_list(_type="pubsub"):
            store.client_kill_filter(_id=client["id"])

    async def freeze_the_store(self, rng: random.Random) -> None:
        """Stopped for five seconds."""
        assert self.server is not None
        os.kill(self.server.pid, signal.SIGSTOP)
        await asyncio.sleep(5)
        os.kill(self.server.pid, signal.SIGCONT)

    async def restart_the_store(self, rng: random.Random) -> None:
        """Ended politely or killed, and started again from its file."""
        assert self.server is not None
        self.server.send_signal(rng.choice([signal.SIGTERM, signal.SIGKILL]))
        while self.server.poll() is None:
            await asyncio.sleep(0.02)
        self.server = embedded.start(self.server_settings, stdout=subprocess.DEVNULL)
        while not embedded.answers(self.server_settings):
            await asyncio.sleep(0.05)

    async def drop_publishes(self, rng: random.Random) -> None:
        """Nothing is published for a while; only the log has it."""
        self.quiet.set()
        await asyncio.sleep(rng.uniform(1, 4))
        self.quiet.clear()

    async def _restart_api(self, rng: random.Random, how: signal.Signals) -> None:
        stack = rng.choice(self.stacks)
        assert stack.api is not None
        stack.api.signal(how)
        while stack.api.popen.poll() is None:
            await asyncio.sleep(0.02)
        await asyncio.sleep(rng.uniform(0, 0.5))
        stack.api = Process(["-m", *stack.server], stack.env, stack.folder / "api.log")

    @property
    def faults(self) -> list[Callable[[random.Random], Awaitable[None]]]:
        """All of them."""
        return [
            self.kill_an_api,
            self.restart_an_api,
            self.cut_subscribers,
            self.freeze_the_store,
            self.restart_the_store,
            self.drop_publishes,
        ]


class Writing(Thread):
    """Writes jobs to their ends, a few events at a time, in a random order of jobs."""

    def __init__(
        self, sea: Sea, claims: list[Claim], events: int, rng: random.Random, pause_s: float
    ) -> None:
        super().__init__(daemon=True)
        self._sea = sea
        self._jobs = {claim.job.id: claim.job for claim in claims}
        self._left = dict.fromkeys(self._jobs, events)
        self._length = {claim.job.id: claim.length for claim in claims}
        self._rng = rng
        self._pause_s = pause_s
        self._ended = Signal()
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Write all."""
        try:
            while self._left and not self._ended.is_set():
                self._write_some(self._rng.choice(list(self._left)))
                self._ended.wait(self._pause_s)
        except Exception as error:  # noqa: BLE001 - the test asks for it
            self.failure = error

    def stop(self) -> None:
        """Write no more."""
        self._ended.set()

    def _write_some(self, job_id: str) -> None:
        left, job = self._left[job_id], self._jobs[job_id]
        count = min(left, self._rng.choice([1, 1, 2, 3, 5, 20]))
        bodies = [
            note(f"{left - at}: ü\n\u2028 {'x' * self._rng.randint(0, 150)}") for at in range(count)
        ]
        self._sea.attempts.append(job, self._length[job_id], bodies)
        self._length[job_id] += count
        self._left[job_id] -= count
        if not self._left[job_id]:
            del self._left[job_id]
            self._sea.attempts.finish(job, "succeeded", END)


END = '"type":"completed","role":"assistant","content":"Done.","data":{"result":{"answer":"Done."}}'
