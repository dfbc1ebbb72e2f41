"""One stream per user: all events of all their jobs, under one cursor that can be resumed.

The owner's feed is a log with one event per accepted job, so "a job started later joins" is just
another log to follow. The composite cursor names how far the feed has been read and, for each job
not yet at its end, how far that job has: `<epoch>-<feed seq>` and then `_<feed seq of the
job>.<seq>` for each. A job that is in the feed's read part but not in the cursor has been seen
whole. So that a cursor stays short, only so many jobs are followed at a time; those accepted later
follow as earlier ones end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, Response, request

from api import auth, sse
from api.channel import Channel, Done
from api.follow import AGAIN_S, Draining, Gone, Waiter, waiter_at
from api.follower import Follower
from api.handover import HandedOver
from api.places import Places, resume_places
from api.relay import Relay
from api.services import services
from api.stream import last_event_id
from api.topic import Topic
from api.writer import HEARTBEAT_S, Writer
from shared.errors import Unavailable
from shared.events import Event

blueprint = Blueprint("multiplex", __name__)


@blueprint.get("/api/stream")
def everything() -> Response:
    """All live jobs of the caller; resumes by `Last-Event-ID` or `?last_event_id=`."""
    made, owner = services(), auth.owner()
    places = resume_places(made.log, made.jobs, owner, last_event_id())
    response = HandedOver(generate(made.relay, places, request.environ), headers=sse.HEADERS)
    response.over(made.writer, partial(FeedChannel, places=places))
    response.when_done(made.open_streams.enter(owner))
    return response


class FeedChannel(Channel):
    """The feed and every job in it, over one socket; ends only by being cut."""

    __slots__ = ("feed", "followers", "places", "waiting")

    def __init__(self, writer: Writer, descriptor: int, done: Done, places: Places) -> None:
        super().__init__(writer, descriptor, done)
        self.places = places
        self.feed: Follower | None = None
        #: Follower of each job -> the job's number.
        self.followers: dict[Follower, int] = {}
        #: Accepted jobs that are not followed yet.
        self.waiting: deque[Event] = deque()

    def begin(self) -> None:
        """Follow the feed, and the jobs that are not at their end."""
        places = self.places
        self.write(sse.chunk(places.opening()))
        for number in tuple(places.jobs):
            self._follow(number)
        if self.open:
            self.feed = self._follower(places.feed_id, places.feed_seq, places.epoch)

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """Jobs' events go out; the feed's make new followers."""
        if follower is self.feed:
            self.waiting += events
            self._follow_waiting()
            return
        number = self.followers.get(follower)
        if number is None:
            return  # left while its topic was waking everybody
        frames = [self.places.frame(number, event) for event in events]
        self.write(sse.chunk(b"".join(frames)))
        if events[-1].terminal:
            self._leave(follower)

    def lost(self, follower: Follower) -> None:
        """A job's log is gone: say so. The feed is: cut, so that the client begins anew."""
        number = self.followers.get(follower)
        if number is not None:
            self.write(sse.chunk(self.places.gone(number)))
            self._leave(follower)
        elif follower is self.feed and self.places.epoch:
            self.cut()

    def beat(self) -> bytes:
        """A comment."""
        return sse.BEAT

    def farewell(self, retry_ms: int) -> bytes:
        """The field that sets a client's pause."""
        return sse.chunk(sse.retry(retry_ms))

    def wake(self) -> None:
        """Go on with every log."""
        for follower in (*self.followers, *([self.feed] if self.feed else [])):
            follower.wake(follower.topic)

    def left(self) -> None:
        """Stop following."""
        for follower in (*self.followers, *([self.feed] if self.feed else [])):
            follower.leave()
        self.followers.clear()

    def _leave(self, follower: Follower) -> None:
        follower.leave()
        self.followers.pop(follower, None)
        self._follow_waiting()

    def _follow_waiting(self) -> None:
        while self.waiting and not self.places.full:
            self._follow(self.places.join(self.waiting.popleft()))

    def _follow(self, number: int) -> None:
        if self.open:
            places = self.places
            follower = self._follower(places.ids[number], places.jobs[number], "")
            self.followers[follower] = number

    def _follower(self, log_id: str, after_seq: int, epoch: str) -> Follower:
        writer = self.writer
        return Follower(writer.relay, writer.reader, self, log_id, after_seq, epoch)


def generate(relay: Relay, places: Places, environ: dict[str, Any]) -> Iterator[bytes]:
    """The same stream as a generator, for servers that keep their sockets."""
    topics: dict[str, Topic] = {}
    with waiter_at(environ) as waiter:
        yield places.opening()
        try:
            yield from follow_all(relay, places, waiter, topics)
        finally:
            watch(relay, waiter, topics, set())


def follow_all(
    relay: Relay, places: Places, waiter: Waiter, topics: dict[str, Topic]
) -> Iterator[bytes]:
    """The frames of all that happens; `topics` are those that are watched."""
    while not relay.draining:
        watch(relay, waiter, topics, {places.feed_id, *places.live()})
        gone, waiter.gone = waiter.gone, set()
        frames: list[bytes] = []
        pause_s = HEARTBEAT_S
        try:
            # What was made before a failure has moved the places: it must go out.
            frames.extend(news(relay, places, gone))
            pause_s = 0.0 if joined(relay, places) else pause_s
        except Unavailable:
            pause_s = AGAIN_S
        if frames:
            yield b"".join(frames)
        if places.feed_id in gone and places.epoch:
            raise Gone
        if not waiter.sleep(pause_s) and pause_s == HEARTBEAT_S:
            yield sse.HEARTBEAT
    raise Draining


def watch(relay: Relay, waiter: Waiter, topics: dict[str, Topic], wanted: set[str]) -> None:
    """Have `topics` be exactly the logs that are wanted."""
    for log_id in topics.keys() - wanted:
        relay.leave(topics.pop(log_id), waiter)
    joining = [relay.join(log_id, waiter) for log_id in wanted - topics.keys()]
    for topic in joining:
        topics[topic.job_id] = topic
        topic.subscribed()


def news(relay: Relay, places: Places, gone: set[str]) -> Iterator[bytes]:
    """The frames of all that the jobs' logs hold beyond the places."""
    for number in tuple(places.jobs):
        log_id = places.ids[number]
        events = relay.log.read(log_id, places.jobs[number])
        for event in events:
            yield places.frame(number, event)
        if not events and log_id in gone:
            yield places.gone(number)


def joined(relay: Relay, places: Places) -> bool:
    """Whether there is more to follow: jobs that were accepted, or the rest of long logs."""
    before = places.feed_seq
    for event in relay.log.read(places.feed_id, places.feed_seq):
        if not places.full:
            places.join(event)
    return places.feed_seq != before
