"""Conversations: what was asked and how it ended, kept long after the jobs' logs are gone.

A conversation is a hash (`owner`, `title`, `dataset`, `created_ms`, `used_ms`, `last`: the id of
its newest turn, `bytes`: about what it takes, `ttl_s`) and a list of turns. A turn has the id of
its job: `question`, `dataset`, `replaces`, `follows` are written when the question is accepted,
`state`, `final` (the log's last event, byte for byte) and `plan` (the checkpoint of that step)
when the job ends, each in the script that does it (lua/accept.lua, lua/prelude.lua: keep_end).

Turns form a tree: each follows the newest, or, when it replaces an edited one, what that one
followed. The way from a turn back to the first is the branch in which it was asked.
"""

from __future__ import annotations

import json
from typing import Any, cast

import redis
from pydantic import BaseModel, ConfigDict

from shared import keys
from shared.scripts import Scripts, guarded

#: Turns of one conversation; it then takes no more questions.
MOST_TURNS = 500
#: Conversations of one owner, and the bytes they may take: beyond, those unused longest go.
MOST_OWNED = 5_000
MOST_BYTES = 32 << 20
#: Turns back that a follow-up may refer to.
MOST_HISTORY = 5
TITLE_CHARS = 80


class PastTurn(BaseModel):
    """An earlier turn of the conversation, as a planner needs it to read a follow-up.

    Take the nearest turn that has a `plan` (a QueryPlan as JSON), change in it what the new
    question names, and say the whole question so read as the result's `resolved_question`; start
    from `resolved_question` where there is one, since the words of a follow-up alone say little.
    `dataset` is the table the plan reads, else the one chosen then. `type` is the result's type,
    None when the turn has no result (failed, stopped, or still running); after a `clarification`,
    `suggestions` are the choices that were offered, and the new question may be one of them.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    resolved_question: str | None = None
    dataset: str | None = None
    plan: dict[str, Any] | None = None
    type: str | None = None
    answer: str = ""
    suggestions: list[str] = []

    @classmethod
    def from_stored(
        cls, question: bytes, dataset: bytes, planned: bytes | None, final: bytes | None
    ) -> PastTurn:
        """Read what the store has: the plan step's checkpoint, and the terminal message."""
        plan = json.loads(planned)["plan"] if planned else None
        data = json.loads(final)["data"] if final else {}
        result = data.get("result", {})
        return cls(
            question=question.decode(),
            resolved_question=result.get("resolved_question"),
            dataset=(plan or {}).get("dataset_id")
            or result.get("dataset")
            or dataset.decode()
            or None,
            plan=plan,
            type=result.get("type"),
            answer=result.get("answer", ""),
            suggestions=result.get("suggestions", []),
        )


class Conversations:
    """The conversations, by way of the scripts; every method may raise Unavailable."""

    def __init__(self, store: redis.Redis) -> None:
        self._store = store
        self._scripts = Scripts(store)

    def of_turn(self, turn_id: str, owner: str) -> str | None:
        """The id of the conversation that has the owner's turn; None for no such turn of theirs."""
        with guarded():
            of = self._store.hmget(keys.TURN % turn_id, ["owner", "conversation"])
        owned_by, conversation = cast("list[bytes | None]", of)
        if owned_by != owner.encode() or conversation is None:
            return None
        return conversation.decode()

    def history(self, owner: str, follows: str) -> tuple[PastTurn, ...]:
        """The owner's turn `follows` ('' for none) and those before it: at most 5, oldest first."""
        if not follows:
            return ()
        found = self._scripts.run("history", [follows, owner, MOST_HISTORY])
        return tuple(PastTurn.from_stored(*turn) for turn in reversed(found))


def title_of(question: str) -> str:
    """A title from a first question: its words on one line, cut between words."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARS:
        return line
    head, _, rest = line[:TITLE_CHARS].rpartition(" ")
    return f"{head or rest}…"
