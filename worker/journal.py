"""The journal: one attempt's pen, which appends to the log under the fence.

What can wait is written with what follows: a step's end with the next step's start or the end of
the attempt, and pieces of text with each other. The first piece goes out at once; those that come
within the next thirty milliseconds share one append, so that text that streams fast costs its
worker, the server and every viewer a few writes a second instead of hundreds.
"""

from __future__ import annotations

from threading import RLock, Timer
from time import monotonic
from typing import Any

from shared.attempts import NO_CHECKPOINT, Attempts, Checkpoint, Claim, StepEnd
from shared.events import EventType, body, step_started_body

#: Pieces of text that fall due within this time are written together.
TOGETHER_S = 0.03


class Journal:
    """Knows the log's length; safe to use while it writes late text from a thread of its own."""

    def __init__(self, attempts: Attempts, claim: Claim, step: str | None) -> None:
        self._attempts = attempts
        self._job = claim.job
        self._length = claim.length
        #: The step under way.
        self.step = step
        self._step_end: tuple[Checkpoint, str] | None = None
        #: Pieces of text that wait, who writes them if nothing else is written before, when text
        #: was last written, and what went wrong when it was written late.
        self._texts: list[str] = []
        self._timer: Timer | None = None
        self._texts_at = 0.0
        self._failure: Exception | None = None
        self._lock = RLock()

    def emit(self, kind: str, content: str, data: dict[str, Any]) -> None:
        """Append one event; a piece of text soon, anything else at once."""
        event = body(EventType(kind), content, data)
        if kind == EventType.INSIGHT_DELTA:
            self._write_soon(event)
        else:
            self._write(event)

    def start_step(self, step: str, progress: str) -> None:
        """Append a step's first event, unless it came with the claim."""
        if step != self.step:
            self._write(step_started_body(step, progress))
            self.step = step

    def finish_step(self, checkpoint: Checkpoint, event: str) -> None:
        """Have a step's result and its last event written with what follows."""
        with self._lock:
            self._write()
            self._step_end, self.step = (checkpoint, event), None

    def end(self, state: str, event: str, retry_in_s: float = 0.0) -> None:
        """End the attempt; see `Attempts.finish`. What had gone wrong before is not said again."""
        with self._lock:
            failed, self._failure = self._failure, None
            if failed is None and self._texts:
                self._write()
            self._stop_waiting()
            end = StepEnd(*self._step_end, self._length) if self._step_end else None
            self._attempts.finish(self._job, state, event, retry_in_s, end)

    def _write_soon(self, event: str) -> None:
        with self._lock:
            self._texts.append(event)
            wait_s = self._texts_at + TOGETHER_S - monotonic()
            if wait_s <= 0:
                self._write()
            elif self._timer is None:
                self._timer = Timer(wait_s, self._write_late)
                self._timer.daemon = True
                self._timer.start()

    def _write_late(self) -> None:
        """The time is over and nothing else was written: called from the timer's thread."""
        with self._lock:
            if not self._texts:
                return
            try:
                self._write()
            except Exception as error:  # noqa: BLE001 - raised where the attempt runs
                self._failure = error

    def _write(self, *events: str) -> None:
        """Append what waits, and then these events; raises what went wrong since the last time."""
        with self._lock:
            if self._failure is not None:
                raise self._failure
            checkpoint, bodies = NO_CHECKPOINT, [*self._stop_waiting(), *events]
            if not bodies:
                return
            if self._step_end is not None:
                checkpoint, event = self._step_end
                bodies.insert(0, event)
            self._attempts.append(self._job, self._length, bodies, checkpoint)
            self._length += len(bodies)
            self._step_end = None

    def _stop_waiting(self) -> list[str]:
        """The pieces of text that waited; nobody will write them now but the caller."""
        texts, self._texts = self._texts, []
        if texts:
            self._texts_at = monotonic()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return texts
