"""The machine: who runs on which core, CPU and memory of processes, and what others took of it.

CPU is the run time of every thread as the scheduler counts it (`schedstat`, nanoseconds). What
others took is what /proc/stat shows beyond it; a virtual machine's host may take time, too
(`steal`), which makes system calls look dearer than they are.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

#: The server under test has the first core, everything else of the bench the second.
SERVER_CORE, LOAD_CORE = 0, 1
TICKS = os.sysconf("SC_CLK_TCK")
#: Of a core: with more than this taken by others, a round is thrown away.
MOST_FOREIGN, MOST_STOLEN = 0.10, 0.05


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Processes started in the block run on this core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found, todo = [], [pid]
    while todo:
        pid = todo.pop()
        found.append(pid)
        for task in _tasks(pid):
            try:
                todo += map(int, (task / "children").read_text().split())
            except OSError:
                continue
    return found


def cpu_s(pids: Sequence[int]) -> float:
    """CPU seconds of some processes and all below them, so far."""
    total_ns = 0
    for member in {below for pid in pids for below in family(pid)}:
        for task in _tasks(member):
            try:
                total_ns += int((task / "schedstat").read_text().split()[0])
            except OSError:
                continue
    return total_ns / 1e9


def pss_kib(pid: int) -> int:
    """Memory of a process and all below it, shared pages divided."""
    total = 0
    for member in family(pid):
        try:
            rollup = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return total


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


@dataclass(frozen=True, slots=True)
class Use:
    """What a stretch of time cost: seconds, and CPU of the server and of the load."""

    secs: float
    server_s: float
    load_s: float
    #: Of a core: what others had of each, and what the host took of both.
    foreign: tuple[float, float]
    stolen: float

    @property
    def quiet(self) -> bool:
        """Whether hardly anybody else ran."""
        return max(self.foreign) <= MOST_FOREIGN and self.stolen <= MOST_STOLEN


class Window:
    """A stretch of time, from its making until `close`."""

    def __init__(self, server: Sequence[int], load: Sequence[int]) -> None:
        self._server, self._load = server, load
        self._before = self._look()

    def close(self) -> Use:
        """What it cost."""
        before, after = self._before, self._look()
        at, server_s, load_s, busy_0, busy_1, stolen_s = (
            now - then for now, then in zip(after, before, strict=True)
        )
        foreign = ((busy_0 - server_s) / at, (busy_1 - load_s) / at)
        return Use(at, server_s, load_s, foreign, stolen_s / at)

    def _look(self) -> tuple[float, ...]:
        busy, stolen = _busy_s()
        return (time.monotonic(), cpu_s(self._server), cpu_s(self._load), *busy[:2], stolen)


def _busy_s() -> tuple[list[float], float]:
    """Seconds that each core was busy, and that the host took of all."""
    busy, stolen = [], 0.0
    for line in Path("/proc/stat").read_text().splitlines():
        name, *fields = line.split()
        if name[:3] != "cpu":
            break
        ticks = [int(field) for field in fields[:8]]
        if name == "cpu":
            stolen = ticks[7] / TICKS
        else:
            busy.append((sum(ticks) - ticks[3] - ticks[4] - ticks[7]) / TICKS)
    return busy, stolen
