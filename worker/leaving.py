"""The end of a worker: jobs get some time to finish, then go on elsewhere.

With a prefork pool the parent hears the signal but its children run the jobs. A pipe tells them.
(When the parent is killed, the kernel kills them with it, as Celery asks for; leases run out.)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import sleep


class Leaving:
    """Made before a pool forks; each process that runs jobs waits on it."""

    def __init__(self, grace_s: float) -> None:
        self._grace_s = grace_s
        self._heard, self._told = os.pipe()
        self._pid = os.getpid()

    def begin(self, *, at_once: bool) -> None:
        """The worker was told to end: its jobs have `grace_s` from now, or nothing."""
        Thread(target=self._tell, args=(0 if at_once else self._grace_s,), daemon=True).start()

    def then(self, hand_over: Callable[[], None]) -> None:
        """Have `hand_over` called, from a thread of its own, when the time is up."""
        if os.getpid() != self._pid:
            os.close(self._told)  # our copy; the parent's counts
        Thread(target=self._wait, args=(hand_over,), name="leaving", daemon=True).start()

    def _tell(self, after_s: float) -> None:
        sleep(after_s)
        with suppress(OSError):  # a second signal may have been quicker
            os.close(self._told)

    def _wait(self, hand_over: Callable[[], None]) -> None:
        os.read(self._heard, 1)
        hand_over()
