"""Real processes for tests: started on free ports, ended by id, their output kept for failures."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 40.0


def free_port() -> int:
    """A loopback port nobody listens on right now.

    Of those that no connection gets by itself: a server that is restarted finds it free again.
    """
    chance = SystemRandom()
    while True:
        port = chance.randrange(10_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(true: Callable[[], bool], what: str, within_s: float = PATIENCE_S) -> None:
    """Wait for a condition; raises AssertionError naming it when it does not come."""
    until = time.monotonic() + within_s
    while not true():
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not happen within {within_s} s")
        time.sleep(0.02)


class Process:
    """One program in a session of its own."""

    def __init__(self, arguments: list[str], env: Mapping[str, str], output: Path) -> None:
        self._output = output
        with output.open("ab") as stream:
            self.popen = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=CHECKOUT,
                env={**os.environ, **env},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """What it printed so far."""
        return self._output.read_text(errors="replace")

    def signal(self, number: int) -> None:
        """Send a signal to the process and its children."""
        os.killpg(self.popen.pid, number)

    def stop(self, within_s: float = 15.0) -> None:
        """End it politely, then not."""
        if self.popen.poll() is None:
            self.popen.terminate()
        try:
            self.popen.wait(within_s)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.popen.wait()

    def kill(self) -> None:
        """End it, and its children, at once."""
        if self.popen.poll() is None:
            self.signal(signal.SIGKILL)
        self.popen.wait()
