"""Viewers that are interrupted at any byte, resume, and keep account of what they got.

One coroutine each, over every transport, choosing one of several APIs at every attempt.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from shared.events import TERMINAL, Event, to_json

Address = tuple[str, int]
#: A block of an event stream, what is no field of it put aside.
FRAME = re.compile(
    rb"\A(?:id: (?P<id>[^\n]*)\n?)?(?:event: (?P<event>\w+)\n)?(?:data: (?P<data>.*))?\Z", re.DOTALL
)
ASIDE = re.compile(rb"\A(?::[^\n]*\n|retry: \d+\n)*")
ATTEMPT_S = 40.0


class Account:
    """What one viewer got of one job."""

    def __init__(self) -> None:
        self.seq = -1
        self.cursor = ""
        self.lost = self.repeated = 0
        self.ended = False
        self._digest = hashlib.sha256()

    def take(self, raw: bytes) -> None:
        """One message, as it came."""
        event = Event.parse(raw)
        if event.seq <= self.seq:
            self.repeated += 1
            return
        self.lost += event.seq - self.seq - 1
        self.seq, self.cursor = event.seq, event.id.decode()
        self.ended = event.type in TERMINAL
        self._digest.update(raw + b"\n")

    def is_of(self, log: Sequence[Event]) -> bool:
        """Whether this is the log, byte for byte."""
        whole = hashlib.sha256(b"".join([event.raw + b"\n" for event in log]))
        return whole.digest() == self._digest.digest()


class Viewer:
    """Follows one job to its end. `rough`: how often an attempt is cut by the viewer itself."""

    def __init__(
        self,
        addresses: Sequence[Address],
        cookie: str,
        job_id: str,
        rng: random.Random,
        rough: float,
    ) -> None:
        self.addresses = addresses
        self.cookie = cookie
        self.job_id = job_id
        self.rng = rng
        self.rough = rough
        self.accounts: dict[str, Account] = defaultdict(Account)
        self.attempts = 0
        self.resets = 0
        #: Streams that ended as if complete, before the terminal message.
        self.false_ends = 0

    @property
    def account(self) -> Account:
        """Of the one job."""
        return self.accounts[self.job_id]

    @property
    def done(self) -> bool:
        """Whether it has seen all."""
        return self.account.ended

    @property
    def begun(self) -> bool:
        """Whether it has seen anything."""
        return any(account.seq >= 0 for account in self.accounts.values())

    async def run(self) -> None:
        """Try until all has been seen."""
        while not self.done:
            self.attempts += 1
            try:
                async with asyncio.timeout(ATTEMPT_S):
                    await self.attempt(*self.rng.choice(self.addresses))
            except (OSError, TimeoutError, EOFError, WebSocketException):
                pass
            await asyncio.sleep(self.rng.uniform(0, 0.3))

    async def attempt(self, host: str, port: int) -> None:
        """One connection, to its end."""
        raise NotImplementedError

    async def body(self, host: str, port: int, path: str, cursor: str) -> AsyncIterator[bytes]:
        """The body of an answer as it comes; raises EOFError when it breaks off or is refused."""
        reader, writer = await asyncio.open_connection(host, port)
        try:
            head = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {self.cookie}\r\n"
            head += f"Last-Event-ID: {cursor}\r\n" if cursor else ""
            writer.write(f"{head}\r\n".encode())
            status = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in status.split(b"\r\n")[0]:
                raise EOFError(status)
            left = self.rng.randint(1, 30_000) if self.rng.random() < self.rough else -1
            if self.rng.random() < self.rough / 8:
                await crawl(reader)
            async for piece in pieces(reader, status):
                if 0 < left < len(piece):
                    yield piece[:left]
                    raise EOFError("cut by the viewer")
                left -= len(piece) if left > 0 else 0
                yield piece
        finally:
            writer.transport.abort()


def frames_in(data: bytes) -> tuple[list[re.Match[bytes]], bytes]:
    """The whole blocks of an event stream, and what follows them."""
    *blocks, rest = data.split(b"\n\n")
    found = [FRAME.match(ASIDE.sub(b"", block)) for block in blocks]
    assert None not in found, blocks
    return [frame for frame in found if frame], rest


async def crawl(reader: asyncio.StreamReader) -> None:
    """Take a byte a second, and give up."""
    for _ in range(3):
        await reader.readexactly(1)
        await asyncio.sleep(1)
    raise EOFError("gave up")


async def pieces(reader: asyncio.StreamReader, head: bytes) -> AsyncIterator[bytes]:
    """What a body holds, its chunked coding undone; returns only at its proper end."""
    if b"chunked" not in head.lower():
        length = int(re.findall(rb"(?i)content-length: (\d+)", head)[0])
        yield await reader.readexactly(length)
        return
    while size := int(await reader.readuntil(b"\r\n"), 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)


class Streaming(Viewer):
    """Over Server-Sent Events."""

    path = "/api/chat/stream/{}"

    async def attempt(self, host: str, port: int) -> None:
        rest = b""
        async for piece in self.body(host, port, self.path.format(self.job_id), self.cursor):
            frames, rest = frames_in(rest + piece)
            for frame in frames:
                if frame["data"] is not None:
                    self.frame(frame)
            if self.done:
                return
        self.false_ends += 1

    @property
    def cursor(self) -> str:
        """Where to resume."""
        return self.account.cursor

    def frame(self, frame: re.Match[bytes]) -> None:
        """One event of the stream."""
        if frame["event"]:
            self.resets += frame["event"] == b"reset"
        else:
            self.account.take(frame["data"])


class Everything(Streaming):
    """Over the one stream of all jobs, until `wanted` of them have ended."""

    path = "/api/stream"
    wanted: frozenset[str] = frozenset()
    last_id = ""

    @property
    def done(self) -> bool:
        return all(self.accounts[job_id].ended for job_id in self.wanted)

    @property
    def cursor(self) -> str:
        return self.last_id

    def frame(self, frame: re.Match[bytes]) -> None:
        if frame["event"]:
            self.resets += frame["event"] == b"reset"
            return
        task_id, _, message = frame["data"].partition(b'","message":')
        self.accounts[task_id.removeprefix(b'{"task_id":"').decode()].take(message[:-1])
        self.last_id = frame["id"].decode()


class Polling(Viewer):
    """By long polls."""

    async def attempt(self, host: str, port: int) -> None:
        path = f"/api/chat/status/{self.job_id}?wait=5"
        path += f"&after={self.account.cursor}" if self.account.cursor else ""
        body = b"".join([piece async for piece in self.body(host, port, path, "")])
        found: dict[str, Any] = json.loads(body)
        self.resets += found["reset"]
        for message in found["messages"]:
            self.account.take(to_json(message).encode())
        self.false_ends += found["status"] != "processing" and not self.done


class Talking(Viewer):
    """Over a WebSocket."""

    async def attempt(self, host: str, port: int) -> None:
        query = f"?last_event_id={self.account.cursor}" if self.account.cursor else ""
        url = f"ws://{host}:{port}/api/chat/ws/{self.job_id}{query}"
        left = self.rng.randint(1, 100) if self.rng.random() < self.rough else -1
        headers = {"Cookie": self.cookie}
        async with connect(url, additional_headers=headers, compression=None) as socket:
            async for text in socket:
                raw = text.encode() if isinstance(text, str) else text
                if raw.startswith(b'{"type":'):
                    self.resets += json.loads(raw)["type"] == "reset"
                    continue
                self.account.take(raw)
                left -= 1
                if left == 0:
                    socket.transport.abort()
                    return
            self.false_ends += socket.close_code == 1000 and not self.done


TRANSPORTS: tuple[type[Viewer], ...] = (Streaming, Talking, Polling)
