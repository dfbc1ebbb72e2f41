"""What the store has of a conversation and its turns, as records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as a list shows it; `turns` counts them.

    `dataset` is the one last chosen in it, None when none was.
    """

    id: str
    title: str
    dataset: str | None
    created_ms: int
    used_ms: int
    turns: int

    @classmethod
    def from_fields(cls, conversation_id: str, fields: dict[bytes, bytes], turns: int) -> Summary:
        """Read the head as HGETALL gives it."""
        return cls(
            id=conversation_id,
            title=fields[b"title"].decode(),
            dataset=fields[b"dataset"].decode() or None,
            created_ms=int(fields[b"created_ms"]),
            used_ms=int(fields[b"used_ms"]),
            turns=turns,
        )


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and how it ended.

    `state` is a JobState; `planned` (the plan step's checkpoint), `final` (the terminal message)
    and `feedback` are JSON as stored, None when there is none yet.
    """

    id: str
    question: str
    dataset: str | None
    replaces: str | None
    follows: str | None
    created_ms: int
    state: str
    planned: bytes | None
    final: bytes | None
    feedback: bytes | None

    @property
    def query(self) -> dict[str, Any] | str | None:
        """What it was answered by: a QueryPlan as JSON, or a model's SQL; None without a query."""
        planned: dict[str, Any] = json.loads(self.planned) if self.planned else {}
        return planned.get("plan") or planned.get("statement") or None

    @classmethod
    def from_fields(cls, fields: dict[bytes, bytes], live_state: bytes | None) -> Turn:
        """Read a turn as HGETALL gives it; until its job has ended, its state is the job's.

        A turn without an end whose job is gone was lost with it: failed.
        """
        state = fields.get(b"state") or live_state or b"failed"
        return cls(
            id=fields[b"id"].decode(),
            question=fields[b"question"].decode(),
            dataset=fields[b"dataset"].decode() or None,
            replaces=fields[b"replaces"].decode() or None,
            follows=fields[b"follows"].decode() or None,
            created_ms=int(fields[b"created_ms"]),
            state=state.decode(),
            planned=fields.get(b"plan") or None,
            final=fields.get(b"final"),
            feedback=fields.get(b"feedback") or None,
        )
