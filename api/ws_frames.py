"""WebSocket frames: what a server sends, and what is understood of what a client sends."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wsproto.frame_protocol import CloseReason, Frame, FrameProtocol, Opcode, ParseFailed

from api.sse import Place
from shared.events import Event, to_json

#: Longest message a client may send.
MOST_CHARS = 4096
#: Read at a time; no less than a TLS record, so that none stays behind unseen.
READ_BYTES = 16 * 1024
#: Close codes of our own, beside RFC 6455's: the log is gone.
GONE = 4410

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


END = close_frame(CloseReason.NORMAL_CLOSURE)
NOT_STOPPED = close_frame(CloseReason.TRY_AGAIN_LATER, "not stopped: try again")


def opening(place: Place) -> bytes:
    """Nothing, unless all begins anew."""
    return told(type="reset", epoch=place.epoch) if place.reset else b""


def gone(job_id: str) -> bytes:
    """The followed log is gone, and so the end."""
    return told(type="gone", task_id=job_id) + close_frame(GONE)


def farewell(retry_ms: int) -> bytes:
    """A close that says when to come back."""
    return close_frame(CloseReason.SERVICE_RESTART, f"retry in {retry_ms} ms")


class Reply(NamedTuple):
    """What a client's frame asks for: something to be sent, the end with it, or a cancel."""

    data: bytes = b""
    ends: bool = False
    cancels: bool = False


class Incoming:
    """Reads what one client sends."""

    def __init__(self) -> None:
        self._protocol = FrameProtocol(client=False, extensions=[])
        self._text = ""

    def read(self, data: bytes) -> Iterator[Reply]:
        """What the frames that `data` completes ask for."""
        self._protocol.receive_bytes(data)
        try:
            for frame in self._protocol.received_frames():
                yield from self._take(frame)
        except ParseFailed as error:
            yield _end(error.code)

    def _take(self, frame: Frame) -> Iterator[Reply]:
        """One frame, or what has come of it."""
        payload = frame.payload
        if isinstance(payload, tuple):
            # The client ends it: say the same, as the protocol wants.
            silent = payload[0] == CloseReason.NO_STATUS_RCVD
            yield _end(CloseReason.NORMAL_CLOSURE if silent else payload[0])
        elif frame.opcode is Opcode.PING and isinstance(payload, bytes | bytearray):
            yield Reply(bytes(_FRAMES.pong(bytes(payload))))
        elif frame.opcode is Opcode.BINARY:
            yield _end(CloseReason.UNSUPPORTED_DATA)
        elif frame.opcode is Opcode.TEXT:
            self._text += str(payload)
            if len(self._text) > MOST_CHARS:
                yield _end(CloseReason.MESSAGE_TOO_BIG)
            elif frame.message_finished:
                text, self._text = self._text, ""
                yield _command(text)


def _end(code: int, reason: str = "") -> Reply:
    return Reply(close_frame(code, reason), ends=True)


def _command(text: str) -> Reply:
    try:
        command = json.loads(text)
    except ValueError:
        command = None
    if command == {"type": "cancel"}:
        return Reply(cancels=True)
    return _end(CloseReason.POLICY_VIOLATION, 'only {"type":"cancel"} is understood')
