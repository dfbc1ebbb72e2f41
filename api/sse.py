"""Server-Sent Events on the wire: framing, and a job's stream as a channel.

LF only; one `id:` and one `data:` line per event; heartbeats are comments ended by one LF, which
the strictest clients accept. A stream that ends whole has HTTP's last chunk; one that was cut has
not, so nobody takes it for success.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from api.channel import Channel, Done
from api.follow import Gone, follow, waiter_at
from api.follower import Follower
from api.relay import Relay
from api.writer import HEARTBEAT_S, RETRY_MS, Writer
from shared.events import Event

OPENED = b": open\nretry: %d\n" % RETRY_MS
HEARTBEAT = b": hb\n"
#: What a frame has besides its event's id and text.
FRAME_BYTES = len(b"id: \ndata: \n\n")
LAST_CHUNK = b"0\r\n\r\n"
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a viewer goes on in a job's log: after `seq`.

    `reset` when its cursor was not of this log, so that it starts over and must be told; `ended`
    when nothing can follow.
    """

    job_id: str
    epoch: str
    seq: int = -1
    reset: bool = False
    ended: bool = False

    def opening(self) -> bytes:
        """The first bytes: let the headers leave, and say whether all begins anew."""
        return OPENED + reset(self.epoch) if self.reset else OPENED


def reset(epoch: str) -> bytes:
    """The viewer's cursor is of another log: what follows begins at this one's start."""
    return b'event: reset\ndata: {"epoch":"%b"}\n\n' % epoch.encode()


def gone(job_id: str) -> bytes:
    """The followed log is gone; asking again says what there is now."""
    return b'event: gone\ndata: {"task_id":"%b"}\n\n' % job_id.encode()


def retry(after_ms: int) -> bytes:
    """When to come back."""
    return b"retry: %d\n" % after_ms


def chunk(data: bytes) -> bytes:
    """One chunk of HTTP/1.1's chunked coding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


#: A heartbeat as it leaves, which most of what an idle process sends is.
BEAT = chunk(HEARTBEAT)


def chunk_of(events: Sequence[Event]) -> bytes:
    """Events as one chunk."""
    if len(events) == 1:
        raw, name = events[0].raw, events[0].id
        size = len(raw) + len(name) + FRAME_BYTES
        return b"".join((b"%x\r\nid: " % size, name, b"\ndata: ", raw, b"\n\n\r\n"))
    return chunk(b"".join([event.frame for event in events]))


class JobChannel(Channel):
    """One job's events; the terminal one ends the stream."""

    __slots__ = ("follower", "place")

    def __init__(self, writer: Writer, descriptor: int, done: Done, place: Place) -> None:
        super().__init__(writer, descriptor, done)
        self.place = place
        self.follower: Follower | None = None

    def begin(self) -> None:
        """Let the headers leave, and follow the job."""
        place = self.place
        if first := self.opening():
            self.write(first)
        if self.open:
            writer = self.writer
            self.follower = Follower(
                writer.relay, writer.reader, self, place.job_id, place.seq, place.epoch
            )

    def opening(self) -> bytes:
        """What goes out before any event."""
        return chunk(self.place.opening())

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """All events as one chunk, made once for all viewers that are equally far."""
        data = follower.topic.encoded(events, chunk_of)
        if events[-1].terminal:
            self.finish(data + LAST_CHUNK)
        else:
            self.write(data)

    def lost(self, follower: Follower) -> None:
        """Say so, and cut."""
        self.cut(chunk(gone(follower.topic.job_id)))

    def beat(self) -> bytes:
        """A comment."""
        return BEAT

    def farewell(self, retry_ms: int) -> bytes:
        """The field that sets a client's pause."""
        return chunk(retry(retry_ms))

    def wake(self) -> None:
        """Go on."""
        if self.follower is not None:
            self.follower.wake(self.follower.topic)

    def left(self) -> None:
        """Stop following."""
        if self.follower is not None:
            self.follower.leave()


def frames(relay: Relay, place: Place, environ: dict[str, Any]) -> Iterator[bytes]:
    """A job's stream as a generator; whatever it raises must cut the connection."""
    with waiter_at(environ) as waiter:
        yield place.opening()
        try:
            for events in follow(relay, place.job_id, place.seq, HEARTBEAT_S, waiter):
                yield b"".join([event.frame for event in events]) or HEARTBEAT
        except Gone:
            yield gone(place.job_id)
            raise
