"""A WebSocket on the thread of its request, where the server lets its socket be used.

The follower is that of every other stream that is no channel (`api/follow.py`).
"""

from __future__ import annotations

import random
import select
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from time import monotonic

from api import ws_frames
from api.channel import LINGER_S, STALLED_BEATS
from api.follow import Draining, Gone, Left, SocketWaiter, follow
from api.relay import Relay
from api.sse import Place
from api.writer import HEARTBEAT_S, RETRY_MS
from shared.errors import Unavailable


class Over(Exception):
    """The conversation has ended."""


class Conversation(SocketWaiter):
    """One client, served from its own thread until one of both ends it."""

    interest = select.POLLIN

    def __init__(
        self, connection: socket.socket, relay: Relay, place: Place, cancel: Callable[[], object]
    ) -> None:
        super().__init__(connection)
        self.sent = 0
        self._relay = relay
        self._place = place
        self._cancel = cancel
        self._incoming = ws_frames.Incoming()

    def run(self, head: bytes) -> None:
        """Write the head, then all that happens; returns at the end of it."""
        self.connection.settimeout(STALLED_BEATS * HEARTBEAT_S)
        with closing(self), suppress(OSError, Over):
            self._send(head)
            self._speak()
            self._hang_up()

    def hear(self) -> None:
        """Read what the client sent, and do as it asks."""
        data = self.connection.recv(ws_frames.READ_BYTES)
        if not data:
            raise Left
        for reply in self._incoming.read(data):
            self._send(reply.data)
            if reply.ends:
                self._hang_up()
                raise Over
            if reply.cancels:
                self._stop()

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
            sent = self.connection.send(rest)
            self.sent += sent
            rest = rest[sent:]

    def _stop(self) -> None:
        """Stop the job; its log says the rest."""
        try:
            self._cancel()
        except Unavailable:
            self._send(ws_frames.NOT_STOPPED)
            raise Over from None

    def _hang_up(self) -> None:
        """Let the client close first: closing with unread input would reset the connection."""
        self.connection.shutdown(socket.SHUT_WR)
        until = monotonic() + LINGER_S
        while (left_s := until - monotonic()) > 0:
            self.connection.settimeout(left_s)
            if not self.connection.recv(ws_frames.READ_BYTES):
                return
