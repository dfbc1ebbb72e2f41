"""Reads on the hot path: redis-py opens the connections, hiredis packs and parses.

Two thirds of what a call costs its client is redis-py's; a viewer that opens, resumes or polls
makes one round trip here instead. Only reads, so whatever failed may be sent again.
"""

from __future__ import annotations

import socket
from threading import BoundedSemaphore
from typing import Any

import hiredis
import redis

from shared.errors import Unavailable
from shared.store import TIMEOUT_S

#: Connections per process. A call takes a fraction of a millisecond, so a storm of viewers waits
#: for its turn rather than opening a connection each.
MOST_LINES = 8
READ_BYTES = 256 * 1024

Command = tuple[str | bytes | int, ...]


class _Line:
    """One connection."""

    def __init__(self, pool: redis.ConnectionPool) -> None:
        self._connection = pool.make_connection()
        self._connection.connect()
        # redis-py has no public way to the socket of a connection it made.
        self._socket: socket.socket = self._connection._sock  # type: ignore[attr-defined]  # noqa: SLF001
        self._socket.settimeout(TIMEOUT_S)
        self._reader = hiredis.Reader()

    def call(self, packed: bytes, count: int) -> list[Any]:
        """Send commands, and read as many replies."""
        self._socket.sendall(packed)
        replies: list[Any] = []
        while len(replies) < count:
            reply = self._reader.gets()
            if reply is not False:
                replies.append(reply)
                continue
            data = self._socket.recv(READ_BYTES)
            if not data:
                raise ConnectionError("the server closed the connection")
            self._reader.feed(data)
        return replies

    def close(self) -> None:
        """Hang up."""
        self._connection.disconnect()


class Wire:
    """Sends commands together and reads their replies; safe to share between threads."""

    def __init__(self, store: redis.Redis) -> None:
        self._pool = store.connection_pool
        self._idle: list[_Line] = []
        self._free = BoundedSemaphore(MOST_LINES)

    def call(self, *commands: Command) -> list[Any]:
        """The replies, in order; raises Unavailable when the server can't be reached."""
        # Its stub names a single argument.
        packed = b"".join([hiredis.pack_command(command) for command in commands])  # type: ignore[arg-type]
        if not self._free.acquire(timeout=TIMEOUT_S):
            raise Unavailable("The job store is slow; try again shortly.")
        try:
            replies = self._exchange(packed, len(commands))
        except (redis.RedisError, OSError) as error:
            raise Unavailable("The job store cannot be reached; try again shortly.") from error
        finally:
            self._free.release()
        for reply in replies:
            if isinstance(reply, hiredis.ReplyError):
                raise Unavailable("The job store is not ready; try again shortly.") from reply
        return replies

    def _exchange(self, packed: bytes, count: int) -> list[Any]:
        """Over a connection that was idle; if the server had closed that, over a new one."""
        while self._idle:
            line = self._idle.pop()
            try:
                return self._over(line, packed, count)
            except TimeoutError:
                raise
            except OSError:
                continue
        return self._over(_Line(self._pool), packed, count)

    def _over(self, line: _Line, packed: bytes, count: int) -> list[Any]:
        try:
            replies = line.call(packed, count)
        except BaseException:
            line.close()
            raise
        self._idle.append(line)
        return replies
