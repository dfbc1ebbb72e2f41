"""The writer: every stream of the process, on sockets that gunicorn handed over.

Flask has authorised the request and made the response's head; then the request's greenlet ends
and a duplicate of its socket belongs here. So an open stream costs a descriptor and two small
objects, not a greenlet, and an event costs one non-blocking write per viewer.

Everything here runs in gevent greenlets of one process; nothing blocks, so nothing is locked.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import gevent
from flask import Response
from gevent import monkey
from gunicorn.workers.base_async import ALREADY_HANDLED

from api.follower import Follower
from api.relay import Relay
from shared.events import Event

HEARTBEAT_S = 15.0
#: What a client that stops reading may leave unread here before it is cut; it resumes later.
BUFFER_BYTES = 1024 * 1024
#: How long a stream that has ended waits for its client to close first.
LINGER_S = 5.0
#: Streams touched before other greenlets get their turn.
SLICE = 200


def can_adopt(environ: dict[str, Any]) -> bool:
    """Whether this request's socket can be handed over: gunicorn's own, over plain HTTP/1.1."""
    connection = environ.get("gunicorn.socket")
    return (
        environ["SERVER_PROTOCOL"] == "HTTP/1.1"
        and environ["REQUEST_METHOD"] != "HEAD"
        and isinstance(connection, socket.socket)
        and not isinstance(connection, ssl.SSLSocket)
        and monkey.is_module_patched("socket")
    )


class Channel:
    """One client's socket; what goes over it, subclasses say."""

    __slots__ = ("buffer", "closing", "descriptor", "on_close", "writer")

    #: What epoll is to report besides a client that goes away.
    interest = 0

    def __init__(self, writer: Writer, descriptor: int, on_close: Callable[[], None]) -> None:
        self.writer = writer
        self.descriptor = descriptor
        self.on_close = on_close
        self.buffer: bytearray | None = None
        self.closing = False

    def begin(self) -> None:
        """The head has been written: start to follow."""
        raise NotImplementedError

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """Put the next events of one log on the wire."""
        raise NotImplementedError

    def beat(self) -> bytes:
        """What keeps a silent connection alive, whole."""
        raise NotImplementedError

    def left(self) -> None:
        """The connection is gone: stop following."""
        raise NotImplementedError

    def received(self) -> None:
        """There is input; only channels with an interest in it are told."""

    @property
    def open(self) -> bool:
        """Whether anything more can be sent; a descriptor's number may have been given anew."""
        return not self.closing and self.writer.channels.get(self.descriptor) is self

    @property
    def behind(self) -> bool:
        """Whether the client has not yet taken what was written."""
        return self.buffer is not None

    def write(self, data: bytes) -> None:
        """Send now what the socket takes, keep the rest; a client that stopped reading is cut."""
        if self.buffer is not None:
            self.buffer += data
            if len(self.buffer) > BUFFER_BYTES:
                self.cut()
            return
        try:
            sent = os.write(self.descriptor, data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut()
            return
        if sent < len(data):
            self.buffer = bytearray(data[sent:])
            self.writer.watch(self, select.EPOLLOUT)
        elif self.closing:
            self._linger()

    def flush(self) -> None:
        """The socket takes more: send what waited."""
        waiting = self.buffer
        if waiting is None:
            return
        try:
            del waiting[: os.write(self.descriptor, waiting)]
        except BlockingIOError:
            return
        except OSError:
            self.cut()
            return
        if not waiting:
            self.buffer = None
            self.writer.watch(self)
            if self.closing:
                self._linger()

    def finish(self, data: bytes) -> None:
        """Write the last bytes, and end."""
        self.closing = True
        self.write(data)

    def cut(self) -> None:
        """Close the connection as it stands; a client that misses the end will resume."""
        if self.writer.forget(self):
            os.close(self.descriptor)
            self.left()
            self.on_close()

    def _linger(self) -> None:
        """Let the client close first: closing with unread input would reset the connection."""
        with socket.socket(fileno=os.dup(self.descriptor)) as connection:
            connection.shutdown(socket.SHUT_WR)
        gevent.spawn_later(LINGER_S, self.cut)


class Writer:
    """All channels of one process, by file descriptor."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.channels: dict[int, Channel] = {}
        self._poll: Any = None

    def adopt(self, environ: dict[str, Any], head: bytes, make: ChannelMaker) -> None:
        """Take over a request's socket: write `head`, then let the channel begin."""
        self._start()
        descriptor = os.dup(environ["gunicorn.socket"].fileno())
        os.set_blocking(descriptor, False)
        channel = self.channels[descriptor] = make(self, descriptor)
        self._poll.register(descriptor, select.EPOLLRDHUP | channel.interest)
        channel.write(head)
        if channel.open:
            channel.begin()

    def watch(self, channel: Channel, also: int = 0) -> None:
        """What to be told of a channel from now on."""
        self._poll.modify(channel.descriptor, select.EPOLLRDHUP | channel.interest | also)

    def forget(self, channel: Channel) -> bool:
        """Look after a channel no longer; False if that was so already."""
        if self.channels.get(channel.descriptor) is not channel:
            return False
        del self.channels[channel.descriptor]
        self._poll.unregister(channel.descriptor)
        return True

    def _start(self) -> None:
        """Begin to look after the sockets, once."""
        if self._poll is None:
            # gevent takes epoll out of the patched module, since it blocks; asked without
            # waiting, inside gevent's own loop, it does not.
            self._poll = monkey.get_original("select", "epoll")()
            gevent.spawn(self._watch_sockets)
            gevent.spawn(self._beat)

    def _watch_sockets(self) -> None:
        """Notice clients that went away or speak, and sockets that take more."""
        hub = gevent.get_hub()
        watcher = hub.loop.io(self._poll.fileno(), 1)
        while True:
            hub.wait(watcher)
            for descriptor, happened in self._poll.poll(0):
                channel = self.channels.get(descriptor)
                if channel is None:
                    continue
                if happened & (select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR):
                    channel.cut()
                    continue
                if happened & select.EPOLLOUT:
                    channel.flush()
                if happened & select.EPOLLIN:
                    channel.received()

    def _beat(self) -> None:
        """Heartbeats, in slices; a channel that is behind is not made to wait for more."""
        while True:
            gevent.sleep(HEARTBEAT_S)
            for index, channel in enumerate(tuple(self.channels.values())):
                if channel.open and not channel.behind:
                    channel.write(channel.beat())
                if index % SLICE == SLICE - 1:
                    gevent.sleep(0)


ChannelMaker = Callable[[Writer, int], Channel]


class HandedOver(Response):
    """A response whose body goes over a channel.

    Flask treats it as any other response (cookie, headers, access log). When gunicorn calls it at
    last, its head is written and its socket handed to the writer; under another server the
    response's own iterator is its body.
    """

    #: Headers that frame the body, as they stand on the wire.
    framing = b"Transfer-Encoding: chunked\r\nConnection: close\r\n"

    def over(
        self, writer: Writer, make: Callable[[Writer, int, Callable[[], None]], Channel]
    ) -> None:
        """Set what takes over: `make(writer, descriptor, on_close)`."""
        self._writer = writer
        self._make = make

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the request."""
        if not can_adopt(environ):
            return super().__call__(environ, start_response)
        lines = [f"{name}: {value}\r\n" for name, value in self.get_wsgi_headers(environ)]
        head = f"HTTP/1.1 {self.status}\r\n{''.join(lines)}".encode("latin-1") + self.framing
        make = self._make
        self._writer.adopt(
            environ, head + b"\r\n", lambda writer, number: make(writer, number, self.close)
        )
        return cast("Iterable[bytes]", ALREADY_HANDLED)
