"""The supervisor, over small programs: order, grace, haste, restarts, and no survivors."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.processes import Process, wait_until

POLITE = """
import os, signal, sys
def end(*_):
    print("leaving")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", os.getpid())
while True:
    signal.pause()
"""
STUBBORN = POLITE.replace("sys.exit(0)", "pass")
SLOW = POLITE.replace("sys.exit(0)", "__import__('time').sleep(1); sys.exit(0)")
BROKEN = "print('no luck'); raise SystemExit(3)"
TWO_TOLD = """
import os
print("up", os.getpid())
os.write(1, b"half a line")
os.write(1, b", the rest\\nno line end")
"""

Run = Callable[..., Process]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts a supervisor over the given programs."""
    started: list[Process] = []

    def start(*sources: str) -> Process:
        output = tmp_path / f"{len(started)}.log"
        started.append(Process(["-m", "tests.support.supervised", *sources], {}, output))
        return started[-1]

    yield start
    for process in started:
        if process.popen.poll() is None:
            process.kill()


def pids(process: Process) -> list[int]:
    """The children that said they are up."""
    return [int(found) for found in re.findall(r"\| up (\d+)", process.output)]


def alive(pid: int) -> bool:
    """Whether a process runs (one that only waits to be reaped does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_up(process: Process, count: int) -> None:
    """Wait until so many children are up."""
    wait_until(lambda: len(pids(process)) == count, f"{count} programs being up")


def test_a_signal_stops_the_children_one_after_the_other(run: Run) -> None:
    """The next is asked only when the one before has ended, however long that takes."""
    process = run(SLOW, POLITE)
    wait_up(process, 2)
    os.kill(process.popen.pid, signal.SIGINT)
    assert process.popen.wait(10) == 0
    said = [line.replace(" ", "") for line in process.output.splitlines()]
    assert said[-5:] == [
        "tailrace|stoppingc0",
        "c0|leaving",
        "tailrace|stoppingc1",
        "c1|leaving",
        "tailrace|stopped",
    ]


def test_a_child_that_does_not_end_is_ended_after_its_grace(run: Run) -> None:
    """And the others still get theirs."""
    process = run(STUBBORN, POLITE)
    wait_up(process, 2)
    process.popen.terminate()
    assert process.popen.wait(10) == 0
    assert "ending c0 at once, after 3 s" in process.output
    assert process.output.count("leaving") == 2


def test_a_second_signal_ends_everything_at_once(run: Run) -> None:
    """Whatever the children would rather do."""
    process = run(STUBBORN, STUBBORN)
    wait_up(process, 2)
    os.kill(process.popen.pid, signal.SIGINT)
    wait_until(lambda: "leaving" in process.output, "the first being asked")
    os.kill(process.popen.pid, signal.SIGINT)
    process.popen.wait(2)
    assert process.output.count("at once, as you asked") == 2
    assert not any(alive(pid) for pid in pids(process))


def test_a_child_that_dies_is_started_again(run: Run) -> None:
    """With a line that says so."""
    process = run(POLITE)
    wait_up(process, 1)
    os.kill(pids(process)[0], signal.SIGKILL)
    wait_up(process, 2)
    assert "c0 ended (signal 9); starting it again in 0.5 s" in process.output


def test_a_child_that_never_starts_ends_the_run(run: Run) -> None:
    """After a few tries, with the reason in the last line and the others stopped."""
    process = run(BROKEN, POLITE)
    assert process.popen.wait(20) == 1
    assert process.output.count("no luck") == 3
    assert "c0 does not start (exit code 3): its lines above say why." in process.output
    assert not any(alive(pid) for pid in pids(process))


def test_lines_are_passed_on_whole(run: Run) -> None:
    """Also those written in pieces, and a last one without an end."""
    process = run(TWO_TOLD)
    wait_until(lambda: "no line end" in process.output, "the last line")
    assert re.search(r"^c0 +\| half a line, the rest$", process.output, re.MULTILINE)
    assert re.search(r"^c0 +\| no line end$", process.output, re.MULTILINE)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux")
def test_no_child_outlives_a_supervisor_that_is_killed(run: Run) -> None:
    """Even with a signal nobody can handle, and children that would not end when asked."""
    process = run(STUBBORN, POLITE)
    wait_up(process, 2)
    os.kill(process.popen.pid, signal.SIGKILL)
    wait_until(lambda: not any(alive(pid) for pid in pids(process)), "all being gone", 5)
