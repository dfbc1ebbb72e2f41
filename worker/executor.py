"""Runs one job: claim it, keep its lease, run the steps that are not done yet, record the outcome.

A finished step is a checkpoint, written together with its event: a later attempt reads the result
and does not run the step again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import structlog

from shared.attempts import (
    Attempts,
    CancelRequested,
    Checkpoint,
    Claim,
    LeaseLost,
)
from shared.conversations import Conversations
from shared.errors import Unavailable
from shared.events import (
    EventType,
    body,
    cancelled_body,
    failed_body,
    retrying_body,
)
from worker.agent.context import Context
from worker.agent.costs import with_cost
from worker.agent.pipeline import FIRST_STEP, STEPS
from worker.agent.results import Answer
from worker.checkpoints import Saved, digest, surroundings
from worker.journal import Journal
from worker.lease import Lease, LeaseKeeper
from worker.models.chat import ChatModel, Meter
from worker.outcome import (
    Abandoned,
    Cancelled,
    Failed,
    HandedOver,
    Outcome,
    Retry,
    Succeeded,
    decide,
)
from worker.query.engine import QueryEngine
from worker.steps import ContextT, Done, Step
from worker.uploads import STEPS as UPLOAD_STEPS
from worker.uploads import Intake, UploadResult

log = structlog.get_logger("executor")


class Executor:
    """One per worker process; `run` is called by as many threads as the worker has slots."""

    def __init__(
        self,
        attempts: Attempts,
        keeper: LeaseKeeper,
        conversations: Conversations,
        engine: QueryEngine,
        intake: Intake,
        chat: ChatModel | None,
        worker: str,
    ) -> None:
        self._attempts = attempts
        self._keeper = keeper
        self._conversations = conversations
        self._engine = engine
        self._intake = intake
        self._chat = chat
        self._worker = worker

    def run(self, bell_id: str, show: Callable[[str], None]) -> str:
        """Answer the bell: run one attempt of one job, whose id is shown to monitors.

        Returns how it went, for them, too.
        """
        try:
            claim = self._attempts.claim(bell_id, self._worker, FIRST_STEP)
        except Unavailable as error:
            return f"nothing claimed: {error}"  # the bell will be rung again
        if claim is None:
            return "nothing to claim"
        show(claim.job.id)
        journal = Journal(self._attempts, claim, STEPS[0].name if claim.begun else None)
        with self._keeper.hold(claim) as lease:
            outcome = self._attempt(claim, lease, journal)
            self._record(claim, outcome, journal)
        if claim.job.upload is not None and isinstance(outcome, Succeeded | Failed | Cancelled):
            self._intake.clear(claim.job.upload)
        name = type(outcome).__name__.lower()
        log.info("attempt ended", job=claim.job.id, attempt=claim.job.attempt, outcome=name)
        return f"{claim.job.id}: attempt {claim.job.attempt} {name}"

    def _attempt(self, claim: Claim, lease: Lease, journal: Journal) -> Outcome:
        job = claim.job
        try:
            saved = Saved(self._attempts.checkpoints(job), job.inputs)
            if job.upload is not None:
                intake = self._intake.context(job.upload, job.owner, journal.emit, lease)
                root = digest(job.upload.model_dump())
                return Succeeded(run_steps(UPLOAD_STEPS, intake, root, saved, journal))
            datasets = self._intake.catalogue.with_own(claim.tables)
            if job.dataset and job.dataset not in datasets:
                return Failed("dataset_removed", "The table this question is about was removed.")
            context = Context(
                question=job.question,
                dataset_id=job.dataset or None,
                datasets=datasets,
                engine=self._engine,
                chat=self._chat,
                emit=journal.emit,
                stop=lease,
                history=self._conversations.history(job.owner, job.follows),
                meter=Meter(self._chat.spending) if self._chat else Meter(),
                last_attempt=job.attempt >= job.max_attempts,
            )
            root = digest(surroundings(context))
            answer: Answer = run_steps(STEPS, context, root, saved, journal)
            return Succeeded(with_cost(context, answer))
        except Exception as error:  # noqa: BLE001 - every error becomes an outcome, in one place
            return decide(error, lease)

    def _record(self, claim: Claim, outcome: Outcome, journal: Journal) -> None:
        try:
            match outcome:
                case Succeeded(answer):
                    journal.end("succeeded", completed(answer))
                case Failed(reason, sentence):
                    journal.end("failed", failed_body(reason, sentence))
                case Retry(reason, sentence, after_s):
                    event = retrying_body(reason, sentence, after_s)
                    journal.end("retrying", event, after_s)
                case Cancelled():
                    journal.end("cancelled", cancelled_body(journal.step))
                case HandedOver():
                    event = retrying_body(
                        "worker_ended", "The worker is ending; another goes on.", 0
                    )
                    journal.end("handed_over", event)
                case Abandoned():
                    pass
        except CancelRequested:
            self._record(claim, Cancelled(), journal)
        except (LeaseLost, Unavailable) as error:
            log.warning("could not record the outcome", job=claim.job.id, why=str(error))


def completed(answer: Answer | UploadResult) -> str:
    """The body of the terminal event of a job that succeeded."""
    return body(EventType.COMPLETED, answer.answer, {"result": answer.model_dump(mode="json")})


def run_steps(
    steps: Sequence[Step[ContextT]], context: ContextT, root: str, saved: Saved, journal: Journal
) -> Any:
    """Run the steps in order, reading instead of running those in `saved`, up to the answer.

    A step's inputs are what the job is about (`root`, its digest) and the results before it; their
    digest is chained, so that a changed input makes all that follows from it anew.
    """
    done: Done = {}
    inputs = root
    for step in steps:
        context.stop.check()
        inputs = digest([inputs, step.name])
        result, text = saved.get(step, inputs) or run_step(step, context, done, inputs, journal)
        done[step.name] = result
        answer = result if step is steps[-1] else getattr(result, "answer", None)
        if answer is not None:
            return answer
        inputs = digest([inputs, text])
    raise AssertionError("a pipeline has steps")


def run_step(
    step: Step[ContextT], context: ContextT, done: Done, inputs: str, journal: Journal
) -> tuple[Any, str]:
    """One step's result, also as JSON."""
    began = monotonic()
    journal.start_step(step.name, step.progress(context, done))
    result = step.run(context, done)
    content, data = step.describe(context, result)
    took_ms = round((monotonic() - began) * 1000, 1)
    event = body(EventType(step.event), content, {"step": step.name, **data, "elapsed_ms": took_ms})
    text = result.model_dump_json()
    journal.finish_step(Checkpoint(step.name, text, inputs), event)
    return result, text
