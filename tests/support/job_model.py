"""What should be true of one job: a few lines of Python for each thing that may happen to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.events import (
    EventType,
    body,
    cancelled_body,
    failed_body,
    retrying_body,
    step_started_body,
)

OWNERS = ("a", "b", "c")
EVENTS = {
    "succeeded": body(EventType.COMPLETED, "Done.", {"result": {"answer": "Done."}}),
    "failed": failed_body("test", "It failed."),
    "cancelled": cancelled_body(),
    "retrying": retrying_body("test", "Again.", 0),
    "handed_over": retrying_body("test", "Again.", 0),
}
FIRST = step_started_body("intent", "Reading.")
STEP_END = body(EventType.INTENT_PARSED, "Read.", {"step": "intent"})
TERMINAL = {"succeeded": "completed", "failed": "failed", "cancelled": "cancelled"}


@dataclass
class Modelled:
    """What should be true of one job."""

    owner: str
    state: str = "queued"
    attempt: int = 0
    handovers: int = 0
    deaths: int = 0
    delayed: bool = False
    worker: str = ""
    events: list[str] = field(default_factory=lambda: ["queued"])
    steps: set[str] = field(default_factory=set)

    @property
    def runs(self) -> bool:
        return self.state in {"running", "cancelling"}

    @property
    def claimable(self) -> bool:
        return self.state in {"queued", "retrying"} and not self.delayed

    def finish_step(self, step: str, event: str) -> None:
        self.events.append(event)
        if step:
            self.steps.add(step)

    def end(self, state: str) -> None:
        self.state, self.delayed = state, False
        self.events.append(TERMINAL[state])

    def hand_on(self, *, delayed: bool = False) -> None:
        self.state, self.delayed = "retrying", delayed
        self.events.append("retrying")
