"""Streaming one job: Server-Sent Events that can be resumed at any event."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, request

from api import auth, sse
from api.channel import Done
from api.chat import accept, asked, glance_or_404
from api.handover import HandedOver
from api.problems import Problem
from api.services import services
from shared.event_log import Glance
from shared.events import Cursor

blueprint = Blueprint("stream", __name__)


@blueprint.get("/api/chat/stream/<task_id>")
def resume(task_id: str) -> Response:
    """The events after `Last-Event-ID`."""
    place = place_in(glance_or_404(task_id), last_event_id())
    return stream(place, services().open_streams.enter(auth.owner()))


@blueprint.post("/api/chat/stream")
def ask_and_stream() -> Response:
    """Accept a question and answer with its stream; sent again with its key, it is resumed."""
    leave = services().open_streams.enter(auth.owner())
    try:
        accepted, after = accept(asked()), last_event_id()
        if not after:
            return stream(sse.Place(accepted.job_id, ""), leave)
        place = place_in(glance_or_404(accepted.job_id), after)
    except BaseException:
        leave()
        raise
    return stream(place, leave)


def stream(place: sse.Place, leave: Done) -> Response:
    """The response that carries a job's events from a place on; 204 when nothing can follow."""
    if place.ended:
        leave(0)
        return Response(status=HTTPStatus.NO_CONTENT)
    made = services()
    headers = {**sse.HEADERS, "X-Task-Id": place.job_id}
    response = HandedOver(sse.frames(made.relay, place, request.environ), headers=headers)
    response.over(made.writer, partial(sse.JobChannel, place=place))
    response.when_done(leave)
    return response


def last_event_id() -> str:
    """Where the client wants to resume; the header wins, since a reconnect sets it anew."""
    environ = request.environ
    header: str = environ.get("HTTP_LAST_EVENT_ID", "")
    return header or (request.args.get("last_event_id", "") if environ["QUERY_STRING"] else "")


def place_in(job: Glance, text: str) -> sse.Place:
    """Where a cursor says to go on; at the start for none, or for one that is not of this log.

    Raises Problem 400 for something that is no cursor.
    """
    if not text:
        return sse.Place(job.job_id, job.epoch)
    try:
        cursor = Cursor.parse(text)
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, str(error)) from None
    if not job.holds(cursor):
        return sse.Place(job.job_id, job.epoch, reset=True)
    ended = job.state.final and cursor.seq == job.length - 1
    return sse.Place(job.job_id, job.epoch, cursor.seq, ended=ended)
