"""How an attempt ends: a closed set, decided here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from shared.attempts import CancelRequested, HandOver, LeaseLost
from shared.errors import LogFull, StoreFull, Unavailable
from worker.agent.results import Answer
from worker.lease import Lease
from worker.models.chat import ModelRefused, ModelUnavailable
from worker.query.engine import QueryError
from worker.retry import delay_s
from worker.uploads import UploadResult

log = structlog.get_logger("outcome")


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The job is answered, or its file is a table."""

    answer: Answer | UploadResult


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ends without an answer: a stable code, and a sentence for the person."""

    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Another attempt is worth it, after a while."""

    reason: str
    sentence: str
    after_s: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The person stopped it."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    """This worker must go; another goes on at once, and this attempt does not count."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """This attempt may write nothing more; the rescuer or another worker goes on."""


Outcome = Succeeded | Failed | Retry | Cancelled | HandedOver | Abandoned


def decide(error: Exception, lease: Lease) -> Outcome:
    """What an error of a step means for its job."""
    match error:
        case CancelRequested():
            return Cancelled()
        case HandOver():
            return HandedOver()
        case StoreFull():
            return _again("store_full", "The job store was full", lease)
        case LeaseLost():
            return Abandoned()
        case Unavailable():
            # Perhaps it can be reached again by now. If not, the lease runs out.
            return _again("store_unavailable", "The job store could not be reached", lease)
        case ModelUnavailable():
            said = f"The model did not answer: {error.reason}"
            return _again("model_unavailable", said, lease, error.retry_after_s)
        case ModelRefused():
            return Failed("model_refused", f"The model could not help: {error}")
        case QueryError():
            return Failed(error.reason, str(error))
        case LogFull():
            return Failed("log_full", str(error))
    log.error("a step failed unexpectedly", job=lease.job.id, exc_info=error)
    return Failed("internal_error", "Something went wrong on our side; please try again.")


def _again(reason: str, said: str, lease: Lease, wished_s: float | None = None) -> Outcome:
    """Try again unless the attempts are used up, or the deadline would pass in the meantime.

    `wished_s` is the least wait that the other side asked for.
    """
    job = lease.job
    after_s = delay_s(job.tries, wished_s)
    if job.tries >= job.max_attempts or after_s >= lease.left_s:
        return Failed(reason, f"{said}.")
    return Retry(reason, f"{said}; trying again in {after_s:.0f} s.", after_s)
