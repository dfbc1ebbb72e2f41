"""Server-Sent Events on the wire: framing, and a job's stream as a channel.

LF only; one `id:` and one `data:` line per event; heartbeats are comments ended by one LF, which
the strictest clients accept. A stream that ends whole has HTTP's last chunk; one that was cut has
not, so nobody takes it for success.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from api.follower import Follower
from api.writer import Channel, Writer
from shared.events import Event

OPENED = b": open\n"
HEARTBEAT = b": hb\n"
LAST_CHUNK = b"0\r\n\r\n"
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
}


def chunk(data: bytes) -> bytes:
    """One chunk of HTTP/1.1's chunked coding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


class JobChannel(Channel):
    """One job's events; the terminal one ends the stream."""

    __slots__ = ("after_seq", "follower", "job_id")

    def __init__(
        self,
        writer: Writer,
        descriptor: int,
        on_close: Callable[[], None],
        job_id: str,
        after_seq: int,
    ) -> None:
        super().__init__(writer, descriptor, on_close)
        self.job_id = job_id
        self.after_seq = after_seq
        self.follower: Follower | None = None

    def begin(self) -> None:
        """Let the headers leave, and follow the job."""
        self.write(chunk(OPENED))
        if self.open:
            self.follower = Follower(self.writer.relay, self, self.job_id, self.after_seq)

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """All events as one chunk, joined once for all viewers that are equally far."""
        data = chunk(follower.topic.frames(follower.seq, events))
        if events[-1].terminal:
            self.finish(data + LAST_CHUNK)
        else:
            self.write(data)

    def beat(self) -> bytes:
        """A comment."""
        return chunk(HEARTBEAT)

    def left(self) -> None:
        """Stop following."""
        if self.follower is not None:
            self.follower.leave()


def frames(batches: Iterator[Sequence[Event]]) -> Iterator[bytes]:
    """Batches of events as the body of a stream; the first piece lets the headers leave."""
    yield OPENED
    for events in batches:
        yield b"".join([event.frame for event in events]) or HEARTBEAT
