"""The relay: carries events from logs to connected viewers; replay, then follow.

One pub/sub connection serves the process. A viewer is a cursor: what pub/sub brought is used
only when it is the next event, otherwise the log is read from the cursor, and a slow tick reads
logs that have been silent. So a lost message, or a dead subscription, costs latency, never data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Signal
from threading import Lock
from time import monotonic

from shared import keys
from shared.event_log import EventLog
from shared.events import Event
from shared.settings import Settings
from shared.subscription import Subscription

#: A silent log is read again this often, whatever pub/sub says.
TICK_S = 1.0
#: How long a new topic waits for the subscription's acknowledgement; past it the tick heals.
ACKNOWLEDGE_S = 1.0
#: Events a topic keeps at hand for its viewers; who needs older ones reads the log.
TAIL = 64


class Draining(Exception):
    """This process is shutting down; the viewer must resume elsewhere."""


class Topic:
    """One job somebody watches: the newest events, and who waits for more."""

    def __init__(self) -> None:
        self.subscribed = Signal()
        self._tail: tuple[Event, ...] = ()
        self._viewers: set[Signal] = set()

    def add(self, viewer: Signal) -> None:
        """A viewer's signal is set whenever there may be something new."""
        self._viewers.add(viewer)

    def remove(self, viewer: Signal) -> bool:
        """Forget a viewer; True when it was the last."""
        self._viewers.discard(viewer)
        return not self._viewers

    def put(self, events: list[Event]) -> None:
        """Events arrived; a gap before them empties the tail, so that viewers read the log."""
        follows = self._tail and events[0].seq == self._tail[-1].seq + 1
        self._tail = (self._tail + tuple(events) if follows else tuple(events))[-TAIL:]
        self.wake()

    def wake(self) -> None:
        """Have every viewer look."""
        for viewer in tuple(self._viewers):
            viewer.set()

    def after(self, seq: int) -> list[Event]:
        """The events after `seq`, if the next one is at hand; else none."""
        tail = self._tail
        if not tail or tail[0].seq > seq + 1:
            return []
        return [event for event in tail if event.seq > seq]


class Relay:
    """All viewers of one process."""

    def __init__(self, log: EventLog, settings: Settings) -> None:
        self._log = log
        self._lock = Lock()
        self._topics: dict[str, Topic] = {}
        self._draining = False
        self._subscription = Subscription(settings, self._arrived, self._acknowledged)

    def follow(
        self, job_id: str, after_seq: int, heartbeat_s: float, until: float | None = None
    ) -> Iterator[list[Event]]:
        """Events after `after_seq` in order without gaps, in batches, up to the terminal one.

        An empty batch says that `heartbeat_s` passed in silence. Ends early at `until` (a time of
        `monotonic()`). Raises Draining when the process shuts down, Unavailable when the log can't
        be read.
        """
        seq, silent_since = after_seq, monotonic()
        with self._watch(job_id) as (topic, signal):
            while True:
                signal.clear()
                events = topic.after(seq) or self._log.read(job_id, seq)
                if events:
                    yield events
                    if events[-1].terminal:
                        return
                    seq, silent_since = events[-1].seq, monotonic()
                    continue
                if self._draining:
                    raise Draining
                if until is not None and monotonic() >= until:
                    return
                if monotonic() - silent_since >= heartbeat_s:
                    yield []
                    silent_since = monotonic()
                signal.wait(TICK_S if until is None else min(TICK_S, until - monotonic()))

    def drain(self) -> None:
        """End every stream, so that its viewer resumes elsewhere."""
        self._draining = True
        with self._lock:
            topics = list(self._topics.values())
        for topic in topics:
            topic.wake()
        self._subscription.close()

    @contextmanager
    def _watch(self, job_id: str) -> Iterator[tuple[Topic, Signal]]:
        """Subscribe first, await the acknowledgement, then read: the other order has a hole."""
        channel, signal = keys.LIVE % job_id, Signal()
        with self._lock:
            topic = self._topics.get(channel)
            if topic is None:
                topic = self._topics[channel] = Topic()
                self._subscription.add(channel)
            topic.add(signal)
        try:
            topic.subscribed.wait(ACKNOWLEDGE_S)
            yield topic, signal
        finally:
            with self._lock:
                if topic.remove(signal):
                    del self._topics[channel]
                    self._subscription.remove(channel)

    def _arrived(self, channel: str, payload: bytes) -> None:
        topic = self._topics.get(channel)
        if topic is not None:
            topic.put([Event.parse(line) for line in payload.split(b"\n")])

    def _acknowledged(self, channel: str) -> None:
        """(Re)subscribed: whatever was published before is not coming, so all must look."""
        topic = self._topics.get(channel)
        if topic is not None:
            topic.subscribed.set()
            topic.wake()
