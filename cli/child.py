"""One program of the supervisor: started, read, ended, started again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable

from cli.processes import kill

Launch = Callable[[], "subprocess.Popen[bytes]"]

_FIRST_BACKOFF_S = 0.5
_LONGEST_BACKOFF_S = 30.0
#: A program that lived this long did start well: its next end is a first failure again.
_WELL_S = 60.0
_CHUNK_BYTES = 65536


class Child:
    """A program by name; `grace_s` is how long it may take to end when asked to."""

    def __init__(self, name: str, launch: Launch, grace_s: float) -> None:
        self.name = name
        self.grace_s = grace_s
        self.failures = 0
        self._launch = launch
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._due_at: float | None = None
        self._partial = b""

    @property
    def running(self) -> bool:
        """Whether it was started and its end has not been noticed yet."""
        return self._process is not None

    @property
    def due(self) -> bool:
        """Whether it ended and its pause is over."""
        return self._due_at is not None and time.monotonic() >= self._due_at

    @property
    def output(self) -> int:
        """The descriptor its lines come from; only while it runs."""
        assert self._process is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        return self._process.stdout.fileno()

    def start(self) -> None:
        """Run the program; its output must be a pipe."""
        self._process = self._launch()
        self._started_at = time.monotonic()
        self._due_at = None
        os.set_blocking(self.output, False)

    def lines(self) -> list[str]:
        """What it printed since the last call, in whole lines."""
        try:
            while chunk := os.read(self.output, _CHUNK_BYTES):
                self._partial += chunk
        except BlockingIOError:
            pass
        *whole, self._partial = self._partial.split(b"\n")
        return [line.decode(errors="replace").rstrip() for line in whole]

    def ended(self) -> int | None:
        """Its exit code once it has ended (minus the signal that killed it), else None."""
        return self._process.poll() if self._process is not None else None

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all it started."""
        if self._process is not None:
            kill(self._process)

    def bury(self) -> list[str]:
        """After its end: nothing it started survives; returns its last lines."""
        self.kill()
        last = self.lines() + ([self._partial.decode(errors="replace")] if self._partial else [])
        assert self._process is not None  # noqa: S101 - for the type checker
        assert self._process.stdout is not None  # noqa: S101
        self._process.stdout.close()
        self._process, self._partial = None, b""
        return last

    def postpone(self) -> float:
        """Plan its next start, later after each failure; returns the pause in seconds."""
        if time.monotonic() - self._started_at > _WELL_S:
            self.failures = 0
        pause_s = min(_FIRST_BACKOFF_S * 2.0**self.failures, _LONGEST_BACKOFF_S)
        self.failures += 1
        self._due_at = time.monotonic() + pause_s
        return pause_s
