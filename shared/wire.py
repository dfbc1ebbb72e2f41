"""The hot path to the server: redis-py opens the connections, hiredis packs and parses.

Two thirds of what a call costs its client is redis-py's. So scripts, and the reads of those who
open, resume or poll, make their one round trip here. Whatever failed may be sent again: reads
change nothing, and every script recognises by the state that its first run had an effect.
"""

from __future__ import annotations

import socket
from collections import deque
from contextlib import suppress
from threading import Event
from time import monotonic
from typing import Any
from weakref import finalize

import hiredis
import redis

from shared.store import TIMEOUT_S

#: Connections per process. A call takes a fraction of a millisecond, so a storm of viewers waits
#: for its turn rather than opening a connection each.
MOST_LINES = 32
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
        """Send commands, and read as many replies; whatever goes wrong, it hangs up."""
        try:
            return self._call(packed, count)
        except BaseException:
            self.close()
            raise

    def _call(self, packed: bytes, count: int) -> list[Any]:
        sent = self._socket.send(packed)
        if sent < len(packed):
            self._socket.sendall(packed[sent:])
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
        #: Connections that nobody uses, the one used last at the end; None for one not open yet.
        self._idle: list[_Line | None] = [None] * MOST_LINES
        #: Who waits for one.
        self._waiting: deque[Event] = deque()
        # Nobody closes a wire; its connections go with it.
        finalize(self, _hang_up, self._idle)

    def call(self, *commands: Command) -> list[Any]:
        """The replies, in order; raises RedisError, of the first that is one."""
        return checked(self.exchange(*commands))

    def exchange(self, *commands: Command) -> list[Any]:
        """The replies, in order, an error in place of one that is one.

        Tried as often as the store's client would; raises RedisError when there are no replies.
        """
        # Its stub names a single argument.
        packed = b"".join([hiredis.pack_command(command) for command in commands])  # type: ignore[arg-type]
        count = len(commands)
        if self._retry is None:
            return self._exchange(packed, count)
        return self._retry.call_with_retry(lambda: self._exchange(packed, count), _forget)

    def _exchange(self, packed: bytes, count: int) -> list[Any]:
        found, kept = self._take(), None
        try:
            kept, replies = self._over(found, packed, count)
        except TimeoutError as error:
            raise redis.TimeoutError(str(error)) from error
        except OSError as error:
            raise redis.ConnectionError(str(error)) from error
        finally:
            self._idle.append(kept)
            if self._waiting:
                self._next_turn()
        for index, reply in enumerate(replies):
            if isinstance(reply, hiredis.ReplyError):
                replies[index] = refused = _error(str(reply))
                if isinstance(refused, redis.ConnectionError):
                    raise refused  # the server is away for a while, for all of them
        return replies

    def _over(self, line: _Line | None, packed: bytes, count: int) -> tuple[_Line, list[Any]]:
        """Over a connection that was idle; if the server had closed that, over a new one."""
        if line is not None:
            try:
                return line, line.call(packed, count)
            except TimeoutError:
                raise
            except OSError:
                pass
        line = _Line(self._pool)
        return line, line.call(packed, count)

    def _take(self) -> _Line | None:
        """A connection to use; a semaphore would do, but takes longer than all else here."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._wait_for_one(monotonic() + TIMEOUT_S)

    def _wait_for_one(self, until: float) -> _Line | None:
        while monotonic() < until:
            turn = Event()
            self._waiting.append(turn)
            try:
                return self._idle.pop()  # one may have come back since
            except IndexError:
                turn.wait(until - monotonic())
            finally:
                with suppress(ValueError):
                    self._waiting.remove(turn)
        raise redis.TimeoutError("all connections are busy")

    def _next_turn(self) -> None:
        with suppress(IndexError):
            self._waiting.popleft().set()


def checked(replies: list[Any]) -> list[Any]:
    """The replies, none of which is an error; raises the first RedisError among them."""
    for reply in replies:
        if isinstance(reply, redis.RedisError):
            raise reply
    return replies


def _error(said: str) -> redis.RedisError:
    """What an error reply means."""
    return ERRORS.get(said.partition(" ")[0], redis.ResponseError)(said)


def _hang_up(lines: list[_Line | None]) -> None:
    for line in lines:
        if line is not None:
            line.close()


def _forget(_error: Exception) -> None:
    """The connection is closed already."""
