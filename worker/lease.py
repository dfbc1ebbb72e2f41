"""Leases: the right to run one attempt, kept by heartbeats, and how a running step is stopped.

One thread per process renews all leases of its attempts in one call, and shows with it that the
worker lives. A nudge (pub/sub) makes it look at once when somebody cancelled; the durable state
is what counts, so a lost nudge costs one heartbeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from time import monotonic

import structlog

from shared import keys
from shared.attempts import Attempts, CancelRequested, Claim, HandOver, LeaseLost, Stopped
from shared.errors import Unavailable
from shared.settings import Settings
from shared.subscription import Batch, Subscription

NUDGE = keys.NUDGE.encode()
#: Pause after a heartbeat that did not reach the server.
AGAIN_S = 0.25

log = structlog.get_logger("lease")


class Lease:
    """One attempt's right to run; what a step checks and what stops it."""

    def __init__(self, claim: Claim) -> None:
        self.job = claim.job
        self._began = monotonic()
        self._stopped: Stopped | None = None
        self._callbacks: list[Callable[[], None]] = []
        self._lock = Lock()

    @property
    def left_s(self) -> float:
        """Seconds to the job's deadline: by the server's clock at the claim, by ours since."""
        waited_s = (self.job.claimed_ms - self.job.created_ms) / 1000
        return self.job.deadline_s - waited_s - (monotonic() - self._began)

    def check(self) -> None:
        """Raise what `stop` was given if the attempt must end; cheap, call it often."""
        if self._stopped is not None:
            raise self._stopped

    @contextmanager
    def on_stop(self, callback: Callable[[], None]) -> Iterator[None]:
        """While the block runs, a stop calls `callback` from another thread (close, kill)."""
        with self._lock:
            self._callbacks.append(callback)
            stopped = self._stopped
        if stopped is not None:
            callback()
        try:
            yield
        finally:
            with self._lock:
                self._callbacks.remove(callback)

    def stop(self, reason: Stopped) -> None:
        """Have the attempt end; only the first reason counts."""
        with self._lock:
            if self._stopped is not None:
                return
            self._stopped = reason
            callbacks = tuple(self._callbacks)
        for callback in callbacks:
            callback()


class LeaseKeeper:
    """Renews the leases of this process until stopped.

    `slots` is how many jobs the process runs at a time. While the server cannot be reached,
    attempts go on: whether a lease was lost is the server's to say, and the fence holds.
    """

    def __init__(self, attempts: Attempts, settings: Settings, worker: str, slots: int) -> None:
        self._attempts = attempts
        self._heartbeat_s = settings.heartbeat_s
        self._worker = worker
        self._slots = slots
        #: By job and attempt: this process may run two of one job, when it lost the first.
        self._leases: dict[tuple[str, int], Lease] = {}
        self._handing_over = False
        self._lock = Lock()
        self._look = Event()
        self._ended = False
        self._nudges = Subscription(settings, self._nudged, lambda _channels: self._look.set())
        self._thread = Thread(target=self._run, name="leases", daemon=True)

    def start(self) -> None:
        """Begin to renew, and to listen for nudges."""
        self._nudges.add(NUDGE)
        self._thread.start()

    def stop(self) -> None:
        """End, and say that this worker has gone."""
        self._ended = True
        self._look.set()
        self._thread.join()
        self._nudges.close()
        try:
            self._attempts.leave(self._worker)
        except Unavailable:
            log.info("could not sign off; others will notice the silence")

    @contextmanager
    def hold(self, claim: Claim) -> Iterator[Lease]:
        """Keep the lease of a claimed job while the block runs."""
        lease, name = Lease(claim), (claim.job.id, claim.job.attempt)
        with self._lock:
            self._leases[name] = lease
            late = self._handing_over
        if late:
            lease.stop(HandOver("This worker is ending."))
        try:
            yield lease
        finally:
            with self._lock:
                del self._leases[name]

    def hand_over(self) -> None:
        """Have all attempts end now, and those that would begin, for other workers to go on."""
        with self._lock:
            self._handing_over = True
            leases = list(self._leases.values())
        for lease in leases:
            lease.stop(HandOver("This worker is ending."))

    def renew(self) -> None:
        """One heartbeat: renew everything, and stop what must end. Raises Unavailable."""
        with self._lock:
            leases = list(self._leases.values())
        running = [lease.job for lease in leases]
        verdicts = self._attempts.renew(self._worker, self._slots, running)
        for lease, verdict in zip(leases, verdicts, strict=True):
            if verdict == "lost":
                lease.stop(LeaseLost("Another attempt has this job now, or it has ended."))
            elif verdict == "cancelling":
                lease.stop(CancelRequested("The person stopped this job."))

    def _nudged(self, batch: Batch) -> None:
        with self._lock:
            mine = {job_id for job_id, _ in self._leases}
        if any(payload.decode() in mine for payload in batch[NUDGE]):
            self._look.set()

    def _run(self) -> None:
        while not self._ended:
            try:
                self.renew()
                pause_s = self._heartbeat_s
            except Unavailable:
                pause_s = min(self._heartbeat_s, AGAIN_S)
            self._look.wait(pause_s)
            self._look.clear()
