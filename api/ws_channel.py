"""A WebSocket on a socket that was handed over."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Sequence

import gevent

from api import ws_frames
from api.channel import Done
from api.follower import Follower
from api.sse import JobChannel, Place
from api.writer import Writer
from shared.errors import Unavailable
from shared.events import Event


class SocketChannel(JobChannel):
    """One job's events as text frames; the terminal one is followed by a close frame."""

    __slots__ = ("_cancel", "_incoming")

    interest = select.EPOLLIN

    def __init__(
        self,
        writer: Writer,
        descriptor: int,
        done: Done,
        place: Place,
        cancel: Callable[[], object],
    ) -> None:
        super().__init__(writer, descriptor, done, place)
        self._cancel = cancel
        #: Most clients never speak.
        self._incoming: ws_frames.Incoming | None = None

    def opening(self) -> bytes:
        """Nothing, unless all begins anew."""
        return ws_frames.opening(self.place)

    def begin(self) -> None:
        """Follow the job, if anything can follow."""
        if self.place.ended:
            self.finish(ws_frames.END)
        else:
            super().begin()

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """All events in one write, framed once for all viewers that are equally far."""
        data = follower.topic.encoded(events, ws_frames.text_frames)
        if events[-1].terminal:
            self.finish(data + ws_frames.END)
        else:
            self.write(data)

    def lost(self, follower: Follower) -> None:
        """Say so, and end."""
        self.finish(ws_frames.gone(follower.topic.job_id))

    def beat(self) -> bytes:
        """A ping."""
        return ws_frames.PING

    def farewell(self, retry_ms: int) -> bytes:
        """A close that says when to come back."""
        return ws_frames.farewell(retry_ms)

    def received(self) -> None:
        """Read what the client sent; after the end it is only thrown away."""
        try:
            data = os.read(self.descriptor, ws_frames.READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.cut()
            return
        if self._incoming is None:
            self._incoming = ws_frames.Incoming()
        for reply in self._incoming.read(data):
            if not self.open:
                return
            if reply.cancels:
                gevent.spawn(self._stop)
            elif reply.ends:
                self.finish(reply.data)
            elif not self.behind:
                self.write(reply.data)

    def _stop(self) -> None:
        """Stop the job; its log says the rest."""
        try:
            self._cancel()
        except Unavailable:
            if self.open:
                self.finish(ws_frames.NOT_STOPPED)
