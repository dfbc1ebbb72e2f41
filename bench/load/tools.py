"""The load: the swarm that opens streams, and the publisher that fills them, both in C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bench.load.machine import LOAD_CORE, on_core
from tests.support.processes import wait_until

SOURCES = Path(__file__).parent
#: Files of one bench; removed when it ends.
SCRATCH = tempfile.TemporaryDirectory(prefix="tailrace-bench-")


@cache
def built(name: str, sources: Path = SOURCES) -> str:
    """The path of a program of ours, compiled."""
    program = Path(SCRATCH.name) / name
    command = ["gcc", "-O2", "-Wall", "-o", str(program), str(sources / f"{name}.c")]
    subprocess.run(command, check=True)
    return str(program)


def scratch_file(name: str, lines: Sequence[str] = ()) -> Path:
    """A file with these lines."""
    path = Path(SCRATCH.name) / name
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


class Tool:
    """One of the two, running on the load's core; prints one JSON object when it ends."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        with on_core(LOAD_CORE):
            self._popen = subprocess.Popen(
                [built(name), *arguments], stdout=subprocess.PIPE, text=True
            )

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._popen.pid

    def result(self) -> dict[str, Any]:
        """What it printed; waits for its end."""
        printed, _ = self._popen.communicate(timeout=120)
        found: dict[str, Any] = json.loads(printed) if printed else {}
        return found

    def stop(self) -> None:
        """End it, whatever it does."""
        if self._popen.poll() is None:
            self._popen.kill()
        self._popen.communicate()


class Swarm(Tool):
    """Clients with open streams; counts what arrives between two marks."""

    def __init__(
        self, port: int, paths: Sequence[str], headers: Sequence[str] = (), inflight: int = 128
    ) -> None:
        self._opened = scratch_file("opened")
        self._opened.unlink()
        names = scratch_file("paths", paths)
        said = [part for header in headers for part in ("--header", header)]
        arguments = [
            "--port", str(port), "--n", str(len(paths)), "--paths", str(names), *said,
            "--inflight", str(inflight), "--retry", "500", "--from-zero", "--hold",
            "--secs", "600", "--open-timeout", "300", "--open-file", str(self._opened), "--json",
        ]  # fmt: skip
        super().__init__("sse_swarm", arguments)

    @property
    def open(self) -> bool:
        """Whether all streams have been answered."""
        assert self._popen.poll() is None, "the swarm ended"
        return self._opened.exists()

    def wait_open(self, within_s: float) -> None:
        """Until all streams have been answered."""
        wait_until(lambda: self.open, "all streams open", within_s)

    def mark(self) -> None:
        """Begin to count; the second time, end."""
        os.kill(self.pid, signal.SIGUSR1)


class Publisher(Tool):
    """Writes events until its time is over."""

    def __init__(
        self, port: int, ids: Sequence[str], words: Sequence[str], options: Mapping[str, object]
    ) -> None:
        names = scratch_file(f"ids-{time.monotonic_ns()}", ids)
        given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        super().__init__(
            "publisher", ["--port", str(port), "--ids", str(names), *given, "--", *words]
        )
