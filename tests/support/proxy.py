"""What may lie between a browser and the server: a TCP proxy that buffers, freezes and cuts."""

from __future__ import annotations

import random
import socket
import threading
from contextlib import suppress

PIECE = 64 * 1024
#: What a buffering proxy gathers of a stream before it passes anything on.
BUFFER_BYTES = 1024 * 1024
SWITCHED = b"HTTP/1.1 101 "


class Link:
    """One connection through the proxy: the client's side and the server's."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.frozen = False
        #: How many bytes from the server still pass before it is cut; None: all.
        self.cut_after: int | None = None

    def close(self) -> None:
        """Cut it; what was on its way is lost."""
        for end in (self.client, self.server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


class Proxy:
    """Passes connections on to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._links: list[Link] = []
        #: Hold back event streams, after this many bytes of each; None: pass them on.
        self.hold_after: int | None = None
        #: Cut each new connection somewhere within so many bytes from the server; None: never.
        self.cut_within: int | None = None
        #: How many bytes came from the server, on all connections.
        self.passed = 0
        #: After how many bytes each of the next streams is cut, from its head on.
        self.cuts: list[int] = []
        self.random = random.Random(0)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Cut all connections that there are."""
        links, self._links = self._links, []
        for link in links:
            link.close()

    def freeze(self) -> None:
        """All connections that there are stay open, but nothing comes from the server any more."""
        for link in self._links:
            link.frozen = True

    def close(self) -> None:
        """End it all."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._port))
            except OSError:
                client.close()
                continue
            link = Link(client, server)
            if self.cut_within is not None:
                link.cut_after = self.random.randrange(self.cut_within)
            self._links.append(link)
            threading.Thread(target=self._up, args=(link,), daemon=True).start()
            threading.Thread(target=self._down, args=(link,), daemon=True).start()

    @staticmethod
    def _up(link: Link) -> None:
        with suppress(OSError):
            while data := link.client.recv(PIECE):
                link.server.sendall(data)
        link.close()

    def _down(self, link: Link) -> None:
        held, passed, streaming = b"", 0, False
        with suppress(OSError):
            while data := link.server.recv(PIECE):
                self.passed += len(data)
                if link.frozen:
                    continue
                if b"Content-Type: text/event-stream" in data or data.startswith(SWITCHED):
                    streaming, passed = True, 0
                    link.cut_after = self.cuts.pop(0) if self.cuts else link.cut_after
                held += data
                if streaming and self.hold_after is not None:
                    ready = (
                        held
                        if len(held) > BUFFER_BYTES
                        else held[: max(0, self.hold_after - passed)]
                    )
                else:
                    ready = held
                held = held[len(ready) :]
                passed += len(ready)
                if link.cut_after is not None and link.cut_after < passed:
                    link.client.sendall(ready[: max(0, len(ready) - passed + link.cut_after)])
                    break
                link.client.sendall(ready)
        link.close()
