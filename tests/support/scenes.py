"""Jobs brought to a point by hand: the test plays the worker."""

from __future__ import annotations

from typing import Any

from shared.attempts import Attempts, Checkpoint, Claim
from shared.events import EventType, body, cancelled_body, failed_body, retrying_body
from shared.jobs import Accepted, Jobs, JobState, Question
from tests.support.stack import Person, Stack

OWNER = "owner"


def question(text: str = "How wet was it?", **more: Any) -> Question:
    """A question of the usual owner."""
    return Question(OWNER, text, **more)


def note(text: str) -> str:
    """The body of a small event."""
    return body(EventType.INSIGHT_DELTA, text, {"text": text})


class Scene:
    """A job and the worker's hand on it."""

    def __init__(self, jobs: Jobs, attempts: Attempts, accepted: Accepted) -> None:
        self.jobs = jobs
        self.attempts = attempts
        self.job_id = accepted.job_id
        self.claim: Claim | None = None
        self.written = 0

    def claimed(self, worker: str = "w1") -> Claim:
        """Claim the job."""
        self.claim = self.attempts.claim(self.job_id, worker)
        assert self.claim is not None
        assert self.claim.job.id == self.job_id
        self.written = self.claim.length
        return self.claim

    def write(self, *texts: str, step: str = "", result: str = "") -> None:
        """Append events under the fence."""
        assert self.claim is not None
        bodies = [note(text) for text in texts]
        self.attempts.append(self.claim.job, self.written, bodies, Checkpoint(step, result, ""))
        self.written += len(bodies)

    def end(self, state: str) -> None:
        """End the attempt."""
        assert self.claim is not None
        events = {
            "succeeded": body(EventType.COMPLETED, "Done.", {"result": {"answer": "Done."}}),
            "failed": failed_body("test", "It failed."),
            "cancelled": cancelled_body(),
            "retrying": retrying_body("test", "Again.", 0),
        }
        self.attempts.finish(self.claim.job, state, events[state])

    def bring_to(self, state: JobState) -> None:
        """Put the fresh job into a state by the moves that lead there."""
        if state == JobState.QUEUED:
            return
        claim = self.claimed()
        if state == JobState.CANCELLING:
            self.jobs.cancel(claim.job)
        elif state != JobState.RUNNING:
            self.end(state)


def begin(desk: Stack, person: Person, *texts: str) -> Scene:
    """A job of somebody's that runs, and has written some events."""
    task_id = person.ask("How wet?")["task_id"]
    work = Scene(desk.jobs, desk.attempts, Accepted(task_id, "", known=False))
    work.claimed()
    if texts:
        work.write(*texts)
    return work
