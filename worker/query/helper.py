"""The worker's end of the query helper: starts it, asks it, and starts it again when it is gone."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from worker.query.export import ExportRequest
from worker.query.locked import Reply, Request

if TYPE_CHECKING:
    from worker.agent.context import StopSignal

_CHUNK_BYTES = 1 << 16
_ROOT = Path(__file__).resolve().parents[2]


class Helper:
    """One helper process for all threads of a worker; it is started by the first question.

    `program` is the module that it runs.
    """

    def __init__(self, program: str = "worker.query.zygote") -> None:
        self._program = program
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def ask(self, request: Request | ExportRequest, stop: StopSignal, deadline_s: float) -> Reply:
        """Have a child of the helper answer a query, or write its result; see `work`."""
        return cast("Reply", self.work(request, stop, deadline_s))

    def work(
        self,
        request: Mapping[str, Any],
        stop: StopSignal,
        deadline_s: float,
        hear: Callable[[float], None] = lambda _fraction: None,
    ) -> dict[str, Any]:
        """Have a child of the helper do its job; a stop or the deadline kills it at once.

        `hear` is told the fraction that is done, as often as the child says so. Raises
        TimeoutError past the deadline, ChildProcessError when the helper itself died, twice, and
        what `stop.check` or `hear` raise.
        """
        deadline = monotonic() + deadline_s
        for _ in range(2):
            reply = self._attempt(request, stop, deadline, hear)
            if reply is not None:
                return reply
        raise ChildProcessError("The process that runs queries was killed; try again.")

    def close(self) -> None:
        """End the helper, and with it every query."""
        with self._lock:
            self._end()

    def _attempt(
        self,
        request: Mapping[str, Any],
        stop: StopSignal,
        deadline: float,
        hear: Callable[[float], None],
    ) -> dict[str, Any] | None:
        """What one child says last; None when it or the helper died without a word."""
        stop.check()
        said: dict[str, Any] = {}
        with self._child() as child, stop.on_stop(lambda: _hang_up(child)):
            for line in _exchange(child, request, deadline):
                with suppress(ValueError):  # a child that was killed while it wrote
                    said = json.loads(line)
                if "progress" in said:
                    hear(said["progress"])
        stop.check()
        return None if not said or "progress" in said else said

    def _child(self) -> socket.socket:
        """A fresh child's socket; closing it kills the child."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._started(), [b"q"], [theirs.fileno()])
            except OSError:
                self._end()
                socket.send_fds(self._started(), [b"q"], [theirs.fileno()])
        return ours

    def _started(self) -> socket.socket:
        if self._control is not None and self._process is not None and self._process.poll() is None:
            return self._control
        self._end()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._program],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=_ROOT,
                # No keys or passwords of ours in a process that runs queries.
                env={"LANG": "C.UTF-8"},
                # The terminal's Ctrl-C must not end queries of jobs that may still finish.
                start_new_session=True,
            )
        return self._control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None


def _hang_up(child: socket.socket) -> None:
    with suppress(OSError):  # it may have ended by itself
        child.shutdown(socket.SHUT_RDWR)


def _exchange(child: socket.socket, request: Mapping[str, Any], deadline: float) -> Iterator[bytes]:
    """The whole lines that come until the end; raises TimeoutError past the deadline."""
    received = bytearray()
    try:
        child.settimeout(max(deadline - monotonic(), 0.001))
        child.sendall(json.dumps(request).encode() + b"\n")
        while chunk := child.recv(_CHUNK_BYTES):
            received += chunk
            if b"\n" in chunk:
                *lines, rest = received.split(b"\n")
                yield from (bytes(line) for line in lines if line)
                received = rest
            child.settimeout(max(deadline - monotonic(), 0.001))
    except TimeoutError:
        raise
    except OSError:
        return
