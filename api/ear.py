"""Hearing in gevent's loop itself."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import gevent
from gevent import monkey
from gevent.event import AsyncResult

from shared.subscription import Ear, ThreadEar

#: What the loop is to report of a descriptor.
READABLE = 1


class HubEar:
    """Reads in the loop's own callback: no greenlet is woken and no timer set for what arrives.

    That is half of what an event would cost if they came one by one. What hears must not wait.
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


def ear() -> Ear:
    """The one for this process."""
    return HubEar() if monkey.is_module_patched("socket") else ThreadEar()
