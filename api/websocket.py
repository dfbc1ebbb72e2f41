"""The same messages over a WebSocket, and `{"type":"cancel"}` back.

What goes out is framed once for all viewers that are equally far; what comes in is parsed by
wsproto. A WebSocket needs its socket, so it works where the server hands sockets over.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import select
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from urllib.parse import urlsplit

import gevent
from flask import Blueprint, Response, request
from wsproto.frame_protocol import CloseReason, Frame, FrameProtocol, Opcode, ParseFailed
from wsproto.utilities import generate_accept_token

from api import auth
from api.channel import Done
from api.chat import find, glance_or_404
from api.follower import Follower
from api.handover import HandedOver, can_adopt
from api.problems import Problem
from api.services import services
from api.sse import JobChannel, Place
from api.stream import last_event_id, place_in
from api.writer import Writer
from shared.errors import Unavailable
from shared.events import Event, to_json
from shared.jobs import Job, Jobs

#: Longest message a client may send.
MOST_CHARS = 4096
READ_BYTES = 16 * 1024
#: Close codes of our own, beside RFC 6455's: the log is gone.
GONE = 4410

blueprint = Blueprint("websocket", __name__)


# Werkzeug keeps routes of handshakes apart; the other one is for a clear refusal.
@blueprint.get("/api/chat/ws/<task_id>", websocket=True)
@blueprint.get("/api/chat/ws/<task_id>")
def connect(task_id: str) -> Response:
    """The events after `?last_event_id=`; a page of another origin is refused."""
    same_origin()
    key = handshake_key()
    place, job = place_in(glance_or_404(task_id), last_event_id()), find(task_id)
    made = services()
    response = Upgraded(status=HTTPStatus.SWITCHING_PROTOCOLS)
    del response.headers["Content-Type"]
    response.headers["Sec-WebSocket-Accept"] = generate_accept_token(key).decode()
    response.over(made.writer, partial(SocketChannel, place=place, job=job, jobs=made.jobs))
    response.when_done(made.open_streams.enter(auth.owner()))
    return response


def same_origin() -> None:
    """Raise Problem 403 for a page of another site, which would come with the person's cookie."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Problem(HTTPStatus.FORBIDDEN, "WebSockets are open to this site's own pages only.")


def handshake_key() -> bytes:
    """The client's key; raises Problem for what is no handshake, or where there can be none."""
    wants = request.headers.get("Upgrade", "").lower() == "websocket"
    version = request.headers.get("Sec-WebSocket-Version")
    key = request.headers.get("Sec-WebSocket-Key", "")
    if not wants or version != "13" or not is_key(key):
        detail = "This address speaks WebSocket, version 13."
        raise Problem(HTTPStatus.UPGRADE_REQUIRED, detail, headers={"Upgrade": "websocket"})
    if not can_adopt(request.environ):
        detail = "This server can't speak WebSocket; the stream and the status are the same."
        raise Problem(HTTPStatus.NOT_IMPLEMENTED, detail)
    return key.encode()


def is_key(text: str) -> bool:
    """Whether it is 16 bytes in base 64."""
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


class Upgraded(HandedOver):
    """The answer to a handshake; the channel speaks WebSocket from there on."""

    framing = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"


#: Makes frames of what a server sends; each is whole, so it keeps nothing between them.
_FRAMES = FrameProtocol(client=False, extensions=[])
PING = bytes(_FRAMES.ping(b""))


def text_frames(events: Sequence[Event]) -> bytes:
    """Events as one text frame each."""
    return b"".join([bytes(_FRAMES.send_data(event.raw.decode(), fin=True)) for event in events])


def told(**members: str) -> bytes:
    """A message that is no event: it has no id."""
    return bytes(_FRAMES.send_data(to_json(members), fin=True))


def close_frame(code: int, reason: str = "") -> bytes:
    """The end, said."""
    return bytes(_FRAMES.close(code, reason or None))


