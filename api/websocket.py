"""The same messages over a WebSocket, and `{"type":"cancel"}` back.

A WebSocket needs the socket itself. Where it is handed over, a channel speaks on it
(`api/ws_channel.py`); where the server only lets it be used, the request's own thread does
(`api/ws_thread.py`); where it is kept from the application, there is none.
"""

from __future__ import annotations

import base64
import binascii
import errno
import socket
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from wsproto.utilities import generate_accept_token

from api import auth
from api.chat import find, glance_or_404
from api.handover import HandedOver, socket_of
from api.problems import Problem
from api.services import services
from api.stream import last_event_id, place_in
from api.ws_channel import SocketChannel
from api.ws_thread import Conversation

blueprint = Blueprint("websocket", __name__)


# Werkzeug keeps routes of handshakes apart; the other one is for a clear refusal.
@blueprint.get("/api/chat/ws/<task_id>", websocket=True)
@blueprint.get("/api/chat/ws/<task_id>")
def connect(task_id: str) -> Response:
    """The events after `?last_event_id=`; a page of another origin is refused."""
    same_origin()
    key, connection = handshake()
    place, made = place_in(glance_or_404(task_id), last_event_id()), services()
    cancel = partial(made.jobs.cancel, find(task_id))
    response = Upgraded(status=HTTPStatus.SWITCHING_PROTOCOLS)
    del response.headers["Content-Type"]
    response.headers["Sec-WebSocket-Accept"] = generate_accept_token(key).decode()
    response.over(made.writer, partial(SocketChannel, place=place, cancel=cancel))
    response.on_thread = partial(Conversation, connection, made.relay, place, cancel)
    response.when_done(made.open_streams.enter(auth.owner()))
    return response


def same_origin() -> None:
    """Raise Problem 403 for a page of another site, which would come with the person's cookie."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Problem(HTTPStatus.FORBIDDEN, "WebSockets are open to this site's own pages only.")


def handshake() -> tuple[bytes, socket.socket]:
    """The client's key, and the socket; raises Problem where one of them is missing."""
    wants = request.headers.get("Upgrade", "").lower() == "websocket"
    version = request.headers.get("Sec-WebSocket-Version")
    key = request.headers.get("Sec-WebSocket-Key", "")
    if not wants or version != "13" or not is_key(key):
        detail = "This address speaks WebSocket, version 13."
        raise Problem(HTTPStatus.UPGRADE_REQUIRED, detail, headers={"Upgrade": "websocket"})
    connection = socket_of(request.environ)
    if connection is None:
        detail = "This server can't speak WebSocket; the stream and the status are the same."
        raise Problem(HTTPStatus.NOT_IMPLEMENTED, detail)
    return key.encode(), connection


def is_key(text: str) -> bool:
    """Whether it is 16 bytes in base 64."""
    try:
        return len(base64.b64decode(text, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


class Upgraded(HandedOver):
    """The answer to a handshake; WebSocket is spoken from there on."""

    framing = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    #: Begins the conversation where the server keeps its socket.
    on_thread: Callable[[], Conversation]

    def otherwise(self, _environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        """Speak until the end, and only then give the thread back."""
        conversation = self.on_thread()
        try:
            conversation.run(self.head())
        finally:
            self.done(conversation.sent)
        # The one way to tell any server that there is no answer to be written, nor another request
        # to be read here.
        raise ConnectionResetError(errno.ECONNRESET, "the conversation is over")
