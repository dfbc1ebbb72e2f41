"""One watched job, as its viewers see it: what was heard last, and who waits for more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event as Signal
from typing import Protocol

from shared.events import Event

#: How long a new topic waits for the subscription's acknowledgement; past it, healing helps.
ACKNOWLEDGE_S = 1.0


class Viewer(Protocol):
    """Somebody watching one job. Called where the relay hears, so both must be quick."""

    #: Whether it takes what is at hand only after `wake` has returned.
    late: bool

    def wake(self, topic: Topic) -> None:
        """There may be something new."""

    def lost(self, topic: Topic) -> None:
        """The log is gone, or another stands in its place; said again until the viewer leaves."""


#: Makes the bytes that carry some events over one transport.
Encode = Callable[[Sequence[Event]], bytes]


class Topic:
    """One watched job: what was heard last, and who waits for more.

    `newest` is the highest seq known to exist, heard or found; -1 before any. `news` are the
    events that came last, at hand for viewers who are next to them, from seq `first` on (-1: none);
    who needs others reads the log. They are let go as soon as nobody is late who may take them.
    """

    __slots__ = (
        "_audience",
        "_encoded",
        "_fresh",
        "_late",
        "_subscribing",
        "acknowledged",
        "epoch",
        "first",
        "job_id",
        "newest",
        "news",
        "viewers",
    )

    def __init__(self, job_id: str, epoch: bytes) -> None:
        self.job_id = job_id
        self.epoch = epoch
        self.newest = -1
        self.viewers: set[Viewer] = set()
        #: The same to wake them in turn, None when it must be made anew; whether any is late.
        self._audience: tuple[Viewer, ...] | None = None
        self._late = False
        #: Whether the subscription counts, and the threads that wait for it.
        self.acknowledged = False
        self._subscribing: list[Signal] = []
        self.first = -1
        self.news: Sequence[Event] = ()
        self._encoded: dict[Encode, bytes] | None = None
        self._fresh = False

    def enter(self, viewer: Viewer) -> None:
        """Somebody watches."""
        self.viewers.add(viewer)
        self._audience = None

    def leave(self, viewer: Viewer) -> None:
        """Somebody watches no more."""
        self.viewers.discard(viewer)
        self._audience = None

    def acknowledge(self) -> bool:
        """The subscription counts from now on; whether it did before."""
        before, self.acknowledged = self.acknowledged, True
        while self._subscribing:
            self._subscribing.pop().set()
        if not before:
            self.wake()
        return before

    def subscribed(self) -> None:
        """Wait for the acknowledgement; past a second, healing finds what was missed."""
        if self.acknowledged:
            return
        signal = Signal()
        self._subscribing.append(signal)
        if not self.acknowledged:  # it may have come since
            signal.wait(ACKNOWLEDGE_S)

    def put(self, events: Sequence[Event]) -> None:
        """Events arrived, in the order in which they were appended."""
        _, _, epoch, newest, _ = events[-1]
        first = newest
        if len(events) > 1:
            first = events[0].seq
            if newest - first >= len(events) or events[0].epoch != epoch:
                events, first = events[-1:], newest  # one between was lost: the log has it
        if epoch != self.epoch:
            self._become(epoch)
        self.news, self.first, self._encoded = events, first, None
        self._fresh = True
        if newest > self.newest:  # noqa: PLR1730 - that would be one more call
            self.newest = newest
        self.wake()
        if not self._late:
            self._forget()

    def found(self, last: Event) -> None:
        """The log was read, up to this event."""
        if last.epoch != self.epoch:
            self._become(last.epoch)
        self.grown(last.seq)

    def grown(self, newest: int) -> None:
        """The log reaches up to `newest`: if that was not known, have every viewer look."""
        if newest > self.newest:
            self.newest = newest
            self.wake()

    def gone(self) -> None:
        """There is no such log any more."""
        self._become(b"")

    def _become(self, epoch: bytes) -> None:
        """Another log stands under this name now, or none (b""): tell who knew an earlier one."""
        known, self.epoch = self.epoch, epoch
        if known or not epoch:
            self.newest = -1
            self._forget()
            for viewer in tuple(self.viewers):
                viewer.lost(self)

    def wake(self) -> None:
        """Have every viewer look."""
        audience = self._audience
        if audience is None:
            audience = self._audience = tuple(self.viewers)
            self._late = any(viewer.late for viewer in audience)
        for viewer in audience:
            viewer.wake(self)

    def after(self, seq: int) -> Sequence[Event]:
        """The events after `seq`, if the next one is at hand; else none."""
        news, first = self.news, self.first
        if first == seq + 1:
            return news
        return news[seq + 1 - first :] if 0 <= first <= seq else ()

    def encoded(self, events: Sequence[Event], encode: Encode) -> bytes:
        """`encode(events)`, done once for all viewers of what came last."""
        if len(self.viewers) < 2 or events is not self.news:
            return encode(events)
        if self._encoded is None:
            self._encoded = {}
        data = self._encoded.get(encode)
        if data is None:
            data = self._encoded[encode] = encode(events)
        return data

    def silent(self) -> bool:
        """Whether nothing has come since the last time this was asked: then let go of the news."""
        fresh, self._fresh = self._fresh, False
        if not fresh:
            self._forget()
        return not fresh

    def _forget(self) -> None:
        self.news, self.first, self._encoded = (), -1, None
