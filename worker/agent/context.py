"""What a step of the agent may see and do; the executor makes it, steps only use it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from shared.conversations import PastTurn
from shared.datasets import Profile
from worker.models.chat import ChatModel, Meter
from worker.query.engine import QueryEngine


class StopSignal(Protocol):
    """Tells a running step that it must end: cancelled, lease lost, or past its deadline."""

    def check(self) -> None:
        """Raise `worker.lease.Stopped` if the step must end; cheap, call it often."""

    def on_stop(self, callback: Callable[[], None]) -> AbstractContextManager[None]:
        """While the block runs, a stop calls `callback` from another thread (close, kill)."""


@dataclass(frozen=True)
class Context:
    """One attempt at one question.

    `datasets` maps ids to profiles; `dataset_id` is the one that was chosen, or None when the
    planner has to find it. `emit(type, content, data)` appends one event to the job's log.
    `chat` is None when no model is configured. `history` holds the turns before this one in its
    conversation, oldest first: what a follow-up such as "and in 2013?" refers to. `meter` counts
    what models are asked, and bounds it. `last_attempt` says that no other will follow.
    """

    question: str
    dataset_id: str | None
    datasets: Mapping[str, Profile]
    engine: QueryEngine
    chat: ChatModel | None
    emit: Callable[[str, str, dict[str, Any]], None]
    stop: StopSignal
    history: tuple[PastTurn, ...] = ()
    meter: Meter = field(default_factory=Meter)
    last_attempt: bool = False
