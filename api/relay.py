"""The relay: knows which jobs are watched, and wakes their viewers when their logs grow.

One pub/sub connection serves the process. A viewer is a cursor: what pub/sub brought is used only
when it is the next event, otherwise the viewer reads the log from its cursor; and every second the
relay compares the lengths of watched logs that were silent with what it heard. So a lost message,
or a dead subscription, costs latency, never data.

How a viewer gets its bytes is not decided here: `api/follow.py` is a generator for any WSGI
server, `api/writer.py` writes to sockets that gunicorn handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from threading import Event as Signal
from threading import Lock, Thread

import structlog

from api.topic import Topic, Viewer
from shared import keys
from shared.errors import Unavailable
from shared.event_log import EventLog
from shared.events import Event
from shared.settings import Settings
from shared.subscription import Batch, Ear, Subscription

#: How often watched logs are looked at, and how many at a time: ten thousand within twenty seconds.
#: The lengths of those of which nothing was heard since the last look are compared.
HEAL_S = 1.0
HEAL_MOST = 500
#: Logs compared in one call, so that a call stays short.
HEAL_BATCH = 250

log = structlog.get_logger("relay")


class Relay:
    """All watched jobs of one process."""

    def __init__(self, event_log: EventLog, settings: Settings, ear: Ear | None = None) -> None:
        self.log = event_log
        self.draining = False
        #: Whether viewers are being handed what one read brought; called when they all have been.
        self.handing = False
        self.handed: Callable[[], None] = _nothing
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
            topic.enter(viewer)
            if self._healer is None:
                self._healer = Thread(target=self._heal, name="healer", daemon=True)
                self._healer.start()
        return topic

    def leave(self, topic: Topic, viewer: Viewer) -> None:
        """Stop watching; the last one out unsubscribes."""
        channel = _channel(topic.job_id)
        with self._lock:
            topic.leave(viewer)
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
        self.handing = True
        try:
            self._hand(batch)
        finally:
            self.handing = False
            self.handed()

    def _hand(self, batch: Batch) -> None:
        find, parse = self._topics.get, Event.parse
        for channel, payloads in batch.items():
            topic = find(channel)
            if topic is None:
                continue
            events: list[Event] = []
            try:
                for lines in payloads:
                    for line in lines.split(b"\n"):
                        events.append(parse(line))  # noqa: PERF401 - that would be one more call
                topic.put(events)
            except ValueError as error:
                log.warning("ignored what is no event", channel=channel, error=str(error))

    def _acknowledged(self, channels: Sequence[bytes]) -> None:
        """Subscribed; if again, what was published in between is not coming: look for it."""
        topics = [topic for name in channels if (topic := self._topics.get(name)) is not None]
        again = [topic.acknowledge() for topic in topics]
        if any(again):
            self._look.set()

    def _heal(self) -> None:
        due: Iterator[Topic] = iter(())
        while not self.draining:
            missed = self._look.wait(HEAL_S)
            self._look.clear()
            some = [] if missed else list(islice(due, HEAL_MOST))
            if not some:
                due = iter(list(self._topics.values()))
                some = list(islice(due, None if missed else HEAL_MOST))
            topics = [topic for topic in some if topic.silent() or missed]
            for start in range(0, len(topics), HEAL_BATCH):
                self._compare(topics[start : start + HEAL_BATCH])

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
            elif length - 1 > known[0]:
                topic.grown(length - 1)


def _nothing() -> None:
    """Nobody wants to know."""


def _channel(job_id: str) -> bytes:
    return (keys.LIVE % job_id).encode()
