"""Following a job as a generator: for long polls, and for servers that keep their sockets."""

from __future__ import annotations

import errno
import os
import select
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from threading import Event as Signal
from threading import Lock
from time import monotonic
from typing import Any

from api.handover import socket_of
from api.relay import Relay
from api.topic import Topic
from shared.errors import Unavailable
from shared.events import Event

#: Pause before a log that could not be read is tried again; its viewers stay.
AGAIN_S = 1.0


class Draining(Exception):
    """This process is shutting down; the viewer must resume elsewhere."""


class Gone(Exception):
    """The followed log is gone, or another one now."""


class Left(ConnectionResetError):
    """The client has gone. An error that every server knows, and makes no noise of."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "the client has left")


class Waiter:
    """A viewer that sleeps until there may be something new."""

    late = True

    def __init__(self) -> None:
        self._signal = Signal()
        #: Ids of the logs that are gone.
        self.gone: set[str] = set()

    def wake(self, _topic: Topic) -> None:
        """There may be something new."""
        self.ring()

    def lost(self, topic: Topic) -> None:
        """There is bad news."""
        self.gone.add(topic.job_id)
        self.ring()

    def ring(self) -> None:
        """End the sleep."""
        self._signal.set()

    def sleep(self, seconds: float) -> bool:
        """Until woken, or the time has passed (False)."""
        woken = self._signal.wait(seconds)
        self._signal.clear()
        return woken

    def close(self) -> None:
        """Sleep no more."""


class SocketWaiter(Waiter):
    """One that hears its client, too: it leaves as soon as the client does."""

    #: What of the socket ends the sleep.
    interest = select.POLLRDHUP

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self.connection = connection
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        #: Held while the bell is rung or taken down: its number may be given anew at once.
        self._ringing = Lock()

    def ring(self) -> None:
        """End the sleep."""
        with self._ringing:
            if self._bell >= 0:
                os.eventfd_write(self._bell, 1)

    def sleep(self, seconds: float) -> bool:
        """Until woken (True), the client was heard, or the time has passed."""
        polled, client = select.poll(), self.connection.fileno()
        polled.register(self._bell, select.POLLIN)
        polled.register(client, self.interest)
        ready = [number for number, _ in polled.poll(seconds * 1000)]
        if client in ready:
            self.hear()
        if self._bell not in ready:
            return False
        os.eventfd_read(self._bell)
        return True

    def hear(self) -> None:
        """There is something of the client's; raises Left when that is its end."""
        raise Left

    def close(self) -> None:
        """Sleep no more."""
        with self._ringing:
            bell, self._bell = self._bell, -1
            os.close(bell)


def waiter_at(environ: dict[str, Any]) -> closing[Waiter]:
    """A waiter for this request, for a `with`; it hears its client if the server lets it."""
    connection = socket_of(environ)
    return closing(Waiter() if connection is None else SocketWaiter(connection))


def follow(
    relay: Relay, job_id: str, after_seq: int, heartbeat_s: float, waiter: Waiter
) -> Iterator[Sequence[Event]]:
    """Events after `after_seq` in order without gaps, in batches, up to the terminal one.

    An empty batch says that `heartbeat_s` passed in silence. Raises Gone when the log goes, and
    Draining when the process shuts down.
    """
    seq = after_seq
    with relay.watch(job_id, waiter) as topic:
        beat = monotonic() + heartbeat_s
        while True:
            try:
                events = topic.after(seq) or relay.log.read(job_id, seq)
            except Unavailable:
                events = ()
                waiter.sleep(AGAIN_S)
            if events:
                yield events
                if events[-1].terminal:
                    return
                seq, beat = events[-1].seq, monotonic() + heartbeat_s
                continue
            if waiter.gone:
                raise Gone
            if relay.draining:
                raise Draining
            if monotonic() >= beat:
                yield ()
                beat = monotonic() + heartbeat_s
            waiter.sleep(max(0.0, beat - monotonic()))


def wait_for_more(relay: Relay, job_id: str, after_seq: int, wait_s: float) -> None:
    """Return when the log has something after `after_seq`, or the time has passed, or both may be.

    Raises Unavailable when the log can't be read.
    """
    until, waiter = monotonic() + wait_s, Waiter()
    with relay.watch(job_id, waiter) as topic:
        while not relay.draining and not waiter.gone:
            if topic.newest > after_seq or relay.log.lengths([job_id])[0] - 1 > after_seq:
                return
            if not waiter.sleep(max(0.0, until - monotonic())):
                return
