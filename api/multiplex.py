"""One stream per user: all events of all their jobs, under one cursor that can be resumed.

The owner's feed is a log with one event per accepted job, so "a job started later joins" is just
another log to follow. The composite cursor names how far the feed has been read and, for each job
not yet at its end, how far that job has: `<epoch>-<feed seq>` and then `_<feed seq of the
job>.<seq>` for each. A job that is in the feed's read part but not in the cursor has been seen
whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from threading import Event as Signal

from flask import Blueprint, Response

from api import auth, sse
from api.follower import Follower
from api.problems import Problem
from api.relay import Relay, Topic
from api.services import Services, services
from api.stream import last_event_id
from api.writer import HEARTBEAT_S, Channel, HandedOver, Writer
from shared.event_log import EventLog
from shared.events import Event
from shared.jobs import Jobs, feed_of

CURSOR = re.compile(r"([0-9a-f]{8})-(-1|\d{1,9})((?:_\d{1,9}\.(?:-1|\d{1,9}))*)")

blueprint = Blueprint("multiplex", __name__)


@blueprint.get("/api/stream")
def everything() -> Response:
    """All live jobs of the caller; resumes by `Last-Event-ID` or `?last_event_id=`."""
    made = services()
    places = resume_places(made, auth.owner(), last_event_id())
    response = HandedOver(generate(made.relay, places), headers=sse.HEADERS)
    response.over(made.writer, partial(FeedChannel, places=places))
    return response


@dataclass
class Places:
    """How far a viewer has got: in the feed, and in each job (by the job's seq in the feed)."""

    feed_id: str
    epoch: str = ""
    feed_seq: int = -1
    jobs: dict[int, int] = field(default_factory=dict)
    ids: dict[int, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        jobs = "".join(f"_{number}.{seq}" for number, seq in sorted(self.jobs.items()))
        return f"{self.epoch}-{self.feed_seq}{jobs}"

    def joined(self, event: Event) -> str:
        """A job was accepted: its id; from now on it has a place."""
        self.epoch, _, _ = event.id.partition("-")
        self.feed_seq = event.seq
        self.jobs[event.seq] = -1
        self.ids[event.seq] = task_id = event.message["data"]["task_id"]
        return str(task_id)

    def opening(self) -> bytes:
        """The first bytes: let the headers leave, and name the jobs whose logs are gone."""
        told = [b'data: {"task_id":"%b","message":null}\n\n' % name.encode() for name in self.gone]
        return sse.OPENED + b"".join(told)

    def frame(self, number: int, event: Event) -> bytes:
        """One event of job `number` on the wire: whose it is, and the message as it is stored."""
        self.jobs[number] = event.seq
        if event.terminal:
            del self.jobs[number]
        task_id = self.ids[number].encode()
        data = b'{"task_id":"%b","message":%b}' % (task_id, event.raw)
        return b"id: %b\ndata: %b\n\n" % (str(self).encode(), data)


def resume_places(made: Services, owner: str, text: str) -> Places:
    """Where to go on: after a cursor, or with the jobs that are live now.

    Raises Problem 400 for something that is no cursor. A cursor of a feed that is gone is as
    none.
    """
    found = CURSOR.fullmatch(text)
    if text and not found:
        raise Problem(HTTPStatus.BAD_REQUEST, f"'{text[:80]}' is not a cursor of this stream")
    places, events = Places(feed_of(owner)), read_whole(made.log, feed_of(owner))
    known = found if found and events and events[0].id.startswith(found[1] + "-") else None
    for event in events:
        if known is None or event.seq <= int(known[2]):
            places.joined(event)
    if known is not None:
        seen = dict(part.split(".") for part in known[3].split("_")[1:])
        places.jobs = {int(n): int(seq) for n, seq in seen.items() if int(n) in places.ids}
    forget(places, made.jobs, also_final=known is None)
    return places


def read_whole(log: EventLog, log_id: str) -> list[Event]:
    """A log from its start to its present end."""
    events: list[Event] = []
    while page := log.read(log_id, len(events) - 1):
        events += page
    return events


def forget(places: Places, jobs: Jobs, *, also_final: bool) -> None:
    """Drop jobs whose logs are gone; a viewer that knew them is told so.

    Drop those that have ended, too, for a viewer without a cursor: it learns of them elsewhere.
    """
    states = jobs.states([places.ids[number] for number in places.jobs])
    for number, state in zip(tuple(places.jobs), states, strict=True):
        if state is None and not also_final:
            places.gone.append(places.ids[number])
        if state is None or (also_final and state.final):
            del places.jobs[number]


class FeedChannel(Channel):
    """The feed and every job in it, over one socket; ends only by being cut."""

    __slots__ = ("followers", "places")

    def __init__(
        self, writer: Writer, descriptor: int, on_close: Callable[[], None], places: Places
    ) -> None:
        super().__init__(writer, descriptor, on_close)
        self.places = places
        #: Follower of each job -> the job's number; the feed's own has none.
        self.followers: dict[Follower, int | None] = {}

    def begin(self) -> None:
        """Follow the feed, and the jobs that are not at their end."""
        self.write(sse.chunk(self.places.opening()))
        for number, seq in tuple(self.places.jobs.items()):
            self._follow(self.places.ids[number], seq, number)
        self._follow(self.places.feed_id, self.places.feed_seq, None)

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """Jobs' events go out; the feed's make new followers."""
        if follower not in self.followers:
            return  # left while its topic was waking everybody
        number = self.followers[follower]
        if number is None:
            for event in events:
                self._follow(self.places.joined(event), -1, event.seq)
            return
        frames = [self.places.frame(number, event) for event in events]
        self.write(sse.chunk(b"".join(frames)))
        if events[-1].terminal:
            follower.leave()
            self.followers.pop(follower, None)

    def beat(self) -> bytes:
        """A comment."""
        return sse.chunk(sse.HEARTBEAT)

    def left(self) -> None:
        """Stop following."""
        for follower in self.followers:
            follower.leave()
        self.followers.clear()

    def _follow(self, log_id: str, seq: int, number: int | None) -> None:
        if self.open:
            self.followers[Follower(self.writer.relay, self, log_id, seq)] = number


class Waiter:
    """A viewer of several logs that sleeps until one may have something new."""

    def __init__(self) -> None:
        self.signal = Signal()

    def wake(self, _topic: Topic) -> None:
        """End the sleep."""
        self.signal.set()


def generate(relay: Relay, places: Places) -> Iterator[bytes]:
    """The same stream as a generator, for servers that keep their sockets."""
    yield places.opening()
    waiter = Waiter()
    topics: dict[str, Topic] = {}
    try:
        while not relay.draining:
            waiter.signal.clear()
            wanted = {places.feed_id, *(places.ids[number] for number in places.jobs)}
            for log_id in wanted - topics.keys():
                topics[log_id] = relay.join(log_id, waiter)
                topics[log_id].subscribed.wait(1.0)
            for log_id in topics.keys() - wanted:
                relay.leave(topics.pop(log_id), waiter)
            for event in relay.log.read(places.feed_id, places.feed_seq):
                places.joined(event)
                waiter.signal.set()
            body = b"".join(ready(relay, places))
            if body:
                yield body
            elif not waiter.signal.wait(HEARTBEAT_S):
                yield sse.HEARTBEAT
        raise ConnectionAbortedError("this process is shutting down")
    finally:
        for topic in topics.values():
            relay.leave(topic, waiter)


def ready(relay: Relay, places: Places) -> Iterator[bytes]:
    """The frames of all events that the logs hold beyond the places."""
    for number, seq in tuple(places.jobs.items()):
        for event in relay.log.read(places.ids[number], seq):
            yield places.frame(number, event)
