"""Conversations: what was asked and how it ended, kept long after the jobs' logs are gone.

A conversation is a hash (`owner`, `title`, `dataset`, `created_ms`, `used_ms`, `last`: the id of
its newest turn, `bytes`: about what it takes, `ttl_s`) and a list of turns. A turn has the id of
its job: `question`, `dataset`, `replaces`, `follows` are written when the question is accepted,
`state`, `final` (the log's last event, byte for byte) and `plan` (the checkpoint of that step)
when the job ends, each in the script that does it (lua/accept.lua, lua/prelude.lua: keep_end).
A conversation goes as a whole, without any key's own expiry: by hand, after its time (lua/tidy.lua,
run by the rescuer), or as the one unused longest when a new one needs room (lua/accept.lua).

Turns form a tree: each follows the newest, or, when it replaces an edited one, what that one
followed. The way from a turn back to the first is the branch in which it was asked.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, cast

import redis
from pydantic import BaseModel, ConfigDict

from shared import keys
from shared.events import cancelled_body, to_json
from shared.scripts import Scripts, guarded
from shared.turns import Summary, Turn
from shared.wire import Wire

#: Turns of one conversation; it then takes no more questions.
MOST_TURNS = 500
#: Conversations of one owner, and the bytes they may take: beyond, those unused longest go.
MOST_OWNED = 5_000
MOST_BYTES = 32 << 20
#: Turns back that a follow-up may refer to.
MOST_HISTORY = 5
TITLE_CHARS = 80
#: Conversations on one page of a list, unless told otherwise.
PAGE = 200
#: Conversations, and turns, read in one round trip.
WALK = 100
TURNS_AT_A_TIME = 10

#: Where a page of a list ended: the time in ms of the last use, and the id.
Place = tuple[int, str]


class PastTurn(BaseModel):
    """An earlier turn of the conversation, as a planner needs it to read a follow-up.

    Take the nearest turn that has a `plan` (a QueryPlan as JSON), change in it what the new
    question names, and say the whole question so read as the result's `resolved_question`; start
    from `resolved_question` where there is one, since the words of a follow-up alone say little.
    `dataset` is the table the plan reads, else the one chosen then. `type` is the result's type,
    None when the turn has no result (failed, stopped, or still running); after a `clarification`,
    `suggestions` are the choices that were offered, and the new question may be one of them:
    `choices` has the plans of those that stand for one.
    """

    model_config = ConfigDict(frozen=True)

    question: str
    resolved_question: str | None = None
    dataset: str | None = None
    plan: dict[str, Any] | None = None
    type: str | None = None
    answer: str = ""
    suggestions: list[str] = []
    choices: dict[str, dict[str, Any]] = {}

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
            choices={one["question"]: one["plan"] for one in result.get("choices", [])},
        )


class Conversations:
    """The conversations, by way of the scripts; every method may raise Unavailable."""

    def __init__(self, store: redis.Redis, wire: Wire | None = None) -> None:
        self._store = store
        self._scripts = Scripts(store, wire)

    def page(
        self, owner: str, words: str = "", limit: int = PAGE, before: Place | None = None
    ) -> tuple[list[Summary], Place | None]:
        """At most `limit` of the owner's, last used first, and the place to go on from, if any.

        With `words`, those whose title and questions have each of them, in any case.
        """
        found: list[Summary] = []
        wanted = folded(words).split()
        for summary, questions in self._walk(owner, before, with_text=bool(wanted)):
            text = f"{folded(summary.title)}\n{questions}" if wanted else ""
            if all(word in text for word in wanted):
                if len(found) == limit:
                    return found, (found[-1].used_ms, found[-1].id)
                found.append(summary)
        return found, None

    def find(self, conversation_id: str, owner: str) -> Summary | None:
        """The owner's conversation with this id, or None."""
        if not keys.is_id(conversation_id):
            return None
        (found,) = self._summaries([conversation_id])
        return found[1] if found is not None and found[0] == owner else None

    def turns(self, conversation_id: str) -> Iterator[Turn]:
        """Its turns in the order they were asked; read a few at a time, since results are long."""
        with guarded():
            ids = self._store.lrange(keys.TURNS % conversation_id, 0, -1)
        names = [cast("bytes", one).decode() for one in ids]
        for start in range(0, len(names), TURNS_AT_A_TIME):
            yield from self._turns(names[start : start + TURNS_AT_A_TIME])

    def turn(self, turn_id: str, owner: str) -> Turn | None:
        """The owner's turn with this id, or None."""
        if self.of_turn(turn_id, owner) is None:
            return None
        return next(iter(self._turns([turn_id])), None)

    def of_turn(self, turn_id: str, owner: str) -> str | None:
        """The id of the conversation that has the owner's turn; None for no such turn of theirs."""
        if not keys.is_id(turn_id):
            return None
        with guarded():
            of = self._store.hmget(keys.TURN % turn_id, ["owner", "conversation"])
        owned_by, conversation = cast("list[bytes | None]", of)
        if owned_by != owner.encode() or conversation is None:
            return None
        return conversation.decode()

    def rename(self, conversation_id: str, owner: str, title: str) -> bool:
        """Give it another title; False when the owner has no such conversation."""
        return bool(self._scripts.run("rename", [conversation_id, owner, title]))

    def delete(self, conversation_id: str, owner: str) -> list[str] | None:
        """Delete it for good; the ids of its jobs that were under way, which are cancelled.

        None when the owner has no such conversation.
        """
        arguments = [conversation_id, owner, cancelled_body()]
        found: list[bytes] | None = self._scripts.run("delete", arguments)
        return None if found is None else [job.decode() for job in found]

    def rate(self, turn_id: str, owner: str, rating: str | None, reason: str) -> bool:
        """Keep what the owner thinks of a turn; None takes it back. False for no such turn."""
        members = to_json({"rating": rating, "reason": reason})[1:-1] if rating else ""
        return bool(self._scripts.run("rate", [turn_id, owner, members]))

    def history(self, owner: str, follows: str) -> tuple[PastTurn, ...]:
        """The owner's turn `follows` ('' for none) and those before it: at most 5, oldest first."""
        if not follows:
            return ()
        found = self._scripts.run("history", [follows, owner, MOST_HISTORY])
        return tuple(PastTurn.from_stored(*turn) for turn in reversed(found))

    def _walk(
        self, owner: str, before: Place | None, *, with_text: bool
    ) -> Iterator[tuple[Summary, str]]:
        """The owner's conversations, last used first, with the case-folded text of each."""
        top, start = (before[0] if before else "+inf"), 0
        while True:
            with guarded():
                found = self._store.zrevrangebyscore(
                    keys.OWNED % owner, top, "-inf", start, WALK, withscores=True
                )
            pairs = cast("list[tuple[bytes, float]]", found)
            places = [(int(used_ms), name.decode()) for name, used_ms in pairs]
            start += len(places)
            ids = [name for used_ms, name in places if before is None or (used_ms, name) < before]
            texts = self._texts(ids) if with_text else [""] * len(ids)
            for summary, text in zip(self._summaries(ids), texts, strict=True):
                if summary is not None:
                    yield summary[1], text
            if len(places) < WALK:
                return

    def _texts(self, ids: Sequence[str]) -> list[str]:
        with guarded():
            found = self._store.mget([keys.WORDS % one for one in ids]) if ids else []
        return [cast("bytes", text).decode() if text else "" for text in found]

    def _summaries(self, ids: Sequence[str]) -> list[tuple[str, Summary] | None]:
        """For each id, the owner and the summary; None for one that is gone."""
        with guarded(), self._store.pipeline(transaction=False) as pipeline:
            for one in ids:
                pipeline.hgetall(keys.CONVERSATION % one)
                pipeline.llen(keys.TURNS % one)
            replies = pipeline.execute()
        parts = zip(ids, replies[::2], replies[1::2], strict=True)
        return [
            (fields[b"owner"].decode(), Summary.from_fields(one, fields, turns))
            if b"used_ms" in fields
            else None
            for one, fields, turns in parts
        ]

    def _turns(self, ids: Sequence[str]) -> list[Turn]:
        with guarded(), self._store.pipeline(transaction=True) as pipeline:
            for one in ids:
                pipeline.hgetall(keys.TURN % one)
                pipeline.hget(keys.JOB % one, "state")
            replies = pipeline.execute()
        pairs = zip(replies[::2], replies[1::2], strict=True)
        return [Turn.from_fields(fields, state) for fields, state in pairs if b"id" in fields]


def folded(text: str) -> str:
    """A text as the search compares it: case and compatibility forms make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()


def title_of(question: str) -> str:
    """A title from a first question: its words on one line, cut between words."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARS:
        return line
    head, _, rest = line[:TITLE_CHARS].rpartition(" ")
    return f"{head or rest}…"
