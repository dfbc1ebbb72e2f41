"""Streaming one job: Server-Sent Events that can be resumed at any event."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, request

from api import sse
from api.chat import accept, asked, find
from api.follow import follow
from api.problems import Problem
from api.services import services
from api.writer import HEARTBEAT_S, HandedOver
from shared.events import Cursor
from shared.jobs import Job

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
    made = services()
    batches = follow(made.relay, job.id, after_seq, HEARTBEAT_S)
    response = HandedOver(sse.frames(batches), headers={**sse.HEADERS, "X-Task-Id": job.id})
    response.over(made.writer, partial(sse.JobChannel, job_id=job.id, after_seq=after_seq))
    return response


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
