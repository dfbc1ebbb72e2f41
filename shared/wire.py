"""The hot path to the server: redis-py opens the connections, hiredis packs and parses.

Two thirds of what a call costs its client is redis-py's. So scripts, and the reads of those who
open, resume or poll, make their one round trip here. Whatever failed may be sent again: reads
change nothing, and every script recognises by the state that its first run had an effect.
"""

from __future__ import annotations

import socket
from threading import BoundedSemaphore
from typing import Any
from weakref import finalize

import hiredis
import redis

from shared.store import TIMEOUT_S

#: Connections per process. A call takes a fraction of a millisecond, so a storm of viewers waits
#: for its turn rather than opening a connection each.
MOST_LINES = 8
READ_BYTES = 256 * 1024
#: Error replies by how they begin; any other is a bug of ours.
ERRORS: dict[str, type[redis.RedisError]] = {
    "OOM": redis.OutOfMemoryError,
    "NOSCRIPT": redis.exceptions.NoScriptError,
    "LOADING": redis.BusyLoadingError,
    # Its disk is full: like a server that is away for a while.
    "MISCONF": redis.BusyLoadingError,
    "READONLY": redis.ReadOnlyError,
}

Command = tuple[str | bytes | int | float, ...]


class _Line:
    """One connection."""

    def __init__(self, pool: redis.ConnectionPool) -> None:
        # Of the pool's kind, but not one of those it counts and lends.
        self._connection = pool.connection_class(**pool.connection_kwargs)
        # Whoever calls tries again; not each try many times.
        self._connection.connect_check_health(retry_socket_connect=False)
        # redis-py has no public way to the socket of a connection it made.
        self._socket: socket.socket = self._connection._sock  # noqa: SLF001
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
        self._retry = store.get_retry()
        self._idle: list[_Line] = []
        self._free = BoundedSemaphore(MOST_LINES)
        # Nobody closes a wire; its connections go with it.
        finalize(self, _hang_up, self._idle)

    def call(self, *commands: Command) -> list[Any]:
        """The replies, in order, tried as often as the store's client would; raises RedisError."""
        # Its stub names a single argument.
        packed = b"".join([hiredis.pack_command(command) for command in commands])  # type: ignore[arg-type]
        count = len(commands)
        if self._retry is None:
            return self._exchange(packed, count)
        return self._retry.call_with_retry(lambda: self._exchange(packed, count), _forget)

    def _exchange(self, packed: bytes, count: int) -> list[Any]:
        if not self._free.acquire(timeout=TIMEOUT_S):
            raise redis.TimeoutError("all connections are busy")
        try:
            replies = self._over_any(packed, count)
        except TimeoutError as error:
            raise redis.TimeoutError(str(error)) from error
        except OSError as error:
            raise redis.ConnectionError(str(error)) from error
        finally:
            self._free.release()
        for reply in replies:
            if isinstance(reply, hiredis.ReplyError):
                kind = ERRORS.get(str(reply).partition(" ")[0], redis.ResponseError)
                raise kind(str(reply))
        return replies

    def _over_any(self, packed: bytes, count: int) -> list[Any]:
        """Over a connection that was idle; if the server had closed that, over a new one."""
        while (line := self._take()) is not None:
            try:
                return self._over(line, packed, count)
            except TimeoutError:
                raise
            except OSError:
                continue
        return self._over(_Line(self._pool), packed, count)

    def _take(self) -> _Line | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _over(self, line: _Line, packed: bytes, count: int) -> list[Any]:
        try:
            replies = line.call(packed, count)
        except BaseException:
            line.close()
            raise
        self._idle.append(line)
        return replies


def _hang_up(lines: list[_Line]) -> None:
    for line in lines:
        line.close()


def _forget(_error: Exception) -> None:
    """The connection is closed already."""
