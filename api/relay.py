"""The relay: knows which jobs are watched, and wakes their viewers when their logs grow.

One pub/sub connection serves the process. A viewer is a cursor: what pub/sub brought is used only
when it is the next event, otherwise the viewer reads the log from its cursor; and every few
seconds the relay compares the length of each watched log with what it heard. So a lost message, or
a dead subscription, costs latency, never data.

How a viewer gets its bytes is not decided here: `api/follow.py` is a generator for any WSGI
server, `api/writer.py` writes to sockets that gunicorn handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event as Signal
from threading import Lock, Thread
from typing import Protocol

import structlog

from shared import keys
from shared.errors import Unavailable
from shared.event_log import EventLog
from shared.events import Event
from shared.settings import Settings
from shared.subscription import Batch, Ear, Subscription

#: How often the lengths of watched logs are compared with what was heard of them, and of how many
#: at a time: of a thousand each time, of ten thousand within twenty seconds.
HEAL_S = 2.0
HEAL_MOST = 1_000
#: Logs compared in one call, so that a call stays short.
HEAL_BATCH = 200
#: How long a new topic waits for the subscription's acknowledgement; past it, healing helps.
ACKNOWLEDGE_S = 1.0

log = structlog.get_logger("relay")


class Viewer(Protocol):
    """Somebody watching one job. Called where the relay hears, so both must be quick."""

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
    who needs others reads the log.
    """

    __slots__ = (
        "_encoded",
        "_fresh",
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
        #: Whether the subscription counts, and the threads that wait for it.
        self.acknowledged = False
        self._subscribing: list[Signal] = []
        self.first = -1
        self.news: tuple[Event, ...] = ()
        self._encoded: dict[Encode, bytes] | None = None
        self._fresh = False

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

    def put(self, events: tuple[Event, ...]) -> None:
        """Events arrived, in the order in which they were appended."""
        last = events[-1]
        if len(events) > 1:
            first = events[0]
            if last.seq - first.seq >= len(events) or last.epoch != first.epoch:
                events = events[-1:]  # something between them was lost: the log has it
        if last.epoch != self.epoch:
            self._become(last.epoch)
        self.news, self.first, self._encoded = events, events[0].seq, None
        self._fresh = True
        self.newest = max(self.newest, last.seq)
        self.wake()

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
        for viewer in tuple(self.viewers):
            viewer.wake(self)

    def after(self, seq: int) -> tuple[Event, ...]:
        """The events after `seq`, if the next one is at hand; else none."""
        news, first = self.news, self.first
        if first == seq + 1:
            return news
        return news[seq + 1 - first :] if 0 <= first <= seq else ()

    def encoded(self, events: Sequence[Event], encode: Encode) -> bytes:
        """`encode(events)`, done once for all viewers of what came last."""
        if events is not self.news or len(self.viewers) < 2:
            return encode(events)
        if self._encoded is None:
            self._encoded = {}
        data = self._encoded.get(encode)
        if data is None:
            data = self._encoded[encode] = encode(events)
        return data

    def rest(self) -> None:
        """Let go of what is at hand if nothing has come since the last time this was called."""
        if not self._fresh:
            self._forget()
        self._fresh = False

    def _forget(self) -> None:
        self.news, self.first, self._encoded = (), -1, None


class Relay:
    """All watched jobs of one process."""

    def __init__(self, event_log: EventLog, settings: Settings, ear: Ear | None = None) -> None:
        self.log = event_log
        self.draining = False
        self._lock = Lock()
        #: By the name of their channels.
        self._topics: dict[bytes, Topic] = {}
        self._subscription = Subscription(settings, self._arrived, self._acknowledged, ear)
        self._look = Signal()
        self._healer: Thread | None = None

    def join(self, job_id: str, viewer: Viewer, epoch: str = "") -> Topic:
        """Watch a job; when it is `acknowledged`, read: the other order has a hole.

        `epoch` is that of the log the viewer knows, "" for none.
        """
        channel = _channel(job_id)
        with self._lock:
            topic = self._topics.get(channel)
            if topic is None:
                topic = self._topics[channel] = Topic(job_id, epoch.encode())
                self._subscription.add(channel)
            elif not topic.epoch:
                topic.epoch = epoch.encode()
            topic.viewers.add(viewer)
            if self._healer is None:
                self._healer = Thread(target=self._heal, name="healer", daemon=True)
                self._healer.start()
        return topic

    def leave(self, topic: Topic, viewer: Viewer) -> None:
        """Stop watching; the last one out unsubscribes."""
        channel = _channel(topic.job_id)
        with self._lock:
            topic.viewers.discard(viewer)
            if not topic.viewers and self._topics.get(channel) is topic:
                del self._topics[channel]
                self._subscription.remove(channel)

    @contextmanager
    def watch(self, job_id: str, viewer: Viewer) -> Iterator[Topic]:
        """Watch a job while the block runs, its subscription acknowledged."""
        topic = self.join(job_id, viewer)
        try:
            topic.subscribed()
            yield topic
        finally:
            self.leave(topic, viewer)

    def drain(self) -> None:
        """This process is shutting down: wake every viewer, to end and resume elsewhere."""
        self.draining = True
        self._look.set()
        for topic in tuple(self._topics.values()):
            topic.wake()
        self._subscription.close()

    def _arrived(self, batch: Batch) -> None:
        find, parse = self._topics.get, Event.parse
        for channel, payloads in batch.items():
            topic = find(channel)
            if topic is None:
                continue
            appended = payloads[0] if len(payloads) == 1 else b"\n".join(payloads)
            try:
                topic.put(tuple([parse(line) for line in appended.split(b"\n")]))
            except ValueError as error:
                log.warning("ignored what is no event", channel=channel, error=str(error))

    def _acknowledged(self, channels: Sequence[bytes]) -> None:
        """Subscribed; if again, what was published in between is not coming: look for it."""
        topics = [topic for name in channels if (topic := self._topics.get(name)) is not None]
        again = [topic.acknowledge() for topic in topics]
        if any(again):
            self._look.set()

    def _heal(self) -> None:
        due: list[Topic] = []
        while not self.draining:
            missed = self._look.wait(HEAL_S)
            self._look.clear()
            if missed or not due:
                due = list(self._topics.values())
            most = len(due) if missed else HEAL_MOST
            topics, due = due[:most], due[most:]
            for start in range(0, len(topics), HEAL_BATCH):
                self._compare(topics[start : start + HEAL_BATCH])
            for topic in topics:
                topic.rest()

    def _compare(self, topics: Sequence[Topic]) -> None:
        """Find the logs that are longer than what was heard of them; whatever fails, go on."""
        try:
            self._find_missed(topics)
        except Unavailable:
            return
        except Exception:  # one log's failure is not another's: which one is it?
            if len(topics) == 1:
                log.exception("a log could not be compared", job=topics[0].job_id)
            else:
                for topic in topics:
                    self._compare([topic])

    def _find_missed(self, topics: Sequence[Topic]) -> None:
        """Compare, and tell the viewers.

        One that is shorter than what had been heard before the question was asked is another. One
        that was not there, but of which something was learnt in the meantime, has just begun.
        """
        heard = [(topic.newest, topic.epoch) for topic in topics]
        lengths = self.log.lengths([topic.job_id for topic in topics])
        for topic, known, length in zip(topics, heard, lengths, strict=True):
            if length - 1 < known[0] or (length == 0 and (topic.newest, topic.epoch) == known):
                topic.gone()
            elif length:
                topic.grown(length - 1)


def _channel(job_id: str) -> bytes:
    return (keys.LIVE % job_id).encode()
