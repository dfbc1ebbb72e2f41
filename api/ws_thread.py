"""A WebSocket on the thread of its request, where the server lets its socket be used.

The follower is that of every other stream that is no channel (`api/follow.py`); only its sleep is
another: it ends, too, when the client says something.
"""

from __future__ import annotations

import os
import random
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from time import monotonic

from api import ws_frames
from api.channel import LINGER_S, STALLED_BEATS
from api.follow import Draining, Gone, Waiter, follow
from api.relay import Relay
from api.sse import Place
from api.writer import HEARTBEAT_S, RETRY_MS
from shared.errors import Unavailable


class Over(Exception):
    """The conversation has ended."""


class Conversation(Waiter):
    """One client, served from its own thread until one of both ends it."""

    def __init__(
        self, connection: socket.socket, relay: Relay, place: Place, cancel: Callable[[], object]
    ) -> None:
        super().__init__()
        self.sent = 0
        self._socket = connection
        self._relay = relay
        self._place = place
        self._cancel = cancel
        self._incoming = ws_frames.Incoming()
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        #: Held while the bell is rung or taken down: its number may be given anew at once.
        self._ringing = Lock()

    def run(self, head: bytes) -> None:
        """Write the head, then all that happens; returns at the end of it."""
        self._socket.settimeout(STALLED_BEATS * HEARTBEAT_S)
        try:
            with suppress(OSError, Over):
                self._send(head)
                self._speak()
                self._hang_up()
        finally:
            with self._ringing:
                os.close(self._bell)
                self._bell = -1

    def ring(self) -> None:
        """End the sleep."""
        with self._ringing:
            if self._bell >= 0:
                os.eventfd_write(self._bell, 1)

    def sleep(self, seconds: float) -> bool:
        """Until woken (True), the client spoke, or the time has passed."""
        polled = select.poll()
        for number in (self._bell, self._socket.fileno()):
            polled.register(number, select.POLLIN)
        ready = [number for number, _ in polled.poll(seconds * 1000)]
        if self._socket.fileno() in ready:
            self._hear()
        if self._bell not in ready:
            return False
        os.eventfd_read(self._bell)
        return True

    def _speak(self) -> None:
        place = self._place
        try:
            self._send(ws_frames.opening(place))
            if not place.ended:
                for events in follow(self._relay, place.job_id, place.seq, HEARTBEAT_S, self):
                    self._send(ws_frames.text_frames(events) if events else ws_frames.PING)
            self._send(ws_frames.END)
        except Gone:
            self._send(ws_frames.gone(place.job_id))
        except Draining:
            self._send(ws_frames.farewell(random.randint(0, RETRY_MS)))  # noqa: S311 - no secret

    def _send(self, data: bytes) -> None:
        """All of it, as the client takes it; raises TimeoutError when it takes nothing for long."""
        rest = memoryview(data)
        while rest:
            sent = self._socket.send(rest)
            self.sent += sent
            rest = rest[sent:]

    def _hear(self) -> None:
        data = self._socket.recv(ws_frames.READ_BYTES)
        if not data:
            raise Over
        for reply in self._incoming.read(data):
            self._send(reply.data)
            if reply.ends:
                self._hang_up()
                raise Over
            if reply.cancels:
                self._stop()

    def _stop(self) -> None:
        """Stop the job; its log says the rest."""
        try:
            self._cancel()
        except Unavailable:
            self._send(ws_frames.NOT_STOPPED)
            raise Over from None

    def _hang_up(self) -> None:
        """Let the client close first: closing with unread input would reset the connection."""
        self._socket.shutdown(socket.SHUT_WR)
        until = monotonic() + LINGER_S
        while (left_s := until - monotonic()) > 0:
            self._socket.settimeout(left_s)
            if not self._socket.recv(ws_frames.READ_BYTES):
                return
