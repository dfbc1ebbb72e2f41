"""A relay in bare ASGI, without a framework and without promises: nothing is kept or replayed.

One subscriber connection for all streams, read with hiredis; what has come for a stream while it
was sending goes out together.
"""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

import hiredis

HEADERS = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-cache")]


class Stream:
    """What waits for one client."""

    __slots__ = ("news", "waiting")

    def __init__(self) -> None:
        self.waiting: list[bytes] = []
        self.news = asyncio.Event()


streams: defaultdict[bytes, set[Stream]] = defaultdict(set)


class Subscriber(asyncio.Protocol):
    """The one connection to the server."""

    def connection_made(self, transport: Any) -> None:
        """Begin to parse."""
        self.transport = transport
        self._reader = hiredis.Reader()

    def data_received(self, data: bytes) -> None:
        """Hand on all messages."""
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            if reply[0] == b"message":
                for stream in streams[reply[1]]:
                    stream.waiting.append(reply[2])
                    stream.news.set()


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One request."""
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    channel = b"ch:" + scope["path"].rpartition("/")[2].encode()
    stream = Stream()
    streams[channel].add(stream)
    command = hiredis.pack_command(("SUBSCRIBE", channel))  # type: ignore[arg-type]
    live.subscriber.transport.write(command)  # type: ignore[attr-defined]
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
    try:
        while True:
            await stream.news.wait()
            stream.news.clear()
            messages, stream.waiting = stream.waiting, []
            body = b"".join([b"data: %b\n\n" % message for message in messages])
            await send({"type": "http.response.body", "body": body, "more_body": True})
    finally:
        streams[channel].discard(stream)


async def live(receive: Any, send: Any) -> None:
    """Connect when the server starts; nothing is done when it ends."""
    await receive()
    port = urlsplit(os.environ["BENCH_REDIS_URL"]).port or 6379
    loop = asyncio.get_running_loop()
    _, live.subscriber = await loop.create_connection(Subscriber, "127.0.0.1", port)  # type: ignore[attr-defined]
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
