"""One pub/sub connection per process, with its own reconnect.

redis-py's PubSub may not be read by one thread while another subscribes, and does not reliably
come back after a lost connection; so this keeps a bare connection: one thread reads, any thread
writes SUBSCRIBE and UNSUBSCRIBE under a lock. After every reconnect it subscribes again and says
so, because what was published in between is lost to it.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any

import redis
import structlog
from redis.connection import ConnectionInterface

from shared.settings import Settings

#: How often the reader looks up from a silent connection; it then pings the server.
SILENCE_S = 5.0
RECONNECT_S = 0.2

log = structlog.get_logger("subscription")


class Subscription:
    """Hears channels, until closed.

    `on_message(channel, payload)` and `on_subscribed(channel)` are called from the reading thread
    and must be quick. `on_subscribed` comes after every (re)subscription.
    """

    def __init__(
        self,
        settings: Settings,
        on_message: Callable[[str, bytes], None],
        on_subscribed: Callable[[str], None],
    ) -> None:
        self._pool = redis.ConnectionPool.from_url(
            settings.broker_url, protocol=2, socket_connect_timeout=2, socket_timeout=SILENCE_S
        )
        self._on_message = on_message
        self._on_subscribed = on_subscribed
        self._lock = Lock()
        self._channels: set[str] = set()
        self._connection: ConnectionInterface | None = None
        self._stop = Event()
        self._thread: Thread | None = None

    def add(self, channel: str) -> None:
        """Subscribe; `on_subscribed` says when it counts. Starts the reader on first use."""
        with self._lock:
            self._channels.add(channel)
            self._send("SUBSCRIBE", channel)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="subscription", daemon=True)
                self._thread.start()

    def remove(self, channel: str) -> None:
        """Unsubscribe."""
        with self._lock:
            self._channels.discard(channel)
            self._send("UNSUBSCRIBE", channel)

    def close(self) -> None:
        """End the reader and the connection."""
        self._stop.set()
        with self._lock:
            thread = self._thread
            if self._connection is not None:
                self._send("PING")
        if thread is not None:
            thread.join(SILENCE_S)

    def _send(self, *command: str) -> None:
        """Write a command; a failure is left to the reader, which will reconnect."""
        if self._connection is None:
            return
        try:
            self._connection.send_command(*command, check_health=False)
        except (redis.RedisError, OSError):
            self._connection = None

    def _run(self) -> None:
        while not self._stop.is_set():
            connection = self._pool.make_connection()
            try:
                self._connect(connection)
                self._read(connection)
            except (redis.RedisError, OSError) as error:
                log.warning("lost the server; trying again", error=type(error).__name__)
                self._stop.wait(RECONNECT_S)
            finally:
                with self._lock:
                    self._connection = None
                connection.disconnect()

    def _connect(self, connection: ConnectionInterface) -> None:
        connection.connect()
        with self._lock:
            self._connection = connection
            if self._channels:
                self._send("SUBSCRIBE", *self._channels)

    def _read(self, connection: ConnectionInterface) -> None:
        """Read until the connection fails; silence twice in a row after a ping is a failure."""
        pinged = False
        while not self._stop.is_set() and self._connection is connection:
            if not connection.can_read(timeout=SILENCE_S):
                if pinged:
                    raise redis.TimeoutError("the server is silent")
                pinged = True
                with self._lock:
                    self._send("PING")
                continue
            pinged = False
            self._dispatch(connection.read_response())

    def _dispatch(self, reply: Any) -> None:
        kind, channel, payload = reply if len(reply) == 3 else (b"", b"", b"")
        if kind == b"message":
            self._on_message(channel.decode(), payload)
        elif kind == b"subscribe":
            self._on_subscribed(channel.decode())
