"""Server-Sent Events: one log as a stream that can be resumed at any event.

Framing: LF only; one `id:` and one `data:` line per event; heartbeats are comments ended by one
LF, which the strictest clients accept. A stream that ends without a terminal event was cut:
shutting down raises out of the generator, so that the connection closes without the final chunk
and nobody takes it for success.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from flask import Blueprint, Response, request

from api.chat import accept, asked, find
from api.problems import Problem
from api.services import services
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
    return stream(job, after_seq)


@blueprint.post("/api/chat/stream")
def ask_and_stream() -> Response:
    """Accept a question and answer with its stream."""
    accepted = accept(asked())
    return stream(find(accepted.job_id), -1)


def stream(job: Job, after_seq: int) -> Response:
    """The response that carries a job's events after `after_seq`."""
    batches = services().relay.follow(job.id, after_seq, HEARTBEAT_S)
    headers = {**HEADERS, "X-Task-Id": job.id}
    return Response(frames(batches), headers=headers)


def frames(batches: Iterator[list[Event]]) -> Iterator[bytes]:
    """Batches of events as SSE bytes; the first piece leaves at once, and with it the headers."""
    yield OPENED
    for events in batches:
        yield b"".join(frame(event) for event in events) or HEARTBEAT


def frame(event: Event) -> bytes:
    """One event on the wire."""
    return b"id: %b\ndata: %b\n\n" % (event.id.encode(), event.raw)


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
