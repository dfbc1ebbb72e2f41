"""A model server that says what the test wrote, in OpenAI's wire format over real HTTP.

    with ScriptedModel([Status(429), Says("Hello", " there.")]) as model:
        ...  # ask model.url; model.requests holds what was asked

A script is a list with one reply per request, or a function from a request's body to a reply
(tests.support.model_answers has one that knows questions).
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Semaphore, Thread
from typing import Any, Self

PATIENCE_S = 30.0


class Pipe:
    """The open request a reply is written to."""

    def __init__(self, handler: BaseHTTPRequestHandler, body: dict[str, Any], closing: Event):
        self._handler = handler
        self.body = body
        self._closing = closing

    def whole(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        """A whole response."""
        self._handler.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(len(content)))
        self._handler.end_headers()
        self._handler.wfile.write(content)

    def begin_stream(self) -> None:
        """The head of a streamed response."""
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", "text/event-stream")
        self._handler.send_header("Transfer-Encoding", "chunked")
        self._handler.end_headers()

    def chunk(self, data: bytes) -> None:
        """One chunk of it; an empty one ends it."""
        self._handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self._handler.wfile.flush()

    def cut(self) -> None:
        """Drop the connection."""
        self._handler.close_connection = True
        with suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def until_hung_up(self) -> bool:
        """Wait until the client has closed the connection; whether it did."""
        try:
            return not self._handler.connection.recv(1)
        except ConnectionError:
            return True
        except TimeoutError:
            return False

    def wait(self, event: Event) -> None:
        """Wait for the test's event, or for the end of the server."""
        for _ in range(int(PATIENCE_S / 0.05)):
            if event.wait(0.05) or self._closing.is_set():
                return


class Reply:
    """One answer of the server."""

    def send(self, pipe: Pipe) -> None:
        """Write it."""
        raise NotImplementedError


class Says(Reply):
    """Text in pieces, streamed if the request asks for that; an Event among them is waited for.

    With `cut` the connection drops after the last piece; with `finish` None the text ends without
    saying why, as a proxy does that gives up politely.
    """

    def __init__(self, *pieces: str | Event, finish: str | None = "stop", cut: bool = False):
        self._pieces = pieces
        self._finish = finish
        self._cut = cut

    def send(self, pipe: Pipe) -> None:
        if pipe.body.get("stream"):
            self._stream(pipe)
            return
        text = ""
        for piece in self._pieces:
            if isinstance(piece, Event):
                pipe.wait(piece)
            else:
                text += piece
        message = {"role": "assistant", "content": text, "refusal": None}
        pipe.whole(200, _completion(pipe.body, message=message, finish_reason=self._finish), {})

    def _stream(self, pipe: Pipe) -> None:
        pipe.begin_stream()
        pipe.chunk(_event(pipe.body, {"role": "assistant", "content": ""}))
        for piece in self._pieces:
            if isinstance(piece, Event):
                pipe.wait(piece)
            else:
                pipe.chunk(_event(pipe.body, {"content": piece}))
        if self._cut:
            pipe.cut()
            return
        if self._finish is not None:
            pipe.chunk(_event(pipe.body, {}, self._finish))
        pipe.chunk(b"data: [DONE]\n\n")
        pipe.chunk(b"")


def says_json(document: object) -> Says:
    """A reply whose text is JSON."""
    return Says(json.dumps(document))


@dataclass(frozen=True)
class Status(Reply):
    """An error as OpenAI reports it."""

    status: int
    message: str = "as scripted"
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None

    def send(self, pipe: Pipe) -> None:
        error = {"message": self.message, "type": "error", "param": None, "code": self.code}
        pipe.whole(self.status, json.dumps({"error": error}).encode(), self.headers)


@dataclass(frozen=True)
class Raw(Reply):
    """Any bytes, as a server might send that speaks something else."""

    content: bytes
    content_type: str = "application/json"

    def send(self, pipe: Pipe) -> None:
        pipe.whole(200, self.content, {"Content-Type": self.content_type})


@dataclass(frozen=True)
class Hang(Reply):
    """Silence, before the first byte, until released; then the connection drops."""

    released: Event = field(default_factory=Event)

    def send(self, pipe: Pipe) -> None:
        pipe.wait(self.released)
        pipe.cut()


class Silent(Reply):
    """The beginning of a streamed text, then nothing; notices when the client hangs up."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.begun, self.hung_up = Event(), Event()

    def send(self, pipe: Pipe) -> None:
        pipe.begin_stream()
        pipe.chunk(_event(pipe.body, {"role": "assistant", "content": self._text}))
        self.begun.set()
        if pipe.until_hung_up():
            self.hung_up.set()


Script = Sequence[Reply] | Callable[[dict[str, Any]], Reply]


@dataclass(frozen=True)
class Request:
    """What a client sent; header names are in lower case."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class ScriptedModel:
    """The server, on a free loopback port; a context manager."""

    def __init__(self, script: Script, port: int = 0) -> None:
        self._script = script
        self._lock = Lock()
        self._arrived = Semaphore(0)
        self._closing = Event()
        self.requests: list[Request] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        # Polled often, so that the end does not keep a test waiting.
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def wait_for_request(self) -> None:
        """Wait until one more request has arrived."""
        assert self._arrived.acquire(timeout=PATIENCE_S), "no request came"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _reply(self, request: Request) -> Reply:
        with self._lock:
            at = len(self.requests)
            self.requests.append(request)
        self._arrived.release()
        if callable(self._script):
            return self._script(request.body)
        if at < len(self._script):
            return self._script[at]
        return Status(400, f"the script has no reply to request {at + 1}")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = PATIENCE_S

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.path, headers, json.loads(content))
                if self.path != "/v1/chat/completions":
                    reply: Reply = Status(404, f"there is nothing at {self.path}")
                else:
                    reply = model._reply(request)
                # A client that hung up is what some tests are about.
                with suppress(ConnectionError):
                    reply.send(Pipe(self, request.body, model._closing))

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        return Handler


def _completion(body: dict[str, Any], **choice: Any) -> bytes:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    document = _document(body, "chat.completion", choice) | {"usage": usage}
    return json.dumps(document).encode()


def _event(body: dict[str, Any], delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"delta": delta, "finish_reason": finish}
    document = _document(body, "chat.completion.chunk", choice)
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def _document(body: dict[str, Any], kind: str, choice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "scripted",
        "object": kind,
        "created": 0,
        "model": body.get("model"),
        "choices": [{"index": 0, **choice}],
    }
