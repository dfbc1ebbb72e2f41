"""What operators see of all jobs, whoever owns them: the unfinished, one in full, the dead letters.

A dead letter is a failed job, kept for a week after its log has gone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

import redis

from shared import keys
from shared.errors import UnknownConversation
from shared.jobs import Accepted, Job, Jobs, Question
from shared.scripts import guarded
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A failed job: what was asked, and its last event's `reason` and `content`."""

    id: str
    owner: str
    conversation: str
    dataset: str
    question: str
    attempt: int
    created_ms: int
    failed_ms: int
    reason: str
    content: str

    @classmethod
    def from_fields(cls, fields: dict[bytes, bytes]) -> DeadLetter:
        """Read a letter as HGETALL gives it."""
        text = {name.decode(): value.decode() for name, value in fields.items()}
        event: dict[str, Any] = json.loads(text["event"])
        return cls(
            id=text["id"],
            owner=text["owner"],
            conversation=text["conversation"],
            dataset=text["dataset"],
            question=text["question"],
            attempt=int(text["attempt"]),
            created_ms=int(text["created_ms"]),
            failed_ms=int(text["failed_ms"]),
            reason=str(event["data"]["reason"]),
            content=str(event["content"]),
        )


class Overview:
    """Reads over all owners, and the one thing to do with a dead letter; may raise Unavailable."""

    def __init__(self, store: redis.Redis, settings: Settings) -> None:
        self._store = store
        self._jobs = Jobs(store, settings)

    def now_ms(self) -> int:
        """The server's clock."""
        with guarded():
            seconds, microseconds = self._store.time()
        return seconds * 1000 + microseconds // 1000

    def unfinished(self, most: int) -> list[Job]:
        """The jobs that have not ended, those nearest to their deadline first."""
        with guarded():
            ids = cast("list[bytes]", self._store.zrange(keys.DEADLINES, 0, most - 1))
        return [Job.from_fields(fields) for fields in self._hashes(keys.JOB, ids) if fields]

    def job(self, job_id: str) -> Job | None:
        """Anybody's job; None when there is none of this id, or no longer."""
        (fields,) = self._hashes(keys.JOB, [job_id.encode()])
        return Job.from_fields(fields) if fields else None

    def dead(self, most: int) -> list[DeadLetter]:
        """The failed jobs, newest first."""
        with guarded():
            ids = cast("list[bytes]", self._store.zrange(keys.DEAD, 0, most - 1, desc=True))
        found = self._hashes(keys.DEAD_LETTER, ids)
        return [DeadLetter.from_fields(fields) for fields in found if fields]

    def letter(self, job_id: str) -> DeadLetter | None:
        """One failed job; None when there is none of this id."""
        (fields,) = self._hashes(keys.DEAD_LETTER, [job_id.encode()])
        return DeadLetter.from_fields(fields) if fields else None

    def ask_again(self, letter: DeadLetter) -> Accepted:
        """File its question anew, for its owner and in its conversation; once, however often asked.

        The failed job stays as it ended: the new one has a log of its own. Raises what
        `Jobs.accept` raises when there are too many jobs.
        """
        again = Question(
            owner=letter.owner,
            text=letter.question,
            dataset=letter.dataset,
            conversation=letter.conversation,
            idempotency_key=f"again {letter.id}",
        )
        try:
            accepted = self._jobs.accept(again)
        except UnknownConversation:
            # It was deleted, or has expired, since.
            anew = f"again, in a new conversation, {letter.id}"
            accepted = self._jobs.accept(
                Question(letter.owner, letter.question, letter.dataset, idempotency_key=anew)
            )
        with guarded():
            self._store.zrem(keys.DEAD, letter.id)
        return accepted

    def _hashes(self, pattern: str, ids: list[bytes]) -> list[dict[bytes, bytes]]:
        with guarded(), self._store.pipeline(transaction=False) as pipeline:
            for each in ids:
                pipeline.hgetall(pattern % each.decode())
            return cast("list[dict[bytes, bytes]]", pipeline.execute())
