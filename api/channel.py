"""One client's socket: what has been written, what waits, and when it ends."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import gevent

from api.follower import Follower
from shared.events import Event

if TYPE_CHECKING:
    from api.writer import Writer

#: Heartbeats after which a client that is behind, and took nothing since, is cut: it resumes.
STALLED_BEATS = 4
#: How long a stream that has ended waits for its client to close first.
LINGER_S = 5.0

#: Told at the end of a response how many bytes its client got.
Done = Callable[[int], None]


class Channel:
    """One client's socket; what goes over it, subclasses say.

    A client that is behind is sent nothing more until it has taken what was written, so what
    waits for it here is at most one piece of its log.
    """

    __slots__ = (
        "_due", "_mark", "_waiting", "closed", "closing", "descriptor", "done", "ready", "sent",
        "slot", "writer", "written",
    )  # fmt: skip

    #: What epoll is to report besides a client that goes away.
    interest = 0

    def __init__(self, writer: Writer, descriptor: int, done: Done) -> None:
        self.writer = writer
        self.descriptor = descriptor
        self.done = done
        self.sent = 0
        #: The writer's tick at the last write, and its slot on the writer's wheel.
        self.written = writer.wheel.now
        self.slot = 0
        #: Whether its last bytes are on their way; whether the descriptor is another's by now.
        self.closing = self.closed = False
        #: Whether it is open and its client has taken all that was written.
        self.ready = True
        #: What goes out at the end of this turn, and what the socket did not take then.
        self._due = b""
        self._waiting: bytearray | None = None
        #: `sent` at the last heartbeat that found the client behind, and how many found no more.
        self._mark = (-1, 0)

    def begin(self) -> None:
        """The head has been written: start to follow."""
        raise NotImplementedError

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """Put the next events of one log on the wire."""
        raise NotImplementedError

    def lost(self, follower: Follower) -> None:
        """A followed log is gone, or another one now."""
        raise NotImplementedError

    def beat(self) -> bytes:
        """What keeps a silent connection alive, whole."""
        raise NotImplementedError

    def farewell(self, retry_ms: int) -> bytes:
        """What asks the client to come back in so many milliseconds, before it is cut."""
        raise NotImplementedError

    def wake(self) -> None:
        """The client has taken all that was written: go on."""
        raise NotImplementedError

    def left(self) -> None:
        """The connection is gone: stop following."""
        raise NotImplementedError

    def received(self) -> None:
        """There is input; only channels with an interest in it are told."""

    @property
    def open(self) -> bool:
        """Whether anything more can be sent."""
        return not (self.closing or self.closed)

    @property
    def behind(self) -> bool:
        """Whether the client has not yet taken what was written."""
        return self._waiting is not None

    def write(self, data: bytes) -> None:
        """Send at the end of this turn, in one piece with what else is due by then."""
        if self._waiting is not None:
            self._waiting += data
        elif self._due:
            self._due += data
        else:
            self._due = data
            self.writer.push_later(self)

    def push(self) -> None:
        """Send what is due, as much of it as the socket takes; keep the rest."""
        data, self._due = self._due, b""
        if not data or self.closed:
            return
        try:
            sent = os.write(self.descriptor, data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut()
            return
        self.sent += sent
        self.written = self.writer.wheel.now
        if sent < len(data):
            self._waiting = bytearray(data[sent:])
            self.ready = False
            self.writer.watch(self, select.EPOLLOUT)
        elif self.closing:
            self._linger()

    def flush(self) -> None:
        """The socket takes more: send what waited."""
        waiting = self._waiting
        if waiting is None:
            return
        try:
            sent = os.write(self.descriptor, waiting)
        except BlockingIOError:
            return
        except OSError:
            self.cut()
            return
        self.sent += sent
        if sent < len(waiting):
            del waiting[:sent]
            return
        self._waiting = None
        self.writer.watch(self)
        if self.closing:
            self._linger()
        else:
            self.ready = True
            self.wake()

    def finish(self, data: bytes) -> None:
        """Write the last bytes, and end."""
        self.closing, self.ready = True, False
        self.write(data)

    def cut(self, last: bytes = b"") -> None:
        """Close the connection as it stands; a client that misses the end will resume."""
        if last and self.ready:
            self._due += last
        self.push()
        self.ready = False
        if not self.closed:
            self.closed = True
            self.writer.forget(self)
            os.close(self.descriptor)
            self.left()
            self.done(self.sent)

    def cut_if_stalled(self) -> None:
        """Cut a client that took nothing for several heartbeats."""
        sent, beats = self._mark
        beats = beats + 1 if sent == self.sent else 0
        self._mark = (self.sent, beats)
        if beats >= STALLED_BEATS:
            self.cut()

    def _linger(self) -> None:
        """Let the client close first: closing with unread input would reset the connection."""
        with socket.socket(fileno=os.dup(self.descriptor)) as connection:
            connection.shutdown(socket.SHUT_WR)
        gevent.spawn_later(LINGER_S, self.cut)
