"""A cursor over one log that pushes: what is at hand goes out at once, the rest is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from api.reader import Reader
from api.relay import Relay
from api.topic import Topic
from shared.events import Event


class Outlet(Protocol):
    """Where a follower's events go."""

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """Put the next events on the wire; `follower.seq` is the seq before them."""

    def lost(self, follower: Follower) -> None:
        """The followed log is gone, or another one now."""

    def cut(self) -> None:
        """End it, so that the client resumes."""

    @property
    def open(self) -> bool:
        """Whether anything more can be sent."""

    #: Whether it is open and its client has taken all that was sent; `wake` says when it has.
    ready: bool


class Follower:
    """One log, followed for one outlet from `seq` on. Lives in gevent's one thread: no locks.

    A client that is behind is sent nothing: the log keeps it, and it is read when it is due.
    """

    late = False

    __slots__ = (
        "_heard", "_sure", "outlet", "reader", "reading", "relay", "seq", "topic", "unread",
    )  # fmt: skip

    def __init__(
        self,
        relay: Relay,
        reader: Reader,
        outlet: Outlet,
        log_id: str,
        after_seq: int,
        epoch: str,
    ) -> None:
        self.relay = relay
        self.reader = reader
        self.outlet = outlet
        self.seq = after_seq
        #: The log may hold more than the topic knows of.
        self.unread = True
        #: The log is to be read; what arrives until then will be found.
        self.reading = False
        #: When it was asked for: the newest event known of, and whether the subscription counted,
        #: without which something may be missed that was appended later.
        self._heard, self._sure = -1, False
        self.topic = relay.join(log_id, self, epoch)
        if self.topic.acknowledged:
            self._read()

    def wake(self, topic: Topic) -> None:
        """Send what is at hand; what is not is read from the log."""
        if self.reading or not self.outlet.ready:
            return
        if events := topic.after(self.seq):
            self.outlet.send(self, events)
            self.seq = events[-1].seq
        elif self.unread or topic.newest > self.seq:
            self._read()

    def lost(self, _topic: Topic) -> None:
        """Leave it to the outlet."""
        self.outlet.lost(self)

    def leave(self) -> None:
        """Follow no longer."""
        self.relay.leave(self.topic, self)

    def asks(self) -> tuple[str, int] | None:
        """What to read: nothing while the client is behind, or when it has gone."""
        if not self.outlet.ready:
            self.reading = False
            return None
        self._heard, self._sure = self.topic.newest, self.topic.acknowledged
        return self.topic.job_id, self.seq

    def take(self, lines: list[bytes], limit: int) -> None:
        """Send what was found, and read on up to the log's end, as fast as the client takes it."""
        topic, outlet = self.topic, self.outlet
        events = [Event.parse(line) for line in lines]
        if events:
            topic.found(events[-1])
            if outlet.open:
                outlet.send(self, events)
                self.seq = events[-1].seq
        self.reading = False
        if outlet.ready:
            self.unread = not self._sure
            if len(events) == limit or topic.newest > max(self.seq, self._heard):
                self._read()

    def fail(self) -> None:
        """The log holds what is no event."""
        self.reading = False
        self.outlet.cut()

    def _read(self) -> None:
        self.reading = True
        self.reader.want(self)
