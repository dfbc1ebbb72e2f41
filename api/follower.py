"""A cursor over one log that pushes: what is at hand goes out at once, the rest is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import gevent

from api.relay import Relay, Topic
from shared.errors import Unavailable
from shared.event_log import PAGE
from shared.events import Event

#: Pause before a log that could not be read is tried again; its viewers stay.
AGAIN_S = 1.0


class Outlet(Protocol):
    """Where a follower's events go."""

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """Put the next events on the wire; `follower.seq` is the seq before them."""

    def lost(self, follower: Follower) -> None:
        """The followed log is gone, or another one now."""

    @property
    def open(self) -> bool:
        """Whether anything more can be sent."""

    #: Whether it is open and its client has taken all that was sent; `wake` says when it has.
    ready: bool


class Follower:
    """One log, followed for one outlet from `seq` on. Lives in gevent's one thread: no locks.

    A client that is behind is sent nothing: the log keeps it, and it is read when it is due.
    """

    __slots__ = ("outlet", "reading", "relay", "seq", "topic", "unread")

    def __init__(
        self, relay: Relay, outlet: Outlet, log_id: str, after_seq: int, epoch: str
    ) -> None:
        self.relay = relay
        self.outlet = outlet
        self.seq = after_seq
        #: The log may hold more than the topic knows of.
        self.unread = True
        #: A greenlet reads the log; what arrives meanwhile it will find.
        self.reading = True
        self.topic = relay.join(log_id, self, epoch)
        gevent.spawn(self._read)

    def wake(self, topic: Topic) -> None:
        """Send what is at hand; what is not is read from the log."""
        if self.reading or not self.outlet.ready:
            return
        if events := topic.after(self.seq):
            self._send(events)
        elif self.unread or topic.newest > self.seq:
            self.reading = True
            gevent.spawn(self._read)

    def lost(self, _topic: Topic) -> None:
        """Leave it to the outlet."""
        self.outlet.lost(self)

    def leave(self) -> None:
        """Follow no longer."""
        self.relay.leave(self.topic, self)

    def _send(self, events: Sequence[Event]) -> None:
        self.outlet.send(self, events)
        self.seq = events[-1].seq

    def _read(self) -> None:
        """Read up to the log's end, no faster than the client takes it."""
        topic, outlet = self.topic, self.outlet
        topic.subscribed()
        while outlet.ready:
            heard = topic.newest
            try:
                events = self.relay.log.read(topic.job_id, self.seq)
            except Unavailable:
                gevent.sleep(AGAIN_S)
                continue
            if events:
                topic.found(events[-1])
            if events and outlet.open:
                self._send(events)
            if len(events) < PAGE and topic.newest <= max(self.seq, heard):
                self.unread = False
                break
        self.reading = False
