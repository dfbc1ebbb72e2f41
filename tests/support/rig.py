"""The whole product over a Valkey of its own, and the faults one can do to it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import redis

from cli import valkey
from shared import keys
from shared.errors import Unavailable
from shared.settings import CHECKOUT, Settings
from tests.support.processes import Process, free_port, wait_until
from tests.support.stack import Stack


class Rig:
    """Valkey with its append-only file, API and workers; `env` overrides settings of all."""

    def __init__(self, folder: Path, **env: str) -> None:
        # One table is enough, and quicker to read than all.
        tables = folder / "tables"
        tables.mkdir()
        for path in CHECKOUT.glob("data/seattle-weather.*"):
            shutil.copy(path, tables)
        env = {"DATASETS_DIR": str(tables), **env}
        self._own = Settings(data_dir=folder / "data", valkey_port=free_port())
        self._server = self._serve()
        self.stack = Stack(self._own.broker_url, folder, **env)
        #: A connection of the test's own, which no fault of the product's concerns.
        self.store = redis.Redis.from_url(self._own.broker_url)

    def _serve(self) -> subprocess.Popen[bytes]:
        server = valkey.start(self._own)
        valkey.wait_ready(self._own)
        return server

    def stop(self) -> None:
        """End everything."""
        self.store.close()
        self.stack.stop()
        self._server.kill()
        self._server.wait()

    @property
    def server_pid(self) -> int:
        """The server's process."""
        return self._server.pid

    @property
    def workers(self) -> list[Process]:
        """The workers that live."""
        return [worker for worker in self.stack.workers if worker.popen.poll() is None]

    def worker(self) -> Process:
        """The newest worker, started if none lives."""
        living = self.workers
        return living[-1] if living else self.stack.start_worker()

    def owner(self) -> tuple[str, str]:
        """Somebody: their id, and the cookie that proves it."""
        person = self.stack.person()
        task_id = person.ask("bye")["task_id"]
        owner = self.store.hget(keys.JOB % task_id, "owner")
        assert isinstance(owner, bytes)
        return owner.decode(), "; ".join(f"{k}={v}" for k, v in person.http.cookies.items())

    def kill_valkey(self) -> None:
        """Kill -9 the server, and start it again from its file."""
        self._server.kill()
        self._server.wait()
        self._server = self._serve()

    @contextmanager
    def frozen_valkey(self) -> Iterator[None]:
        """The server stands still within the block."""
        self._server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._server.send_signal(signal.SIGCONT)

    def cut_connections(self) -> None:
        """The server drops everybody's connections, and the subscribers'."""
        self.store.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        self.store.execute_command("CLIENT", "KILL", "TYPE", "pubsub")

    def kill_api(self) -> None:
        """Kill -9 the API, and start it again."""
        assert self.stack.api is not None
        self.stack.api.kill()
        self.stack.start_api()

    @contextmanager
    def full_valkey(self) -> Iterator[None]:
        """The server has no memory left within the block."""
        used = self.store.info("memory")["used_memory"]
        self.store.config_set("maxmemory", int(used * 0.7))
        try:
            yield
        finally:
            self.store.config_set("maxmemory", 512 * 1024 * 1024)

    def pause(self, worker: Process, seconds: float) -> None:
        """SIGSTOP a worker, and wake it after a while."""
        worker.signal(signal.SIGSTOP)
        sleep(seconds)
        if worker.popen.poll() is None:
            worker.signal(signal.SIGCONT)

    def settled(self, job_ids: list[str], within_s: float) -> None:
        """Wait until all jobs have ended."""
        open_ids = list(job_ids)

        def ended() -> bool:
            while open_ids:
                some = open_ids[-500:]
                try:
                    states = self.stack.jobs.states(some)
                except Unavailable:
                    return False  # a fault hit this connection, too
                if not all(state is not None and state.final for state in states):
                    return False
                del open_ids[-500:]
            return True

        wait_until(ended, "the end of all jobs", within_s)
