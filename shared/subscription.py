"""One pub/sub connection per process, with its own reconnect.

redis-py's PubSub may not be read by one thread while another subscribes, and does not reliably
come back after a lost connection. So redis-py only opens and authenticates the connection here;
what arrives is read from the bare socket with hiredis' parser, all of it in one go, and any thread
may subscribe and unsubscribe. After every reconnect it subscribes again and says so, because what
was published in between is lost to it.
"""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Any, Protocol

import hiredis
import redis
import structlog

from shared.settings import Settings

#: How long the connection may be silent before it is pinged, and then before it is made anew.
SILENCE_S = 5.0
RECONNECT_S = 0.2
READ_BYTES = 256 * 1024

log = structlog.get_logger("subscription")

#: Payloads that arrived together, by channel, in the order of their first arrival.
Batch = dict[bytes, list[bytes]]


class Ear(Protocol):
    """How a process waits for its connection, and when it writes to it."""

    def listen(
        self,
        connected: socket.socket,
        space: bytearray,
        hear: Callable[[int], None],
        silence_s: float,
    ) -> None:
        """Read into `space` and `hear` how many bytes came, until they don't for `silence_s`.

        Raises what `hear` raises, and OSError.
        """

    def soon(self, deed: Callable[[], None]) -> None:
        """Do it, now or a little later together with what else comes up."""


class ThreadEar:
    """That of a thread, which can do nothing else meanwhile."""

    def listen(
        self,
        connected: socket.socket,
        space: bytearray,
        hear: Callable[[int], None],
        silence_s: float,
    ) -> None:
        """Read until it is silent."""
        connected.settimeout(silence_s)
        with suppress(TimeoutError):
            while True:
                hear(connected.recv_into(space))

    def soon(self, deed: Callable[[], None]) -> None:
        """Do it now."""
        deed()


class Subscription:
    """Hears channels, until closed.

    `on_batch(batch)` and `on_subscribed(channels)` are called where the ear reads and must be
    quick. `on_subscribed` comes after every (re)subscription.
    """

    def __init__(
        self,
        settings: Settings,
        on_batch: Callable[[Batch], None],
        on_subscribed: Callable[[Sequence[bytes]], None],
        ear: Ear | None = None,
    ) -> None:
        self._pool = redis.ConnectionPool.from_url(
            settings.broker_url, protocol=2, socket_connect_timeout=2, socket_timeout=SILENCE_S
        )
        self._on_batch = on_batch
        self._on_subscribed = on_subscribed
        self._ear = ear or ThreadEar()
        self._lock = Lock()
        self._channels: set[bytes] = set()
        #: Commands not yet written, and held by who writes them.
        self._unsent: deque[bytes] = deque()
        self._sending = Lock()
        self._socket: socket.socket | None = None
        self._reader = hiredis.Reader()
        self._space = bytearray(READ_BYTES)
        self._heard = False
        self._stop = Event()
        self._thread: Thread | None = None

    def add(self, channel: bytes) -> None:
        """Subscribe; `on_subscribed` says when it counts. Connects on first use."""
        with self._lock:
            self._channels.add(channel)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="subscription", daemon=True)
                self._thread.start()
        self._ask("SUBSCRIBE", channel)

    def remove(self, channel: bytes) -> None:
        """Unsubscribe."""
        with self._lock:
            self._channels.discard(channel)
        self._ask("UNSUBSCRIBE", channel)

    def close(self) -> None:
        """End the connection."""
        self._stop.set()
        thread, connected = self._thread, self._socket
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
        if thread is not None:
            thread.join(SILENCE_S)

    def _ask(self, *command: str | bytes) -> None:
        self._unsent.append(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub names one argument
        self._ear.soon(self._flush)

    def _flush(self) -> None:
        """Write what was asked for; a failure is left to the reader, which will reconnect."""
        with self._sending:
            asked = b"".join([self._unsent.popleft() for _ in range(len(self._unsent))])
            connected = self._socket
            if connected is None or not asked:
                return  # whoever connects subscribes to everything
            try:
                connected.sendall(asked)
            except OSError:
                self._socket = None
                with suppress(OSError):
                    connected.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        while not self._stop.is_set():
            connection = self._pool.make_connection()
            try:
                connection.connect()
                # redis-py has no public way to the socket of a connection it made.
                self._listen(connection._sock)  # type: ignore[attr-defined]  # noqa: SLF001
            except Exception as error:  # noqa: BLE001 - without this thread nobody hears anything
                if not self._stop.is_set():
                    log.warning("lost the server; trying again", error=type(error).__name__)
                    self._stop.wait(RECONNECT_S)
            finally:
                self._socket = None
                connection.disconnect()

    def _listen(self, connected: socket.socket) -> None:
        """Hear until the connection fails; silence after a ping is a failure, too."""
        self._reader = hiredis.Reader()
        self._socket = connected
        with self._lock:
            channels = tuple(self._channels)
        if channels:
            self._ask("SUBSCRIBE", *channels)
        self._heard = True
        while self._heard and not self._stop.is_set():
            self._heard = False
            self._ask("PING")
            self._ear.listen(connected, self._space, self._hear, SILENCE_S)
        raise TimeoutError("the server is silent")

    def _hear(self, size: int) -> None:
        """Hand on everything that has arrived."""
        if not size:
            raise ConnectionError("the server closed the connection")
        self._heard = True
        reader = self._reader
        reader.feed(self._space, 0, size)  # type: ignore[arg-type]  # its stub forgets buffers
        batch: Batch = {}
        subscribed: list[bytes] = []
        gets: Callable[[], Any] = reader.gets
        while (reply := gets()) is not False:
            kind = reply[0]
            if kind == b"message":
                channel = reply[1]
                if channel in batch:
                    batch[channel].append(reply[2])
                else:
                    batch[channel] = [reply[2]]
            elif kind == b"subscribe":
                subscribed.append(reply[1])
        if batch:
            self._on_batch(batch)
        if subscribed:
            self._on_subscribed(subscribed)
