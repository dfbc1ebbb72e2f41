"""How an attempt ends: a closed set, decided here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from time import time

import structlog

from shared.attempts import CancelRequested, LeaseLost
from shared.errors import LogFull, Unavailable
from shared.jobs import Job
from worker.agent.results import Answer
from worker.models.chat import ModelRefused, ModelUnavailable
from worker.query.engine import QueryError
from worker.retry import delay_s

log = structlog.get_logger("outcome")


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The job is answered."""

    answer: Answer


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
class Abandoned:
    """This attempt may write nothing more; the rescuer or another worker goes on."""


Outcome = Succeeded | Failed | Retry | Cancelled | Abandoned


def decide(error: Exception, job: Job) -> Outcome:
    """What an error of a step means for its job."""
    match error:
        case CancelRequested():
            return Cancelled()
        case LeaseLost() | Unavailable():
            return Abandoned()
        case ModelUnavailable():
            return _after_model_failure(error, job)
        case ModelRefused():
            return Failed("model_refused", f"The model could not help: {error}")
        case QueryError():
            return Failed(error.reason, str(error))
        case LogFull():
            return Failed("log_full", str(error))
    log.error("a step failed unexpectedly", job=job.id, exc_info=error)
    return Failed("internal_error", "Something went wrong on our side; please try again.")


def _after_model_failure(error: ModelUnavailable, job: Job) -> Outcome:
    """Try again unless the attempts are used up, or the deadline would pass in the meantime."""
    after_s = delay_s(job.attempt, error.retry_after_s)
    left_s = job.deadline_s - (time() - job.created_ms / 1000)
    if job.attempt >= job.max_attempts or after_s >= left_s:
        return Failed("model_unavailable", f"The model did not answer: {error.reason}.")
    sentence = f"The model did not answer ({error.reason}); trying again in {after_s:.0f} s."
    return Retry("model_unavailable", sentence, after_s)
