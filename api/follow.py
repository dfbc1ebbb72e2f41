"""Following a job as a generator: for long polls, and for servers that keep their sockets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event as Signal
from time import monotonic

from api.relay import Relay, Topic
from shared.errors import Unavailable
from shared.events import Event

#: Pause before a log that could not be read is tried again; its viewers stay.
AGAIN_S = 1.0


class Draining(Exception):
    """This process is shutting down; the viewer must resume elsewhere."""


class Gone(Exception):
    """The followed log is gone, or another one now."""


class Waiter:
    """A viewer that sleeps until there may be something new."""

    def __init__(self) -> None:
        self._signal = Signal()
        #: Ids of the logs that are gone.
        self.gone: set[str] = set()

    def wake(self, _topic: Topic) -> None:
        """There may be something new."""
        self.ring()

    def lost(self, topic: Topic) -> None:
        """There is bad news."""
        self.gone.add(topic.job_id)
        self.ring()

    def ring(self) -> None:
        """End the sleep."""
        self._signal.set()

    def sleep(self, seconds: float) -> bool:
        """Until woken, or the time has passed (False)."""
        woken = self._signal.wait(seconds)
        self._signal.clear()
        return woken


def follow(
    relay: Relay, job_id: str, after_seq: int, heartbeat_s: float, waiter: Waiter | None = None
) -> Iterator[Sequence[Event]]:
    """Events after `after_seq` in order without gaps, in batches, up to the terminal one.

    An empty batch says that `heartbeat_s` passed in silence. Raises Gone when the log goes, and
    Draining when the process shuts down.
    """
    seq, waiter = after_seq, waiter or Waiter()
    with relay.watch(job_id, waiter) as topic:
        beat = monotonic() + heartbeat_s
        while True:
            try:
                events = topic.after(seq) or relay.log.read(job_id, seq)
            except Unavailable:
                events = ()
                waiter.sleep(AGAIN_S)
            if events:
                yield events
                if events[-1].terminal:
                    return
                seq, beat = events[-1].seq, monotonic() + heartbeat_s
                continue
            if waiter.gone:
                raise Gone
            if relay.draining:
                raise Draining
            if monotonic() >= beat:
                yield ()
                beat = monotonic() + heartbeat_s
            waiter.sleep(max(0.0, beat - monotonic()))


def wait_for_more(relay: Relay, job_id: str, after_seq: int, wait_s: float) -> None:
    """Return when the log has something after `after_seq`, or the time has passed, or both may be.

    Raises Unavailable when the log can't be read.
    """
    until, waiter = monotonic() + wait_s, Waiter()
    with relay.watch(job_id, waiter) as topic:
        while not relay.draining and not waiter.gone:
            if topic.newest > after_seq or relay.log.lengths([job_id])[0] - 1 > after_seq:
                return
            if not waiter.sleep(max(0.0, until - monotonic())):
                return
