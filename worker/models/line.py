"""A line: one HTTP client whose connections another thread can cut."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from threading import Lock
from typing import Any

import httpx2

#: What the transport reports when a connection stands, and when it is wrapped in TLS.
_OPENED = (".connect_tcp.complete", ".start_tls.complete")


class Line:
    """Calls through `http` end at once when another thread hangs up.

    Closing a client or a response does not wake a thread that waits in recv(); shutting the socket
    down does. A line serves one call, so cutting it hurts nobody else.
    """

    def __init__(self, tls: ssl.SSLContext, timeout: httpx2.Timeout) -> None:
        self._lock = Lock()
        self._sockets: list[socket.socket] = []
        self._hung_up = False
        hooks = {"request": [self._watch]}
        self.http = httpx2.Client(verify=tls, timeout=timeout, event_hooks=hooks)

    def hang_up(self) -> None:
        """Cut every connection of this line, also those still to come; from any thread."""
        with self._lock:
            self._hung_up = True
            for each in self._sockets:
                _cut(each)

    def _watch(self, request: httpx2.Request) -> None:
        request.extensions["trace"] = self._traced

    def _traced(self, event: str, info: dict[str, Any]) -> None:
        if not event.endswith(_OPENED):
            return
        opened = info["return_value"].get_extra_info("socket")
        with self._lock:
            self._sockets.append(opened)
            if self._hung_up:
                _cut(opened)


def _cut(each: socket.socket) -> None:
    with suppress(OSError):  # closed by its owner in the meantime
        # Of a TLS socket the plain half: its own shutdown() would take the cipher away from the
        # thread that is reading.
        socket.socket.shutdown(each, socket.SHUT_RDWR)
