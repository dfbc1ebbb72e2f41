"""The rescuer: what no living worker will do for a job, any process does.

It runs in every API and worker process; the script is idempotent, so none is in charge.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event, Thread

import redis
import structlog

from shared.errors import Unavailable
from shared.events import cancelled_body, failed_body, retrying_body, waiting_bodies
from shared.scripts import Scripts
from shared.settings import Settings
from shared.workers import silence_s

INTERVAL_S = 1.0
#: After the moment at which a worker falls silent, so that it has passed when it is looked at.
MARGIN_S = 0.02
#: Most jobs one round touches, so that a round never holds Redis for long.
MOST = 200
#: A job that was running when this many workers died is taken for the cause.
DEATHS = 2
#: Heartbeats that workers get to renew their leases after the server itself stood still.
PATIENCE = 2
#: From this share of its memory on (in %), the server accepts no new jobs.
MEMORY_ALARM = 70

log = structlog.get_logger("rescue")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round put right: counts of jobs ended, leases taken back, bells rung."""

    ended: int
    taken_back: int
    rung: int


@dataclass(frozen=True, slots=True)
class Told:
    """How many were told how they stand; in how long nobody will count on the last worker.

    The time is 0 when nobody does now.
    """

    jobs: int
    silent_in_s: float


class Rescuer:
    """Runs a round every second on a thread of its own until stopped.

    One comes sooner when the last worker falls silent before it: who waits learns it at once.
    """

    def __init__(self, store: redis.Redis, settings: Settings) -> None:
        self._scripts = Scripts(store)
        self._round = _round_arguments(settings)
        self._tell = [MOST, round(silence_s(settings) * 1000), *waiting_bodies()]
        self._stop = Event()
        self._thread = Thread(target=self._run, name="rescuer", daemon=True)

    def round(self) -> Round:
        """One round; raises Unavailable."""
        return Round(*self._scripts.run("rescue", self._round))

    def tell(self) -> Told:
        """Tell those who wait how they stand. Raises Unavailable."""
        told, silent_in_ms = self._scripts.run("tell", self._tell)
        return Told(told, silent_in_ms / 1000)

    def tidy(self) -> int:
        """Remove conversations whose time is over; how many went. Raises Unavailable."""
        return int(self._scripts.run("tidy", [MOST]))

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the round under way."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        pause_s = INTERVAL_S
        while not self._stop.wait(pause_s):
            pause_s = INTERVAL_S
            try:
                done = self.round()
                told = self.tell()
                self.tidy()
            except Unavailable:
                continue
            if told.silent_in_s:
                pause_s = min(INTERVAL_S, told.silent_in_s + MARGIN_S)
            if done.ended or done.taken_back:
                log.warning("rescued", ended=done.ended, taken_back=done.taken_back)


def _round_arguments(settings: Settings) -> list[str | int]:
    """What the script of a round is told, the same each time."""
    return [
        MOST,
        round(settings.lease_s * 1000),
        round(PATIENCE * settings.heartbeat_s * 1000),
        MEMORY_ALARM,
        DEATHS,
        failed_body("deadline_passed", "This took longer than allowed and was ended."),
        failed_body("attempts_used_up", "The worker died each time this was tried."),
        failed_body("quarantined", "Its worker died twice while it ran, so it was set aside."),
        retrying_body("worker_lost", "The worker stopped answering; another takes over.", 0),
        cancelled_body(),
    ]
