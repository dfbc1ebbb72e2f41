"""One pub/sub connection per process, with its own reconnect.

redis-py's PubSub may not be read by one thread while another subscribes, and does not reliably
come back after a lost connection. So redis-py only opens and authenticates the connection here;
then one thread reads the bare socket with hiredis' parser, taking everything that has arrived in
one go, and any thread writes SUBSCRIBE and UNSUBSCRIBE under a lock. After every reconnect it
subscribes again and says so, because what was published in between is lost to it.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import Any

import hiredis
import redis
import structlog

from shared.settings import Settings

#: How long the reader bears silence before it pings, and then before it reconnects.
SILENCE_S = 5.0
RECONNECT_S = 0.2
READ_BYTES = 256 * 1024
#: How long the reader works before others get their turn.
TURN_S = 0.01

log = structlog.get_logger("subscription")

#: Payloads that arrived together, by channel, in the order of their first arrival.
Batch = dict[bytes, list[bytes]]


class Subscription:
    """Hears channels, until closed.

    `on_batch(batch)` and `on_subscribed(channels)` are called from the reading thread and must be
    quick. `on_subscribed` comes after every (re)subscription.
    """

    def __init__(
        self,
        settings: Settings,
        on_batch: Callable[[Batch], None],
        on_subscribed: Callable[[Sequence[bytes]], None],
    ) -> None:
        self._pool = redis.ConnectionPool.from_url(
            settings.broker_url, protocol=2, socket_connect_timeout=2, socket_timeout=SILENCE_S
        )
        self._on_batch = on_batch
        self._on_subscribed = on_subscribed
        self._lock = Lock()
        self._channels: set[bytes] = set()
        self._socket: socket.socket | None = None
        self._stop = Event()
        self._thread: Thread | None = None

    def add(self, channel: bytes) -> None:
        """Subscribe; `on_subscribed` says when it counts. Starts the reader on first use."""
        with self._lock:
            self._channels.add(channel)
            self._send("SUBSCRIBE", channel)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="subscription", daemon=True)
                self._thread.start()

    def remove(self, channel: bytes) -> None:
        """Unsubscribe."""
        with self._lock:
            self._channels.discard(channel)
            self._send("UNSUBSCRIBE", channel)

    def close(self) -> None:
        """End the reader and the connection."""
        self._stop.set()
        with self._lock:
            thread = self._thread
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)
        if thread is not None:
            thread.join(SILENCE_S)

    def _send(self, *command: str | bytes) -> None:
        """Write a command; a failure is left to the reader, which will reconnect."""
        if self._socket is None:
            return
        try:
            self._socket.sendall(hiredis.pack_command(command))  # type: ignore[arg-type]  # its stub names one argument
        except OSError:
            failed, self._socket = self._socket, None
            with suppress(OSError):
                failed.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        while not self._stop.is_set():
            connection = self._pool.make_connection()
            try:
                connection.connect()
                # redis-py has no public way to the socket of a connection it made.
                self._read(connection._sock)  # type: ignore[attr-defined]  # noqa: SLF001
            except Exception as error:  # noqa: BLE001 - without this thread nobody hears anything
                if not self._stop.is_set():
                    log.warning("lost the server; trying again", error=type(error).__name__)
                    self._stop.wait(RECONNECT_S)
            finally:
                with self._lock:
                    self._socket = None
                connection.disconnect()

    def _read(self, connected: socket.socket) -> None:
        """Read until the connection fails; silence that outlasts a ping is a failure too."""
        reader, space = hiredis.Reader(), bytearray(READ_BYTES)
        with self._lock:
            self._socket = connected
            if self._channels:
                self._send("SUBSCRIBE", *self._channels)
        pinged, waited = False, time.monotonic()
        while not self._stop.is_set():
            try:
                size = connected.recv_into(space)
            except TimeoutError:
                if pinged:
                    raise
                pinged = True
                with self._lock:
                    self._send("PING")
                continue
            if not size:
                raise ConnectionError("the server closed the connection")
            pinged = False
            reader.feed(space, 0, size)  # type: ignore[arg-type]  # its stub forgets buffers
            self._dispatch(reader)
            if time.monotonic() - waited > TURN_S:
                # Where threads are greenlets, a socket that always has more would starve them.
                time.sleep(0)
                waited = time.monotonic()

    def _dispatch(self, reader: Any) -> None:
        """Hand on everything that has arrived."""
        batch: Batch = {}
        subscribed: list[bytes] = []
        gets = reader.gets
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
