"""How far a viewer of everything has got: in the feed of accepted jobs, and in each job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from api import sse
from api.problems import Problem
from shared.event_log import EventLog
from shared.events import Event
from shared.jobs import Jobs, feed_of

#: Jobs followed at a time: a cursor must fit into a header, whose usual limit is 8 KB.
MOST_LIVE = 200
#: Stands for the epoch of a feed that there is not yet: its only cursor is before everything.
NONE = "00000000"
CURSOR = re.compile(r"([0-9a-f]{8})-(-1|\d{1,9})((?:_\d{1,9}\.(?:-1|\d{1,9}))*)")


class Places:
    """A composite cursor as it moves.

    `jobs` maps the number of each job that is followed (its seq in the feed) to the seq of its
    last event seen, `ids` to its id. `epoch` is the feed's, "" before anything was read of it.
    """

    def __init__(self, feed_id: str) -> None:
        self.feed_id = feed_id
        self.epoch = ""
        self.feed_seq = -1
        self.jobs: dict[int, int] = {}
        self.ids: dict[int, str] = {}
        self._opening = sse.OPENED

    def __str__(self) -> str:
        jobs = "".join([f"_{number}.{seq}" for number, seq in self.jobs.items()])
        return f"{self.epoch or NONE}-{self.feed_seq}{jobs}"

    @property
    def full(self) -> bool:
        """Whether a job must end before the next can be followed."""
        return len(self.jobs) >= MOST_LIVE

    def live(self) -> Iterator[str]:
        """The ids of the jobs that are followed."""
        return (self.ids[number] for number in self.jobs)

    def join(self, event: Event, after_seq: int = -1) -> int:
        """A job was accepted: its number; from now on it has a place."""
        self.epoch = event.epoch.decode()
        self.feed_seq = number = event.seq
        self.jobs[number] = after_seq
        self.ids[number] = event.message["data"]["task_id"]
        return number

    def leave(self, number: int) -> str:
        """A job has ended, or is gone: its id."""
        del self.jobs[number]
        return self.ids.pop(number)

    def opening(self) -> bytes:
        """The first bytes: let the headers leave, what the viewer must be told first, its cursor.

        With a cursor from the start, a viewer that is cut before any event misses none either.
        """
        return b"%bid: %b\n\n" % (self._opening, str(self).encode())

    def tell(self, frame: bytes) -> None:
        """Add to what the viewer must be told first."""
        self._opening += frame

    def frame(self, number: int, event: Event) -> bytes:
        """One event of job `number` on the wire: whose it is, and the message as it is stored."""
        self.jobs[number] = event.seq
        task_id = self.leave(number) if event.terminal else self.ids[number]
        return self._item(task_id, event.raw)

    def gone(self, number: int) -> bytes:
        """The log of job `number` is gone, on the wire."""
        return self._item(self.leave(number), b"null")

    def _item(self, task_id: str, message: bytes) -> bytes:
        data = b'{"task_id":"%b","message":%b}' % (task_id.encode(), message)
        return b"id: %b\ndata: %b\n\n" % (str(self).encode(), data)


def resume_places(log: EventLog, jobs: Jobs, owner: str, text: str) -> Places:
    """Where to go on: after a cursor, or with the jobs that are live now.

    Raises Problem 400 for something that is no cursor. One of a feed that is gone gets everything
    there is now, and is told so.
    """
    found = CURSOR.fullmatch(text)
    if text and not found:
        raise Problem(HTTPStatus.BAD_REQUEST, f"'{text[:80]}' is not a cursor of this stream")
    places, feed = Places(feed_of(owner)), read_whole(log, feed_of(owner))
    if found is None:
        begin_now(places, feed, jobs)
    elif not (feed and feed[0].epoch.decode() == found[1] and go_on(places, feed, found, log)):
        places = Places(feed_of(owner))
        if text != str(places):  # whoever comes from before everything knows no other feed
            places.tell(sse.reset(feed[0].epoch.decode() if feed else ""))
    return places


def read_whole(log: EventLog, log_id: str) -> list[Event]:
    """A log from its start to its present end."""
    events: list[Event] = []
    while page := log.read(log_id, len(events) - 1):
        events += page
    return events


def begin_now(places: Places, feed: list[Event], jobs: Jobs) -> None:
    """Join the jobs that have not ended: a viewer without a cursor knows of the others."""
    states = jobs.states([event.message["data"]["task_id"] for event in feed])
    for event, state in zip(feed, states, strict=True):
        if places.full:
            return
        number = places.join(event)
        if state is None or state.final:
            places.leave(number)


def go_on(places: Places, feed: list[Event], cursor: re.Match[str], log: EventLog) -> bool:
    """Take up the jobs of a cursor; the viewer is told of those that are gone by now.

    False when the cursor is ahead of what the logs hold: it is not of these.
    """
    feed_seq = int(cursor[2])
    seen = {
        int(job): int(seq) for job, seq in (part.split(".") for part in cursor[3].split("_")[1:])
    }
    if max(feed_seq, *seen, -1) >= len(feed):
        return False
    for number, seq in seen.items():
        places.join(feed[number], seq)
    places.epoch, places.feed_seq = cursor[1], feed_seq
    numbers = tuple(seen)
    lengths = log.lengths([places.ids[number] for number in numbers])
    for number, length in zip(numbers, lengths, strict=True):
        if length == 0:
            places.tell(places.gone(number))
        elif seen[number] >= length:
            return False
    return True
