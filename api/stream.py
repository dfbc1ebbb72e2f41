"""Server-Sent Events: one log as a stream that can be resumed at any event.

Framing: LF only; one `id:` and one `data:` line per event; heartbeats are comments ended by one
LF, which the strictest clients accept. A stream that ends without a terminal event was cut: its
last HTTP chunk is missing, so nobody takes it for success.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request

from api.chat import accept, asked, find
from api.follow import follow
from api.problems import Problem
from api.services import services
from api.writer import ALREADY_HANDLED, Writer, can_adopt
from shared.events import Cursor, Event
from shared.jobs import Job

HEARTBEAT_S = 15.0
OPENED = b": open\n"
HEARTBEAT = b": hb\n"
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
}

blueprint = Blueprint("stream", __name__)


@blueprint.get("/api/chat/stream/<task_id>")
def resume(task_id: str) -> Response:
    """The events after `Last-Event-ID`; 204 when nothing can follow."""
    job = find(task_id)
    after_seq = resume_point(job, last_event_id())
    last = services().log.last(job.id)
    if last is not None and last.terminal and after_seq >= last.seq:
        return Response(status=HTTPStatus.NO_CONTENT)
    return EventStream(job, after_seq)


@blueprint.post("/api/chat/stream")
def ask_and_stream() -> Response:
    """Accept a question and answer with its stream."""
    accepted = accept(asked())
    return EventStream(find(accepted.job_id), -1)


class EventStream(Response):
    """The response that carries a job's events after `after_seq`.

    Flask treats it as any other response (cookie, headers, access log). When gunicorn calls it at
    last, it writes its head and hands the socket over to the one writer of the process; under
    another server it is a generator.
    """

    def __init__(self, job: Job, after_seq: int) -> None:
        made = services()
        batches = follow(made.relay, job.id, after_seq, HEARTBEAT_S)
        super().__init__(frames(batches), headers={**HEADERS, "X-Task-Id": job.id})
        self._job_id = job.id
        self._after_seq = after_seq
        self._writer: Writer = made.writer

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer the request."""
        if not can_adopt(environ):
            return super().__call__(environ, start_response)
        lines = [f"{name}: {value}\r\n" for name, value in self.get_wsgi_headers(environ)]
        head = f"HTTP/1.1 {self.status}\r\n{''.join(lines)}".encode("latin-1")
        self._writer.adopt(environ, head, OPENED, self._job_id, self._after_seq, self.close)
        return ALREADY_HANDLED


def frames(batches: Iterator[Sequence[Event]]) -> Iterator[bytes]:
    """Batches of events as SSE bytes; the first piece leaves at once, and with it the headers."""
    yield OPENED
    for events in batches:
        yield b"".join(event.frame for event in events) or HEARTBEAT


def last_event_id() -> str:
    """Where the client wants to resume; the header wins, since a reconnect sets it anew."""
    return request.headers.get("Last-Event-ID") or request.args.get("last_event_id", "")


def resume_point(job: Job, text: str) -> int:
    """The seq after which to go on; -1 (everything) for a cursor of another epoch or none.

    Raises Problem 400 for something that is no cursor.
    """
    if not text:
        return -1
    try:
        cursor = Cursor.parse(text)
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, str(error)) from None
    return cursor.seq if cursor.epoch == job.epoch else -1
