"""A server that speaks our HTTP API for one scripted job, and can be told to misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

EPOCH = "e1"


def message(seq: int, kind: str, epoch: str = EPOCH, **data: Any) -> dict[str, Any]:
    """One message as the API sends it."""
    content = f"message {seq}\u2028with a line separator"
    return {
        "id": f"{epoch}-{seq}",
        "seq": seq,
        "type": kind,
        "at": "2026-01-31T12:00:00.000Z",
        "attempt": 1,
        "role": "assistant",
        "content": content,
        "data": data,
    }


def log(*, result: dict[str, Any] | None = None, epoch: str = EPOCH) -> list[dict[str, Any]]:
    """A whole job, short."""
    answer = {"type": "particular_response", "answer": "December.", "table": None} | (result or {})
    answer = {"planner": "built-in", "suggestions": [], "dataset": "weather"} | answer
    return [
        message(0, "queued", epoch),
        message(1, "started", epoch),
        message(2, "step_started", epoch, step="intent"),
        message(3, "completed", epoch, result=answer),
    ]


@dataclass
class Script:
    """What the server does. A cut is how many bytes of a stream it sends before it hangs up."""

    messages: list[dict[str, Any]] = field(default_factory=log)
    cuts: list[int] = field(default_factory=list)
    streams: bool = True
    silent: bool = False
    #: Streams give no byte, not even a head, while the status answers, as behind a buffering proxy.
    held_back: bool = False
    #: Seconds between a stream's head and its first event.
    hesitates_s: float = 0.0
    #: What a refusal asks for; empty: nothing.
    retry_after: str = ""
    #: When each question came, by the server's clock.
    asked_at: list[float] = field(default_factory=list)
    forgetful: bool = False
    refuse_posts: int = 0
    posts: list[tuple[str, str]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    cancelled: threading.Event = field(default_factory=threading.Event)
    streaming: threading.Event = field(default_factory=threading.Event)

    def after(self, cursor: str) -> list[dict[str, Any]]:
        """The messages behind a cursor; all when it is of another log, or forgetful."""
        ids = [str(found["id"]) for found in self.messages]
        return (
            self.messages[ids.index(cursor) + 1 :]
            if cursor in ids and not self.forgetful
            else self.messages
        )


@contextmanager
def serve(script: Script) -> Iterator[str]:
    """Run the script on a free port; gives the address."""
    handler = type("Handler", (_Handler,), {"script": script})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        script.cancelled.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is part of the script."""


class _Handler(BaseHTTPRequestHandler):
    script: Script
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.script.requests.append(url.path)
        if url.path == "/api/datasets":
            row = {"id": "weather", "title": "Weather", "rows": 3, "columns": 2}
            self._reply(200, {"datasets": [row]})
        elif url.path.startswith("/api/chat/status/"):
            after = parse_qs(url.query).get("after", [""])[0]
            self._reply(200, {"messages": self.script.after(after)})
        elif self.script.streams:
            self._stream(self.headers.get("Last-Event-ID", ""))
        else:
            self._reply(503, {"detail": "no streams here"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "/cancel/" in self.path:
            self.script.cancelled.set()
            self._reply(200, {"state": "cancelling"})
            return
        self.script.asked_at.append(monotonic())
        key, cookie = self.headers.get("Idempotency-Key", ""), self.headers.get("Cookie", "")
        self.script.posts.append((key, cookie))
        if len(self.script.posts) <= self.script.refuse_posts:
            self._reply(503, {"detail": "try later"})
        else:
            assert json.loads(body)["action"] == "continue_conversation"
            self._reply(202, {"task_id": "t1"})

    def _stream(self, cursor: str) -> None:
        if self.script.held_back:
            self.script.cancelled.wait(20)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.script.streaming.set()
        if self.script.silent:
            self.script.cancelled.wait(20)
        self.script.cancelled.wait(self.script.hesitates_s)
        blocks = (
            f"id: {found['id']}\ndata: {json.dumps(found, ensure_ascii=False)}\n\n".encode()
            for found in self.script.after(cursor)
        )
        whole = b": hb\n\n" + b"".join(blocks)
        cut = self.script.cuts.pop(0) if self.script.cuts else None
        self._chunk(whole[:cut])
        if cut is None:
            self._chunk(b"")
        self.close_connection = True

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _reply(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        if status == 503 and self.script.retry_after:
            self.send_header("Retry-After", self.script.retry_after)
        self.send_header("Set-Cookie", "tailrace_owner=me; Path=/")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
