"""A cursor over one log that pushes: what is at hand goes out at once, the rest is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import gevent

from api.relay import ACKNOWLEDGE_S, Relay, Topic
from shared.errors import Unavailable
from shared.events import Event


class Outlet(Protocol):
    """Where a follower's events go."""

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """Put the next events on the wire; `follower.seq` is the seq before them."""

    def cut(self) -> None:
        """Close as it stands."""

    @property
    def open(self) -> bool:
        """Whether anything more can be sent."""

    @property
    def behind(self) -> bool:
        """Whether the client has not yet taken what was sent."""


class Follower:
    """One log, followed for one outlet from `seq` on. Lives in gevent's one thread: no locks."""

    __slots__ = ("outlet", "reading", "relay", "seq", "topic")

    def __init__(self, relay: Relay, outlet: Outlet, log_id: str, after_seq: int) -> None:
        self.relay = relay
        self.outlet = outlet
        self.seq = after_seq
        #: A greenlet reads the log; what arrives meanwhile it will find there.
        self.reading = True
        self.topic = relay.join(log_id, self)
        gevent.spawn(self._replay)

    def wake(self, topic: Topic) -> None:
        """Send what is at hand; what is not is read from the log."""
        if self.relay.draining:
            self.outlet.cut()
        elif self.reading or not self.outlet.open:
            return
        elif events := topic.after(self.seq):
            self._send(events)
        elif topic.newest > self.seq:
            self.reading = True
            gevent.spawn(self._replay)

    def leave(self) -> None:
        """Follow no longer."""
        self.relay.leave(self.topic, self)

    def _send(self, events: Sequence[Event]) -> None:
        self.outlet.send(self, events)
        self.seq = events[-1].seq

    def _replay(self) -> None:
        """Read the log up to its end, no faster than the client takes it."""
        self.topic.subscribed.wait(ACKNOWLEDGE_S)
        try:
            while self.outlet.open:
                events = self.relay.log.read(self.topic.job_id, self.seq)
                if not events:
                    break
                self._send(events)
                while self.outlet.behind and self.outlet.open:
                    gevent.sleep(0.02)
        except Unavailable:
            self.outlet.cut()
        self.reading = False
        if self.topic.newest > self.seq:
            self.wake(self.topic)
