"""What many greenlets need in the same turn of gevent's loop, done once for all of them."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable
from typing import Any

import gevent
from gevent import monkey
from gevent.event import AsyncResult

from shared.store import Store
from shared.subscription import Ear, ThreadEar
from shared.wire import Command, Wire, checked

#: What the loop is to report of a descriptor.
READABLE = 1
#: With so many commands a round trip is full, and the next begins.
MOST_COMMANDS = 200


class HubEar(ThreadEar):
    """Reads in the loop's own callback: no greenlet is woken and no timer set for what arrives.

    What hears must not wait, nor may the read: one through TLS can, so that is a greenlet's.
    """

    def __init__(self) -> None:
        self._deed: Callable[[], None] | None = None

    def listen(
        self,
        connected: socket.socket,
        space: bytearray,
        hear: Callable[[int], None],
        silence_s: float,
    ) -> None:
        """Have the loop read until it is silent."""
        if isinstance(connected, ssl.SSLSocket):
            super().listen(connected, space, hear, silence_s)
            return
        descriptor, failed, heard = connected.fileno(), AsyncResult(), True

        def readable() -> None:
            nonlocal heard
            heard = True
            try:
                hear(os.readv(descriptor, (space,)))
            except BlockingIOError:
                pass
            except Exception as error:  # noqa: BLE001 - raised where it can be handled
                watcher.stop()
                failed.set_exception(error)

        watcher = gevent.get_hub().loop.io(descriptor, READABLE)
        watcher.start(readable)
        try:
            while heard:
                heard = False
                failed.wait(silence_s)
                if failed.ready():
                    failed.get()
        finally:
            watcher.stop()
            watcher.close()

    def soon(self, deed: Callable[[], None]) -> None:
        """Do it in a greenlet of its own, once for all who asked until then."""
        if self._deed is None:
            self._deed = deed
            gevent.spawn(self._do)

    def _do(self) -> None:
        deed, self._deed = self._deed, None
        if deed is not None:
            deed()


class TurnWire(Wire):
    """Sends the commands of all who call in one turn together, in one round trip.

    An error reply is its caller's alone; with no reply, everybody fails.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._commands: list[Command] = []
        self._replies = AsyncResult()

    def call(self, *commands: Command) -> list[Any]:
        """The replies, in order, when everybody's are there; raises RedisError, as any wire."""
        if not self._commands or len(self._commands) >= MOST_COMMANDS:
            self._commands, self._replies = [], AsyncResult()
            gevent.spawn(self._exchange_all, self._commands, self._replies)
        first, replies = len(self._commands), self._replies
        self._commands += commands
        return checked(replies.get()[first : first + len(commands)])

    def _exchange_all(self, commands: list[Command], replies: AsyncResult) -> None:
        if self._commands is commands:
            self._commands = []
        try:
            replies.set(self.exchange(*commands))
        except Exception as error:  # noqa: BLE001 - raised in all who wait
            replies.set_exception(error)


def ear() -> Ear:
    """How this process hears what is published."""
    return HubEar() if monkey.is_module_patched("socket") else ThreadEar()


def wire(store: Store) -> Wire:
    """How this process runs scripts and reads logs."""
    return TurnWire(store) if monkey.is_module_patched("socket") else Wire(store)
