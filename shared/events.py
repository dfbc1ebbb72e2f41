"""The events of a job's log, as people and clients see them (docs/events.md lists them all).

Whoever writes an event decides its body: type, role, content and data. The append script adds
`id`, `seq`, `at` and `attempt` in front of it, so the stored line is the message, byte for byte,
that every transport delivers.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class EventType(StrEnum):
    """Every type there is; the last three are terminal: exactly one ends every log."""

    #: The one type of an owner's feed: a job was accepted. Never in a job's own log.
    ACCEPTED = "accepted"
    QUEUED = "queued"
    WAITING = "waiting"
    STARTED = "started"
    STEP_STARTED = "step_started"
    PROGRESS = "progress"
    TABLE_READ = "table_read"
    TABLE_PROFILED = "table_profiled"
    TABLE_PUBLISHED = "table_published"
    INTENT_PARSED = "intent_parsed"
    QUERY_PLANNED = "query_planned"
    QUERY_EXECUTED = "query_executed"
    INSIGHT_DELTA = "insight_delta"
    INSIGHT_GENERATED = "insight_generated"
    RETRYING = "retrying"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


TERMINAL = frozenset({EventType.COMPLETED, EventType.FAILED, EventType.CANCELLED})


#: Made once: json.dumps makes one for each call that is not of its defaults.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def to_json(value: object) -> str:
    """Compact JSON; NaN and infinity are refused, since JSON has no such numbers."""
    return _ENCODER.encode(value)


def body(kind: EventType, content: str, data: dict[str, Any], role: str = "assistant") -> str:
    """The members of an event's JSON object that its writer decides, without the braces."""
    members = {"type": kind.value, "role": role, "content": content, "data": data}
    return to_json(members)[1:-1]


def step_started_body(step: str, progress: str) -> str:
    """The body of a `step_started` event; `progress` is a sentence."""
    return body(EventType.STEP_STARTED, progress, {"step": step})


def cancelled_body(interrupted: str | None = None) -> str:
    """The body of a `cancelled` event; `interrupted` is the step that was under way.

    The script puts the finished steps in place of @DONE@, a sentence about them of @SAID@, and who
    did it of @BY@.
    """
    during = f" during the step '{interrupted}'" if interrupted else ""
    data = {"by": "@BY@", "done": "@DONE@", "interrupted": interrupted}
    text = body(EventType.CANCELLED, f"Stopped{during}. @SAID@", data, role="system")
    return text.replace('"@DONE@"', "@DONE@")


def waiting_bodies() -> list[str]:
    """The bodies of a `waiting` event: no worker lives, place known, expected start known, too.

    The script puts figures in place of @PLACE@ (and @NTH@ for the ordinal), @EXPECTED@, @WORKERS@.
    """
    sentences = (
        "Waiting for a worker: none is running at the moment.",
        "@NTH@ in the queue.",
        "@NTH@ in the queue; expected to start in about @EXPECTED@ s.",
    )
    data = '"data":{"place":@PLACE@,"expected_start_s":%s,"workers":@WORKERS@}'
    found = []
    for sentence, expected in zip(sentences, ("null", "null", "@EXPECTED@"), strict=True):
        told = body(EventType.WAITING, sentence, {}, role="system")
        found.append(told.replace('"data":{}', data % expected))
    return found


#: Ends that a page must show as what they are; every other is just `failed`.
_FAILED_KINDS = {
    "query_too_slow": "timed_out",
    "deadline_passed": "timed_out",
    "query_refused": "refused",
}


def failed_body(reason: str, content: str) -> str:
    """The body of a `failed` event; `reason` is a stable code, `content` a sentence."""
    data = {"reason": reason, "kind": _FAILED_KINDS.get(reason, "failed")}
    return body(EventType.FAILED, content, data, role="system")


def retrying_body(reason: str, content: str, after_s: float) -> str:
    """The body of a `retrying` event: why, and in how many seconds."""
    data = {"reason": reason, "after_s": round(after_s, 3)}
    return body(EventType.RETRYING, content, data, role="system")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in one log: `seq` was the last event seen; -1 is before the first."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.seq}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read `<epoch>-<seq>`; raises ValueError."""
        epoch, dash, seq = text.partition("-")
        if not dash or not epoch.isalnum() or not (seq.isascii() and seq.isdigit()):
            raise ValueError(f"'{text}' is not a cursor: expected <epoch>-<seq>")
        return cls(epoch, int(seq[:15]))


#: How the append script begins a line: what places an event, without decoding all of it.
_HEAD = re.compile(
    rb'\{"id":"(([0-9A-Za-z]+)-\d+)","seq":(\d+),"at":"[^"]*","attempt":\d+,"type":"(\w+)"'
)
#: Looked up once: both are called for every event.
_match_head, _new = _HEAD.match, tuple.__new__


class Event(NamedTuple):
    """One stored event: its exact bytes, and what a reader needs to place it.

    `type` is text, since an event may come from a newer worker than its reader.
    """

    raw: bytes
    id: bytes
    epoch: bytes
    seq: int
    type: str

    @property
    def terminal(self) -> bool:
        """Whether nothing can follow."""
        return self.type in TERMINAL

    @classmethod
    def parse(cls, raw: bytes) -> Event:
        """Read a stored line; raises ValueError."""
        head = _match_head(raw)
        if head is None:
            raise ValueError(f"not an event: {raw[:80]!r}")
        name, epoch, seq, kind = head.groups()
        # What cls(...) comes to; this is done for every event.
        return _new(cls, (raw, name, epoch, int(seq), kind.decode()))

    @property
    def frame(self) -> bytes:
        """The event as Server-Sent Events carry it."""
        return b"id: %b\ndata: %b\n\n" % (self.id, self.raw)

    @property
    def message(self) -> dict[str, Any]:
        """The event as the API gives it."""
        decoded: dict[str, Any] = json.loads(self.raw)
        return decoded
