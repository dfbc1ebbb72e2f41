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
from shared.attempts import Attempts, CancelRequested, Claim, LeaseLost, Stopped
from shared.errors import Unavailable
from shared.settings import Settings
from shared.subscription import Batch, Subscription

log = structlog.get_logger("lease")


class Lease:
    """One attempt's right to run; what a step checks and what stops it."""

    def __init__(self, claim: Claim) -> None:
        self.job = claim.job
        self.renewed_at = monotonic()
        self._stopped: Stopped | None = None
        self._callbacks: list[Callable[[], None]] = []
        self._lock = Lock()

    def check(self) -> None:
        """Raise LeaseLost or CancelRequested if the attempt must end; cheap, call it often."""
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
    """Renews the leases of this process until stopped."""

    def __init__(self, attempts: Attempts, settings: Settings, worker: str) -> None:
        self._attempts = attempts
        self._settings = settings
        self._worker = worker
        self._leases: dict[str, Lease] = {}
        self._lock = Lock()
        self._look = Event()
        self._ended = False
        self._nudges = Subscription(settings, self._nudged, lambda _channels: self._look.set())
        self._thread = Thread(target=self._run, name="leases", daemon=True)

    def start(self) -> None:
        """Begin to renew, and to listen for nudges."""
        self._nudges.add(keys.NUDGE)
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
        lease = Lease(claim)
        with self._lock:
            self._leases[claim.job.id] = lease
        try:
            yield lease
        finally:
            with self._lock:
                if self._leases.get(claim.job.id) is lease:
                    del self._leases[claim.job.id]

    def renew(self) -> None:
        """One heartbeat: renew everything, and stop what must end."""
        with self._lock:
            leases = list(self._leases.values())
        sent_at = monotonic()
        try:
            verdicts = self._attempts.renew(self._worker, [lease.job for lease in leases])
        except Unavailable:
            self._give_up_stale(leases)
            return
        for lease, verdict in zip(leases, verdicts, strict=True):
            lease.renewed_at = sent_at
            if verdict == "lost":
                lease.stop(LeaseLost("Another attempt has this job now, or it has ended."))
            elif verdict == "cancelling":
                lease.stop(CancelRequested("The person stopped this job."))

    def _give_up_stale(self, leases: list[Lease]) -> None:
        """Without the store, a lease that has run out must be taken for lost."""
        for lease in leases:
            if monotonic() - lease.renewed_at > self._settings.lease_s:
                lease.stop(LeaseLost("The job store cannot be reached; the lease ran out."))

    def _nudged(self, batch: Batch) -> None:
        if any(payload.decode() in self._leases for payload in batch[keys.NUDGE]):
            self._look.set()

    def _run(self) -> None:
        while not self._ended:
            self.renew()
            self._look.wait(self._settings.heartbeat_s)
            self._look.clear()
