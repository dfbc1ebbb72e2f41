"""The product as processes: Valkey, the API, workers; and the person who uses it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from shared.attempts import Attempts
from shared.catalogue import Catalogue
from shared.event_log import EventLog
from shared.jobs import Jobs
from shared.settings import Settings
from shared.store import connect
from tests.support.processes import Process, free_port, wait_until
from tests.support.sse import read_sse

TIMEOUT_S = 30.0


class Stack:
    """Processes over one Valkey; `env` overrides settings of all of them."""

    def __init__(self, valkey_url: str, folder: Path, **env: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.env = {
            "TAILRACE_REDIS_URL": valkey_url,
            "TAILRACE_DATA_DIR": str(folder / "data"),
            "TAILRACE_PORT": str(self.port),
            **{f"TAILRACE_{name}": value for name, value in env.items()},
        }
        self.settings = Settings(
            **{name.removeprefix("TAILRACE_").lower(): value for name, value in self.env.items()}  # type: ignore[arg-type]
        )
        self.store = connect(self.settings)
        self.jobs = Jobs(self.store, self.settings)
        self.attempts = Attempts(self.store, self.settings)
        self.log = EventLog(self.store)
        self.catalogue = Catalogue(self.store)
        #: The module that serves the API, and its arguments.
        self.server = ["cli", "api"]
        self.api: Process | None = None
        self.workers: list[Process] = []
        self._people: list[Person] = []

    @property
    def url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def listened(self) -> set[str]:
        """The channels somebody listens to."""
        names: list[bytes] = self.store.execute_command("PUBSUB", "CHANNELS")
        return {name.decode() for name in names}

    def start_api(self) -> Process:
        """Start the API and wait until it answers."""
        self.api = Process(["-m", *self.server], self.env, self.folder / "api.log")
        self._wait("/healthz", self.api, "the API answering")
        return self.api

    def start_worker(self) -> Process:
        """Start a worker and wait until it is seen."""
        output = self.folder / f"worker{len(self.workers)}.log"
        worker = Process(["-m", "cli", "worker"], self.env, output)
        self.workers.append(worker)
        self._wait("/readyz", worker, "a worker being seen")
        return worker

    def hold_workers(self) -> None:
        """Freeze the workers, so that what is asked now is not begun."""
        for worker in self.workers:
            worker.signal(signal.SIGSTOP)

    def release_workers(self) -> None:
        """Have the workers go on."""
        for worker in self.workers:
            worker.signal(signal.SIGCONT)

    def stop(self) -> None:
        """End everything, at once: nothing of it is used again."""
        for person in self._people:
            person.http.close()
        self.store.close()
        for process in [*self.workers, *([self.api] if self.api else [])]:
            process.kill()

    def person(self) -> Person:
        """Somebody new with a browser's cookie jar."""
        self._people.append(Person(self.url))
        return self._people[-1]

    def _wait(self, path: str, process: Process, what: str) -> None:
        """Wait for an address to answer; a process that ended says why in the failure."""

        def true() -> bool:
            assert process.popen.poll() is None, f"it ended:\n{process.output}"
            return self._answers(path)

        wait_until(true, what)

    def _answers(self, path: str) -> bool:
        try:
            return httpx2.get(self.url + path, timeout=2).status_code == httpx2.codes.OK
        except httpx2.TransportError:
            return False


class Person:
    """One owner: an HTTP client that keeps its cookie."""

    def __init__(self, url: str) -> None:
        # The server closes connections that were idle for two seconds; it must not be first.
        limits = httpx2.Limits(keepalive_expiry=1.0)
        self.http = httpx2.Client(base_url=url, timeout=TIMEOUT_S, limits=limits)

    def ask(self, message: str, **more: Any) -> dict[str, Any]:
        """POST a question; the `task_started` answer."""
        headers = more.pop("headers", {})
        body = {"action": "continue_conversation", "message": message, **more}
        response = self.http.post("/api/chat", json=body, headers=headers)
        assert response.status_code == 202, response.text
        started: dict[str, Any] = response.json()
        return started

    def status(self, task_id: str, **params: Any) -> dict[str, Any]:
        """GET a task's status."""
        response = self.http.get(f"/api/chat/status/{task_id}", params=params)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def stream(self, task_id: str, after: str = "") -> Iterator[dict[str, Any]]:
        """The messages of a task's stream as they come."""
        headers = {"Last-Event-ID": after} if after else {}
        path = f"/api/chat/stream/{task_id}"
        with self.http.stream("GET", path, headers=headers) as response:
            assert response.status_code == 200, response.status_code
            yield from read_sse(response.iter_bytes())

    def cancel(self, task_id: str) -> dict[str, Any]:
        """POST a cancel."""
        response = self.http.post(f"/api/chat/cancel/{task_id}")
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def finished(self, task_id: str) -> dict[str, Any]:
        """The status once the task has ended, by long polls."""
        cursor = ""
        while True:
            found = self.status(task_id, after=cursor, wait=5)
            if found["status"] != "processing":
                return self.status(task_id)
            cursor = found["cursor"]
