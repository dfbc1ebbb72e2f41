"""Attempts: how a worker claims a job, writes to its log under the fence, and ends.

The fence is the attempt's number: whoever lost the lease (the job was given to another attempt,
or ended) is told LeaseLost and has written nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, cast

import redis

from shared import keys
from shared.errors import LogFull, TailraceError
from shared.event_log import CAP
from shared.events import EventType, body
from shared.jobs import Job
from shared.scripts import Scripts, guarded
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Claim:
    """A job and the right to run one attempt of it; `length` of its log at the claim.

    `tables` are the profiles of its owner's own tables, as stored; `begun` says that the first
    step's start is in the log.
    """

    job: Job
    length: int
    tables: Mapping[bytes, bytes] = field(default_factory=dict)
    begun: bool = False


class Checkpoint(NamedTuple):
    """A finished step: its name, its result as JSON, and a digest of what it was made from."""

    step: str
    result: str
    inputs: str


NO_CHECKPOINT = Checkpoint("", "", "")


class StepEnd(NamedTuple):
    """A step's last event, what is kept of it, and the length of the log before."""

    checkpoint: Checkpoint
    event: str
    length: int


#: Leases renewed by one call: a script holds the server for as long as it runs.
MOST_RENEWED = 500

Verdict = Literal["ok", "cancelling", "lost"]


class Stopped(TailraceError):
    """This attempt must end now."""


class LeaseLost(Stopped):
    """Another attempt has this job now, or it has ended."""


class HandOver(Stopped):
    """This worker must go; another is to go on with the job at once."""


class CancelRequested(Stopped):
    """The person stopped this job; it must end as cancelled."""


class Attempts:
    """The worker's side of the jobs; every method may raise Unavailable."""

    def __init__(self, store: redis.Redis, settings: Settings) -> None:
        self._store = store
        self._scripts = Scripts(store)
        self._lease_ms = round(settings.lease_s * 1000)

    def claim(self, bell_id: str, worker: str, first_step: str = "") -> Claim | None:
        """Claim a job and its lease: whose turn it is (`claim.lua`); None for none.

        `first_step` is the event that starts a question's first step; it is written when there is
        nothing that an earlier attempt finished.
        """
        started = body(
            EventType.STARTED, "A worker took your question.", {"worker": worker}, role="system"
        )
        token = secrets.token_hex(8)
        arguments = [bell_id, worker, token, self._lease_ms, started, first_step]
        reply = self._scripts.run("claim", arguments)
        if not reply:
            return None
        length, record, tables, begun = reply
        return Claim(Job.from_fields(_paired(record)), length, _paired(tables), bool(begun))

    def renew(self, worker: str, slots: int, running: Sequence[Job]) -> list[Verdict]:
        """Renew the lease of each running attempt; show that `worker` lives and has `slots`."""
        verdicts: list[bytes] = []
        for start in range(0, max(len(running), 1), MOST_RENEWED):
            some = running[start : start + MOST_RENEWED]
            fences = [*(job.id for job in some), *(job.attempt for job in some)]
            verdicts += self._scripts.run("renew", [worker, slots, self._lease_ms, *fences])
        known: dict[bytes, Verdict] = {b"ok": "ok", b"cancelling": "cancelling", b"lost": "lost"}
        return [known[verdict] for verdict in verdicts]

    def checkpoints(self, job: Job) -> dict[str, bytes]:
        """Results of the steps that earlier attempts finished, as JSON by step name.

        `job.inputs` says from what each was made.
        """
        if not job.inputs:
            return {}  # most jobs: nothing was finished before this attempt
        with guarded():
            steps = cast("dict[bytes, bytes]", self._store.hgetall(keys.STEPS % job.id))
        return {step.decode(): result for step, result in steps.items()}

    def append(
        self, job: Job, length: int, bodies: Sequence[str], checkpoint: Checkpoint = NO_CHECKPOINT
    ) -> None:
        """Append events and a finished step's result, in one atomic step.

        `length` is that of the log before. Raises LeaseLost, CancelRequested or LogFull; then
        nothing was written.
        """
        arguments = [job.id, job.attempt, length, *checkpoint, CAP, *bodies]
        _raise_for(self._scripts.run("append", arguments))

    def finish(
        self,
        job: Job,
        state: str,
        event: str,
        retry_in_s: float = 0.0,
        step_end: StepEnd | None = None,
    ) -> None:
        """End the attempt: a final `state` with its terminal event, or hand the job on.

        That is 'retrying' after a delay, or 'handed_over', which does not count as a try. The end
        of its last step comes first, if that was not written yet. Raises LeaseLost, or
        CancelRequested when the person's stop came first; then nothing was written.
        """
        arguments: list[str | int] = [job.id, job.attempt, state, event, round(retry_in_s * 1000)]
        if step_end is not None:
            arguments += [*step_end.checkpoint, step_end.event, step_end.length]
        _raise_for(self._scripts.run("finish", arguments))

    def leave(self, worker: str) -> None:
        """Say that `worker` has gone, so that nobody counts on it."""
        with guarded():
            self._store.zrem(keys.WORKERS, worker)
            self._store.hdel(keys.SLOTS, worker)


def _paired(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """A hash as a script returns it."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _raise_for(verdict: bytes) -> None:
    if verdict == b"lost":
        raise LeaseLost("Another attempt has this job now, or it has ended.")
    if verdict == b"cancelling":
        raise CancelRequested("The person stopped this job.")
    if verdict == b"full":
        raise LogFull(f"The answer has more than {CAP:,} events.")
