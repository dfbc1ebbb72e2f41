"""Handing a response over to the writer, where the server allows it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Generator, Iterable, Sequence
from typing import Any, cast

from flask import Response
from gevent import monkey

from api.channel import Done
from api.writer import ChannelMaker, Writer


def socket_of(environ: dict[str, Any]) -> socket.socket | None:
    """The socket of a request, if its server shows it and HTTP/1.1 is spoken on it."""
    connection = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    speaks = environ["SERVER_PROTOCOL"] == "HTTP/1.1" and environ["REQUEST_METHOD"] != "HEAD"
    return connection if speaks and isinstance(connection, socket.socket) else None


def can_adopt(environ: dict[str, Any]) -> bool:
    """Whether this request's socket can be handed over: plain, of a server in gevent's one thread.

    Of those only gunicorn lets go of it.
    """
    connection = socket_of(environ)
    return (
        connection is not None
        and "gunicorn.socket" in environ
        and not isinstance(connection, ssl.SSLSocket)
        and monkey.is_module_patched("socket")
    )


class HandedOver(Response):
    """A response whose body goes over a channel.

    Flask treats it as any other response (cookie, headers, access log). When gunicorn calls it at
    last, its head is written and its socket handed to the writer; under another server the
    response's own iterator is its body.
    """

    #: Headers that frame the body, as they stand on the wire.
    framing = b"Transfer-Encoding: chunked\r\nConnection: close\r\n"

    def over(self, writer: Writer, make: ChannelMaker) -> None:
        """Set what takes over."""
        self._writer = writer
        self._make = make
        self._done: list[Done] = []

    def when_done(self, done: Done) -> None:
        """Have `done` called once, with the bytes the client got, when the stream has ended."""
        self._done.append(done)

    def done(self, sent: int) -> None:
        """The stream has ended."""
        _each(self._done)(sent)

    def head(self) -> bytes:
        """The response's head on the wire."""
        lines = [f"{name}: {value}\r\n" for name, value in self.headers]
        head = f"HTTP/1.1 {self.status}\r\n{''.join(lines)}".encode("latin-1")
        return head + self.framing + b"\r\n"

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the request."""
        if not can_adopt(environ):
            return self.otherwise(environ, start_response)
        connection = environ["gunicorn.socket"]
        self._writer.adopt(connection, self.head(), self._make, _each(self._done))
        # What gunicorn's own marker for this does not: end the connection's greenlet, which would
        # otherwise wait for the next request on this socket, and take what the client sends.
        raise StopIteration

    def otherwise(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer where the server keeps its socket: with the response's own iterator."""
        sent = 0
        done = _each(self._done)

        def counted(body: Iterable[bytes]) -> Iterable[bytes]:
            nonlocal sent
            try:
                for piece in body:
                    sent += len(piece)
                    yield piece
            finally:
                cast("Generator[bytes]", body).close()

        self.response = counted(self.response)  # type: ignore[arg-type]
        self.call_on_close(lambda: done(sent))
        return super().__call__(environ, start_response)


def _each(parts: Sequence[Done]) -> Done:
    """All of them as one; holds nothing else of the response."""

    def done(sent: int) -> None:
        for part in parts:
            part(sent)

    return done
