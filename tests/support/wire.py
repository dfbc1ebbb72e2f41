"""Viewers at the level of bytes: one attempt each over any transport, cut after so many bytes.

Everything happens in the caller's thread, and only when asked: so a plan of what is written and
where connections break is carried out the same way each time.
"""

from __future__ import annotations

import json
import re
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

import h11
from wsproto.frame_protocol import FrameProtocol, Opcode

from shared.events import Event
from tests.support.viewers import frames_in

PIECE = 64 * 1024
WAIT_S = 30.0
#: Between two messages of a status; within a message its quotes are escaped.
BETWEEN = re.compile(rb',(?=\{"id":"[0-9a-f]{8}-\d+","seq":)')


class Attempt(ABC):
    """One connection, and what came over it.

    `events` are the messages, as they came; `ids` the cursors beside them, and `owners` the tasks,
    where the transport names them. `whole` says that it ended as the protocol ends what is
    complete; `status` is None until there is one.
    """

    def __init__(self, url: str, request: bytes, cut: int | None) -> None:
        address = urlsplit(url)
        self.events: list[bytes] = []
        self.ids: list[str] = []
        self.owners: list[str] = []
        self.reset = self.gone = self.whole = self.over = False
        self.status: int | None = None
        self.headers: Mapping[bytes, bytes] = {}
        self.body = b""
        self._left = cut
        self._socket = socket.create_connection((address.hostname or "", address.port or 0))
        self._socket.settimeout(WAIT_S)
        self._socket.sendall(request)

    def step(self) -> bool:
        """Take what has come; False once nothing more can."""
        if self._left == 0:
            self.close()
        if self.over:
            return False
        size = PIECE if self._left is None else min(PIECE, self._left)
        try:
            data = self._socket.recv(size)
        except ConnectionResetError:
            data = b""
        except TimeoutError:
            told = f"{len(self.events)} messages, status {self.status}, reset {self.reset}"
            raise AssertionError(f"nothing came for {WAIT_S} s; so far {told}") from None
        if self._left is not None:
            self._left -= len(data)
        self.take(data)
        if not data or self.whole:
            self.close()
        return True

    def until(self, enough: Callable[[], bool]) -> None:
        """Go on until there is enough, or the connection is over."""
        while not enough() and self.step():
            pass

    def to_the_end(self) -> None:
        """Take all there is."""
        self.until(lambda: False)

    def close(self) -> None:
        """Leave, whatever is on its way."""
        self.over = True
        self._socket.close()

    @abstractmethod
    def take(self, data: bytes) -> None:
        """Some bytes from the server; b"" at the end of the connection."""


class Http(Attempt):
    """An HTTP exchange; `body` grows as it comes."""

    def __init__(
        self,
        url: str,
        path: str,
        cut: int | None,
        headers: Mapping[str, str],
        content: bytes = b"",
    ) -> None:
        self._http = h11.Connection(h11.CLIENT)
        target = h11.Request(
            method="POST" if content else "GET",
            target=path,
            headers=[
                ("Host", urlsplit(url).netloc),
                ("Connection", "close"),
                ("Content-Length", str(len(content))),
                ("Content-Type", "application/json"),
                *headers.items(),
            ],
        )
        request = self._http.send(target) or b""
        request += self._http.send(h11.Data(data=content)) or b""
        self._http.send(h11.EndOfMessage())
        super().__init__(url, request, cut)

    def take(self, data: bytes) -> None:
        try:
            self._http.receive_data(data)
            while (event := self._http.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                if isinstance(event, h11.Response):
                    self.status, self.headers = event.status_code, dict(event.headers)
                elif isinstance(event, h11.Data):
                    self.body += event.data
                    self.grown()
                elif isinstance(event, h11.EndOfMessage):
                    self.whole = True
                    self.completed()
                    return
                else:
                    return
        except h11.RemoteProtocolError:
            assert not data, "the server broke HTTP"

    def grown(self) -> None:
        """There is more of the body."""

    def completed(self) -> None:
        """The body is whole."""


class Sse(Http):
    """A stream of Server-Sent Events."""

    def grown(self) -> None:
        found, self.body = frames_in(self.body)
        for frame in found:
            if frame["event"]:
                self.reset |= frame["event"] == b"reset"
                self.gone |= frame["event"] == b"gone"
            elif frame["data"] is None:
                self.ids.append(frame["id"].decode())
            else:
                self.ids.append(frame["id"].decode())
                self.message(frame["data"])

    def message(self, data: bytes) -> None:
        """One event's data."""
        self.events.append(data)


class Feed(Sse):
    """The stream of everything: each message with its task; b"null" for a log that is gone."""

    def message(self, data: bytes) -> None:
        task_id, _, message = data.partition(b'","message":')
        self.owners.append(task_id.removeprefix(b'{"task_id":"').decode())
        self.events.append(message[:-1])


class Poll(Http):
    """A status; only a whole one says anything."""

    def completed(self) -> None:
        self.gone = self.status == 404
        if self.status != 200:
            return
        found = json.loads(self.body)
        self.reset = found["reset"]
        inner = self.body.partition(b'"messages":[')[2].removesuffix(b"]}\n")
        self.events = BETWEEN.split(inner) if inner else []
        assert [json.loads(raw) for raw in self.events] == found["messages"]


class Socket(Attempt):
    """A WebSocket."""

    def __init__(self, url: str, path: str, cut: int | None, headers: Mapping[str, str]) -> None:
        lines = {
            "Host": urlsplit(url).netloc,
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            **headers,
        }
        head = "".join([f"{name}: {value}\r\n" for name, value in lines.items()])
        self._protocol = FrameProtocol(client=True, extensions=[])
        self._text = ""
        self.code = 0
        super().__init__(url, f"GET {path} HTTP/1.1\r\n{head}\r\n".encode(), cut)

    def take(self, data: bytes) -> None:
        if self.status is None:
            self.body += data
            head, end, data = self.body.partition(b"\r\n\r\n")
            if not end:
                return
            self.status = int(head.split()[1])
            self.gone = self.status == 404
        if self.status != 101:
            return
        self._protocol.receive_bytes(data)
        for frame in self._protocol.received_frames():
            if frame.opcode is Opcode.TEXT:
                self._text += str(frame.payload)
                if frame.message_finished:
                    text, self._text = self._text, ""
                    self.message(text.encode())
            elif isinstance(frame.payload, tuple):
                self.code = int(frame.payload[0])
                self.whole = self.code == 1000

    def message(self, data: bytes) -> None:
        """One text."""
        if data.startswith(b'{"type":"reset"'):
            self.reset = True
        elif data.startswith(b'{"type":"gone"'):
            self.gone = True
        else:
            self.events.append(data)


def cursor_of(raw: bytes) -> str:
    """The cursor that a message carries."""
    return Event.parse(raw).id.decode()


def numbered(raws: list[bytes]) -> Iterator[int]:
    """The seqs, for a failure that can be read."""
    return (Event.parse(raw).seq for raw in raws)
