"""The relay: knows which jobs are watched, and wakes their viewers when their logs grow.

One pub/sub connection serves the process. A viewer is a cursor: what pub/sub brought is used only
when it is the next event, otherwise the viewer reads the log from its cursor; and every few
seconds the relay compares the length of each watched log with what it heard. So a lost message, or
a dead subscription, costs latency, never data.

How a viewer gets its bytes is not decided here: `api/follow.py` is a generator for any WSGI
server, `api/writer.py` writes to sockets that gunicorn handed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from shared.subscription import Batch, Subscription

#: How often the length of every watched log is compared with what was heard of it.
HEAL_S = 2.0
#: Logs compared in one call, so that a call stays short.
HEAL_BATCH = 200
#: How long a new topic waits for the subscription's acknowledgement; past it, healing helps.
ACKNOWLEDGE_S = 1.0
#: Events a topic keeps at hand for its viewers; who needs older ones reads the log.
TAIL = 64

log = structlog.get_logger("relay")


class Viewer(Protocol):
    """Somebody watching one job."""

    def wake(self, topic: Topic) -> None:
        """There may be something new; called from the relay's thread, must be quick."""


class Topic:
    """One watched job: the newest events, and who waits for more.

    `newest` is the highest seq known to exist, heard or found; -1 before any.
    """

    def __init__(self, job_id: str) -> None:
        self.job_id = job_id
        self.subscribed = Signal()
        self.newest = -1
        self.viewers: set[Viewer] = set()
        self._tail: tuple[Event, ...] = ()
        self._joined: dict[int, bytes] = {}
        self._fresh = False

    def put(self, events: list[Event]) -> None:
        """Events arrived; after a gap only they are at hand, and viewers read the log."""
        follows = self._tail and events[0].seq == self._tail[-1].seq + 1
        self._tail = (self._tail + tuple(events) if follows else tuple(events))[-TAIL:]
        self._joined = {}
        self._fresh = True
        self.newest = max(self.newest, events[-1].seq)

    def wake(self) -> None:
        """Have every viewer look."""
        for viewer in tuple(self.viewers):
            viewer.wake(self)

    def after(self, seq: int) -> tuple[Event, ...]:
        """The events after `seq`, if the next one is at hand; else none."""
        tail = self._tail
        if not tail or tail[-1].seq <= seq:
            return ()
        skip = seq + 1 - tail[0].seq
        return tail[skip:] if skip >= 0 else ()

    def frames(self, seq: int, events: Sequence[Event]) -> bytes:
        """The frames of the events after `seq`, joined once for all viewers that are there."""
        if not self._tail or events[-1] is not self._tail[-1]:
            return b"".join([event.frame for event in events])
        joined = self._joined.get(seq)
        if joined is None:
            joined = self._joined[seq] = b"".join([event.frame for event in events])
        return joined

    def rest(self) -> None:
        """Let go of what is at hand if nothing has come since the last time this was called."""
        if not self._fresh:
            self._tail, self._joined = (), {}
        self._fresh = False


class Relay:
    """All watched jobs of one process."""

    def __init__(self, event_log: EventLog, settings: Settings) -> None:
        self.log = event_log
        self.draining = False
        self._lock = Lock()
        self._topics: dict[str, Topic] = {}
        self._subscription = Subscription(settings, self._arrived, self._acknowledged)
        self._stop = Signal()
        self._healer: Thread | None = None

    def join(self, job_id: str, viewer: Viewer) -> Topic:
        """Watch a job; await `topic.subscribed`, then read: the other order has a hole."""
        channel = keys.LIVE % job_id
        with self._lock:
            topic = self._topics.get(channel)
            if topic is None:
                topic = self._topics[channel] = Topic(job_id)
                self._subscription.add(channel)
            topic.viewers.add(viewer)
            if self._healer is None:
                self._healer = Thread(target=self._heal, name="healer", daemon=True)
                self._healer.start()
        return topic

    def leave(self, topic: Topic, viewer: Viewer) -> None:
        """Stop watching; the last one out unsubscribes."""
        channel = keys.LIVE % topic.job_id
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
            topic.subscribed.wait(ACKNOWLEDGE_S)
            yield topic
        finally:
            self.leave(topic, viewer)

    def drain(self) -> None:
        """This process is shutting down: wake every viewer, to end and resume elsewhere."""
        self.draining = True
        self._stop.set()
        for topic in tuple(self._topics.values()):
            topic.wake()
        self._subscription.close()

    def _arrived(self, batch: Batch) -> None:
        for channel, payloads in batch.items():
            topic = self._topics.get(channel)
            if topic is None:
                continue
            lines = b"\n".join(payloads).split(b"\n")
            topic.put([Event.parse(line) for line in lines])
            topic.wake()

    def _acknowledged(self, channels: Sequence[str]) -> None:
        """(Re)subscribed: whatever was published before is not coming, so all must look."""
        topics = [topic for name in channels if (topic := self._topics.get(name)) is not None]
        for topic in topics:
            topic.subscribed.set()
        self._compare(topics)

    def _heal(self) -> None:
        while not self._stop.wait(HEAL_S):
            topics = tuple(self._topics.values())
            for start in range(0, len(topics), HEAL_BATCH):
                self._compare(topics[start : start + HEAL_BATCH])
            for topic in topics:
                topic.rest()

    def _compare(self, topics: Sequence[Topic]) -> None:
        """Wake the viewers of logs that are longer than what was heard of them."""
        try:
            lengths = self.log.lengths([topic.job_id for topic in topics])
        except Unavailable:
            return
        for topic, length in zip(topics, lengths, strict=True):
            if length - 1 > topic.newest:
                topic.newest = length - 1
                topic.wake()
