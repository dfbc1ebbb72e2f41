"""Jobs as the API sees them: accept, look up, cancel.

The record is a hash whose fields are those of `Job`. Only Lua scripts change it.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

import redis

from shared import keys
from shared.conversations import MOST_BYTES, MOST_OWNED, MOST_TURNS, folded, title_of
from shared.events import EventType, body, cancelled_body, to_json
from shared.refusals import refusal
from shared.scripts import Scripts, guarded
from shared.settings import Settings
from shared.uploads import Upload
from shared.wire import Wire

IDEMPOTENCY_TTL_S = 24 * 3600
DAY_S = 24 * 3600
#: How much longer than its last job can live an owner's feed is kept.
FEED_SPARE_S = 60


def feed_of(owner: str) -> str:
    """The id of an owner's feed: the log of the jobs accepted from them."""
    return f"feed-{owner}"


class JobState(StrEnum):
    """Where a job stands; the last three are final and never change."""

    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether the job has ended."""
        return self in {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Job:
    """One question to answer, or, when there is an `upload`, one file to read.

    `attempt` counts executions from 1 (0 before the first claim); `handovers` of them were ended
    by a worker that had to go, and `deaths` by one that was lost. `claimed_ms` is when the latest
    began, `worker` who runs it. `follows` is the id of the turn before it in its conversation, ''
    for the first. `inputs` are digests of what the finished steps were made from, by step.
    """

    id: str
    owner: str
    conversation: str
    dataset: str
    question: str
    follows: str
    state: JobState
    attempt: int
    epoch: str
    created_ms: int
    deadline_s: float
    max_attempts: int
    claimed_ms: int = 0
    handovers: int = 0
    deaths: int = 0
    worker: str = ""
    upload: Upload | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def tries(self) -> int:
        """The attempts that count against `max_attempts`."""
        return self.attempt - self.handovers

    @classmethod
    def from_fields(cls, fields: dict[bytes, bytes]) -> Job:
        """Read a record as HGETALL gives it."""
        text = {name.decode(): value.decode() for name, value in fields.items()}
        return cls(
            id=text["id"],
            owner=text["owner"],
            conversation=text["conversation"],
            dataset=text["dataset"],
            question=text["question"],
            follows=text["follows"],
            state=JobState(text["state"]),
            attempt=int(text["attempt"]),
            epoch=text["epoch"],
            created_ms=int(text["created_ms"]),
            deadline_s=float(text["deadline_s"]),
            max_attempts=int(text["max_attempts"]),
            claimed_ms=int(text.get("claimed_ms", "0")),
            handovers=int(text.get("handovers", "0")),
            deaths=int(text.get("deaths", "0")),
            worker=text.get("worker", ""),
            upload=Upload.model_validate_json(text["upload"]) if text.get("upload") else None,
            inputs={
                name.removeprefix("inputs:"): value
                for name, value in text.items()
                if name.startswith("inputs:")
            },
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks. `dataset` is '' when the planner is to find it.

    `replaces` is the id of a turn that was edited and is asked again, '' for none: the new turn
    follows what the old one followed, and the old branch stays. `idempotency_key` is the client's
    own name for this request, '' for none. With an `upload` it is the wish to have that file read,
    which is part of no conversation.
    """

    owner: str
    text: str
    dataset: str = ""
    conversation: str = ""
    replaces: str = ""
    idempotency_key: str = ""
    upload: Upload | None = None

    @property
    def fingerprint(self) -> str:
        """What must be the same when the same idempotency key comes again."""
        content = to_json([self.text, self.dataset, self.conversation, self.replaces])
        if self.upload is not None:
            # Where the file was put, and under which id, is new each time.
            content = self.upload.model_dump_json(exclude={"file", "dataset_id"})
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def key_digest(self) -> str:
        """The owner's idempotency key in a form of bounded length, '' for none."""
        if not self.idempotency_key:
            return ""
        return hashlib.sha256(to_json([self.owner, self.idempotency_key]).encode()).hexdigest()

    def queued(self, conversation: str) -> str:
        """The body of event 0."""
        asked = {
            "question": self.text,
            "dataset": self.dataset or None,
            "conversation_id": conversation or None,
        }
        said = "Your question is in the queue."
        if self.upload is not None:
            asked["upload"], said = self.upload.name, "Your file is in the queue."
        return body(EventType.QUEUED, said, asked, role="system")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The job that now answers a question; `known` when its key had been seen before."""

    job_id: str
    conversation: str
    known: bool


class Jobs:
    """The jobs, by way of the scripts; every method may raise Unavailable."""

    def __init__(self, store: redis.Redis, settings: Settings, wire: Wire | None = None) -> None:
        self._store = store
        self._scripts = Scripts(store, wire)
        self._settings = settings

    def accept(self, question: Question) -> Accepted:
        """Make a question a job: record, event 0, place in the queue and bell in one step.

        Raises KeyReused when the idempotency key came with another question before,
        UnknownConversation when `question.conversation` is not one of the owner's, UnknownTurn
        when `question.replaces` is not in it, ConversationFull, and OwnerBusy or QueueFull when
        there are too many jobs; then nothing was written.
        """
        reply: list[bytes] = self._scripts.run("accept", self._arguments(question))
        verdict, *rest = [part.decode() for part in reply]
        refused = refusal(verdict, rest)
        if refused is not None:
            raise refused
        return Accepted(rest[0], rest[1], known=verdict == "known")

    def _arguments(self, question: Question) -> list[Any]:
        """What `accept.lua` takes."""
        record, settings = self._record(question), self._settings
        title = title_of(question.text)
        joined = {"task_id": record["id"], "conversation_id": record["conversation"] or None}
        return [
            to_json(record),
            question.queued(record["conversation"]),
            settings.conversation_ttl_days * DAY_S,
            title,
            question.key_digest,
            question.fingerprint if question.idempotency_key else "",
            IDEMPOTENCY_TTL_S,
            body(EventType.ACCEPTED, title, joined, role="system"),
            round(float(record["deadline_s"]) + settings.result_ttl_s) + FEED_SPARE_S,
            folded(question.text),
            MOST_TURNS,
            MOST_OWNED,
            MOST_BYTES,
            settings.user_max_active,
            settings.queue_max,
            settings.conversations_mb << 20,
        ]

    def _record(self, question: Question) -> dict[str, str]:
        settings, upload = self._settings, question.upload
        drawn = secrets.token_hex(16)
        conversation, epoch = question.conversation or drawn[:24], drawn[24:]
        return {
            "kind": "upload" if upload else "question",
            "upload": upload.model_dump_json() if upload else "",
            "id": str(uuid.uuid4()),
            "owner": question.owner,
            "conversation": "" if upload else conversation,
            "new_conversation": "" if question.conversation else "1",
            "dataset": question.dataset,
            "question": question.text,
            "replaces": question.replaces,
            "attempt": "0",
            "epoch": epoch,
            "deadline_s": str(settings.upload_deadline_s if upload else settings.job_deadline_s),
            "max_attempts": str(settings.max_attempts),
            "result_ttl_s": str(settings.result_ttl_s),
        }

    def load(self, job_id: str, owner: str) -> Job | None:
        """The owner's job with this id; None when unknown, expired or somebody else's."""
        if not keys.is_id(job_id):
            return None
        with guarded():
            fields = cast("dict[bytes, bytes]", self._store.hgetall(keys.JOB % job_id))
        if not fields or fields.get(b"owner") != owner.encode():
            return None
        return Job.from_fields(fields)

    def states(self, job_ids: Sequence[str]) -> list[JobState | None]:
        """Where each job stands, in one round trip; None for one that is gone."""
        with guarded(), self._store.pipeline(transaction=False) as pipeline:
            for job_id in job_ids:
                pipeline.hget(keys.JOB % job_id, "state")
            found: list[bytes | None] = pipeline.execute()
        return [JobState(state.decode()) if state is not None else None for state in found]

    def cancel(self, job: Job) -> JobState:
        """Stop a job for good; its state now. A running one is `cancelling` until its worker ends.

        Cancelling a finished job changes nothing.
        """
        return self._cancel(job.id, "user") or job.state

    def cancel_by_operator(self, job_id: str) -> JobState | None:
        """The same for anybody's job; None when there is none of this id."""
        return self._cancel(job_id, "operator")

    def _cancel(self, job_id: str, by: str) -> JobState | None:
        state = self._scripts.run("cancel", [job_id, cancelled_body(), by])
        return JobState(state.decode()) if state else None
