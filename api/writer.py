"""The writer: every stream of the process, on sockets that gunicorn handed over.

Flask has authorised the request and made the response's head; then the request's greenlet ends
and a duplicate of its socket belongs here. So an open stream costs a descriptor and a small
object, not a greenlet, and an event costs one non-blocking write per viewer. Streams are HTTP/1.1
chunked: a stream that ends whole has its last chunk, one that was cut has not.

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
import structlog
from gevent import monkey
from gunicorn.workers.base_async import ALREADY_HANDLED as GUNICORN_ALREADY_HANDLED

from api.relay import ACKNOWLEDGE_S, Relay, Topic
from shared.errors import Unavailable
from shared.events import Event

#: gunicorn's sign that the socket is no longer its own; it never iterates it.
ALREADY_HANDLED = cast("Iterable[bytes]", GUNICORN_ALREADY_HANDLED)
HEARTBEAT_S = 15.0
HEARTBEAT = b": hb\n"
LAST_CHUNK = b"0\r\n\r\n"
#: What a viewer that stops reading may leave unread here before it is cut; it resumes later.
BUFFER_BYTES = 1024 * 1024
#: How long a whole stream waits for its client to close first.
LINGER_S = 5.0
#: Streams touched before other greenlets get their turn.
SLICE = 200

log = structlog.get_logger("writer")


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


class Stream:
    """One viewer's socket and its cursor."""

    __slots__ = ("buffer", "closing", "descriptor", "on_close", "reading", "seq", "topic", "writer")

    def __init__(
        self, writer: Writer, descriptor: int, seq: int, on_close: Callable[[], None]
    ) -> None:
        self.writer = writer
        self.descriptor = descriptor
        self.seq = seq
        self.on_close = on_close
        self.topic: Topic | None = None
        self.buffer: bytearray | None = None
        #: A greenlet reads this viewer's log; what arrives meanwhile it will find there.
        self.reading = False
        self.closing = False

    def wake(self, topic: Topic) -> None:
        """Write what is at hand; what is not is read from the log."""
        if self.writer.relay.draining:
            self.writer.cut(self)
        elif self.reading or self.closing:
            return
        elif events := topic.after(self.seq):
            self.put(events, topic.frames_after(self.seq, events))
        elif topic.newest > self.seq:
            self.writer.replay(self)

    def put(self, events: Sequence[Event], frames: bytes) -> None:
        """Write the next events as one chunk; the terminal one ends the stream."""
        self.seq = events[-1].seq
        chunk = b"%x\r\n%b\r\n" % (len(frames), frames)
        if events[-1].terminal:
            self.closing = True
            chunk += LAST_CHUNK
        self.writer.write(self, chunk)


