"""Child processes that cannot outlive us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def spawn(
    arguments: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so a Ctrl-C in the terminal reaches only us.

    On Linux the kernel kills it as soon as the thread that called this is gone, so call it from
    the main thread. Its standard error goes where its output goes.
    """
    return subprocess.Popen(
        arguments,
        env=env,
        cwd=cwd,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout is not None else None,
        start_new_session=True,
        preexec_fn=_leash(),  # noqa: PLW1509 - it only calls into the C library
    )


def kill(child: subprocess.Popen[bytes]) -> None:
    """End a child and everything it started, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _leash() -> Callable[[], None] | None:
    """What a child does before it becomes the program: ask to die with its parent."""
    if sys.platform != "linux":
        return None
    # Everything is looked up here, before the fork: afterwards no lock may be taken.
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the request
            os._exit(1)

    return ask
