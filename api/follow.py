"""Following a job as a generator: for long polls, and for servers that keep their sockets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event as Signal
from time import monotonic

from api.relay import Relay, Topic
from shared.events import Event


class Draining(Exception):
    """This process is shutting down; the viewer must resume elsewhere."""


class Waiter:
    """A viewer that sleeps until there may be something new."""

    def __init__(self) -> None:
        self.signal = Signal()

    def wake(self, _topic: Topic) -> None:
        """End the sleep."""
        self.signal.set()


def follow(
    relay: Relay, job_id: str, after_seq: int, heartbeat_s: float, until: float | None = None
) -> Iterator[Sequence[Event]]:
    """Events after `after_seq` in order without gaps, in batches, up to the terminal one.

    An empty batch says that `heartbeat_s` passed in silence. Ends early at `until` (a time of
    `monotonic()`). Raises Draining when the process shuts down, Unavailable when the log can't be
    read.
    """
    seq, waiter = after_seq, Waiter()
    with relay.watch(job_id, waiter) as topic:
        beat = monotonic() + heartbeat_s
        while True:
            waiter.signal.clear()
            events = topic.after(seq) or relay.log.read(job_id, seq)
            if events:
                yield events
                if events[-1].terminal:
                    return
                seq, beat = events[-1].seq, monotonic() + heartbeat_s
                continue
            if relay.draining:
                raise Draining
            now = monotonic()
            if until is not None and now >= until:
                return
            if now >= beat:
                yield ()
                beat = now + heartbeat_s
            waiter.signal.wait((beat if until is None else min(beat, until)) - now)