class Writer:
    """All streams of one process, by file descriptor."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._streams: dict[int, Stream] = {}
        self._poll: Any = None

    def __len__(self) -> int:
        return len(self._streams)

    def adopt(
        self,
        environ: dict[str, Any],
        head: bytes,
        opening: bytes,
        job_id: str,
        after_seq: int,
        on_close: Callable[[], None],
    ) -> None:
        """Take over a request's socket: write the response's head, then follow the job.

        `head` is the status line and the headers without the empty line; `opening` the first bytes
        of the body. `on_close` is called once, when the stream has ended in whatever way.
        """
        self._start()
        descriptor = os.dup(environ["gunicorn.socket"].fileno())
        os.set_blocking(descriptor, False)
        stream = self._streams[descriptor] = Stream(self, descriptor, after_seq, on_close)
        self._poll.register(descriptor, select.EPOLLRDHUP)
        transfer = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        self.write(stream, head + transfer + b"%x\r\n%b\r\n" % (len(opening), opening))
        if self._alive(stream):
            stream.topic = self.relay.join(job_id, stream)
            if stream.topic.subscribed.is_set():
                self.replay(stream)
            else:
                stream.reading = True
                gevent.spawn(self._replay_when_subscribed, stream)

    def write(self, stream: Stream, data: bytes) -> None:
        """Send now what the socket takes, keep the rest; a viewer that stopped reading is cut."""
        if stream.buffer is not None:
            stream.buffer += data
            if len(stream.buffer) > BUFFER_BYTES:
                self.cut(stream)
            return
        try:
            sent = os.write(stream.descriptor, data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.cut(stream)
            return
        if sent < len(data):
            stream.buffer = bytearray(data[sent:])
            self._poll.modify(stream.descriptor, select.EPOLLRDHUP | select.EPOLLOUT)
        elif stream.closing:
            self._finish(stream)

    def replay(self, stream: Stream) -> None:
        """Bring a viewer up to date from its log, in a greenlet of its own."""
        stream.reading = True
        gevent.spawn(self._replay, stream)

    def cut(self, stream: Stream) -> None:
        """Close a stream as it stands: its client, missing the last chunk, will resume."""
        if not self._alive(stream):
            return
        del self._streams[stream.descriptor]
        self._poll.unregister(stream.descriptor)
        os.close(stream.descriptor)
        if stream.topic is not None:
            self.relay.leave(stream.topic, stream)
        stream.on_close()

    def _alive(self, stream: Stream) -> bool:
        """Whether the stream is still open; its descriptor's number may have been given anew."""
        return self._streams.get(stream.descriptor) is stream

    def _replay_when_subscribed(self, stream: Stream) -> None:
        assert stream.topic is not None  # noqa: S101 - set before this was spawned
        stream.topic.subscribed.wait(ACKNOWLEDGE_S)
        self._replay(stream)

    def _replay(self, stream: Stream) -> None:
        topic = stream.topic
        assert topic is not None  # noqa: S101 - nothing is replayed before the stream has joined
        try:
            while self._alive(stream) and not stream.closing:
                events: Sequence[Event] = topic.after(stream.seq)
                if not events:
                    events = self.relay.log.read(topic.job_id, stream.seq)
                if not events:
                    break
                stream.put(events, b"".join([event.frame for event in events]))
                while stream.buffer is not None and self._alive(stream):
                    gevent.sleep(0.02)  # a long log goes no faster than its viewer reads
        except Unavailable:
            self.cut(stream)
        finally:
            stream.reading = False
        if topic.newest > stream.seq and self._alive(stream):
            stream.wake(topic)

    def _finish(self, stream: Stream) -> None:
        """The last chunk has left: let the client close first, so that nothing in flight is lost.

        Closing with unread input would make the kernel reset the connection.
        """
        with socket.socket(fileno=os.dup(stream.descriptor)) as connection:
            connection.shutdown(socket.SHUT_WR)
        gevent.spawn_later(LINGER_S, self.cut, stream)

    def _flush(self, stream: Stream) -> None:
        """The socket takes more: send what waited."""
        waiting = stream.buffer
        if waiting is None:
            return
        try:
            sent = os.write(stream.descriptor, waiting)
        except BlockingIOError:
            return
        except OSError:
            self.cut(stream)
            return
        del waiting[:sent]
        if waiting:
            return
        stream.buffer = None
        self._poll.modify(stream.descriptor, select.EPOLLRDHUP)
        if stream.closing:
            self._finish(stream)

    def _start(self) -> None:
        """Begin to look after the sockets, once."""
        if self._poll is None:
            # gevent takes epoll out of the patched module, since it blocks; asked without
            # waiting, inside gevent's own loop, it does not.
            self._poll = monkey.get_original("select", "epoll")()
            gevent.spawn(self._watch)
            gevent.spawn(self._beat)

    def _watch(self) -> None:
        """Notice clients that went away, and sockets that take more."""
        hub = gevent.get_hub()
        watcher = hub.loop.io(self._poll.fileno(), 1)
        while True:
            hub.wait(watcher)
            for descriptor, happened in self._poll.poll(0):
                stream = self._streams.get(descriptor)
                if stream is None:
                    continue
                if happened & ~select.EPOLLOUT:
                    self.cut(stream)
                else:
                    self._flush(stream)

    def _beat(self) -> None:
        """Heartbeats, in slices; one that is stuck behind a full buffer is left out."""
        beat = b"%x\r\n%b\r\n" % (len(HEARTBEAT), HEARTBEAT)
        while True:
            gevent.sleep(HEARTBEAT_S)
            for index, stream in enumerate(tuple(self._streams.values())):
                if self._alive(stream) and stream.buffer is None and not stream.closing:
                    self.write(stream, beat)
                if index % SLICE == SLICE - 1:
                    gevent.sleep(0)