class SocketChannel(JobChannel):
    """One job's events as text frames; the terminal one is followed by a close frame."""

    __slots__ = ("_incoming", "_job", "_jobs", "_protocol")

    interest = select.EPOLLIN

    def __init__(
        self, writer: Writer, descriptor: int, done: Done, place: Place, job: Job, jobs: Jobs
    ) -> None:
        super().__init__(writer, descriptor, done, place)
        self._job = job
        self._jobs = jobs
        #: Parses what comes in; most clients never speak.
        self._protocol: FrameProtocol | None = None
        self._incoming = ""

    def opening(self) -> bytes:
        """Nothing, unless all begins anew."""
        return told(type="reset", epoch=self.place.epoch) if self.place.reset else b""

    def begin(self) -> None:
        """Follow the job, if anything can follow."""
        if self.place.ended:
            self.finish(close_frame(CloseReason.NORMAL_CLOSURE))
        else:
            super().begin()

    def send(self, follower: Follower, events: Sequence[Event]) -> None:
        """All events in one write, framed once for all viewers that are equally far."""
        data = follower.topic.encoded(events, text_frames)
        if events[-1].terminal:
            self.finish(data + close_frame(CloseReason.NORMAL_CLOSURE))
        else:
            self.write(data)

    def lost(self, follower: Follower) -> None:
        """Say so, and end."""
        self.finish(told(type="gone", task_id=follower.topic.job_id) + close_frame(GONE))

    def beat(self) -> bytes:
        """A ping."""
        return PING

    def farewell(self, retry_ms: int) -> bytes:
        """A close that says when to come back."""
        return close_frame(CloseReason.SERVICE_RESTART, f"retry in {retry_ms} ms")

    def received(self) -> None:
        """Read what the client sent; after the end it is only thrown away."""
        try:
            data = os.read(self.descriptor, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.cut()
            return
        if self._protocol is None:
            self._protocol = FrameProtocol(client=False, extensions=[])
        try:
            self._protocol.receive_bytes(data)
            for frame in self._protocol.received_frames():
                if not self.open:
                    return
                self._take(frame)
        except ParseFailed as error:
            self.finish(close_frame(error.code))

    def _take(self, frame: Frame) -> None:
        """One frame, or what has come of it."""
        payload = frame.payload
        if isinstance(payload, tuple):
            self._closed(payload[0])
        elif frame.opcode is Opcode.PING:
            if not self.behind and isinstance(payload, bytes | bytearray):
                self.write(bytes(_FRAMES.pong(bytes(payload))))
        elif frame.opcode is Opcode.BINARY:
            self.finish(close_frame(CloseReason.UNSUPPORTED_DATA))
        elif frame.opcode is Opcode.TEXT:
            self._incoming += str(payload)
            if len(self._incoming) > MOST_CHARS:
                self.finish(close_frame(CloseReason.MESSAGE_TOO_BIG))
            elif frame.message_finished:
                text, self._incoming = self._incoming, ""
                self._command(text)

    def _closed(self, code: int) -> None:
        """The client ends it: say the same, as the protocol wants."""
        silent = code == CloseReason.NO_STATUS_RCVD
        self.finish(close_frame(CloseReason.NORMAL_CLOSURE if silent else code))

    def _command(self, text: str) -> None:
        try:
            command = json.loads(text)
        except ValueError:
            command = None
        if command == {"type": "cancel"}:
            gevent.spawn(self._cancel)
        else:
            reason = 'only {"type":"cancel"} is understood'
            self.finish(close_frame(CloseReason.POLICY_VIOLATION, reason))

    def _cancel(self) -> None:
        """Stop the job; its log says the rest."""
        try:
            self._jobs.cancel(self._job)
        except Unavailable:
            if self.open:
                self.finish(close_frame(CloseReason.TRY_AGAIN_LATER, "not stopped: try again"))
