"""Polling: a job and its messages after a cursor, held back until there is news if asked to.

A poll that finds nothing new costs one round trip: with `If-None-Match` it is a 304 and reads no
message; with a cursor it reads an empty range. Messages go out as they are stored, undecoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, request

from api import auth
from api.chat import STATUSES, glance_or_404, no_such_task
from api.follow import wait_for_more
from api.problems import Problem
from api.services import services
from shared.event_log import Glance
from shared.events import Cursor, Event, EventType, to_json
from shared.jobs import JobState

WAIT_MAX_S = 30.0
ENDS = {
    EventType.COMPLETED: JobState.SUCCEEDED,
    EventType.FAILED: JobState.FAILED,
    EventType.CANCELLED: JobState.CANCELLED,
}
#: An answer may be kept if it is asked about before it is used again (ETag).
CACHING = "private, no-cache"
STATUS_PATH = "/api/chat/status/"

blueprint = Blueprint("status", __name__)


@blueprint.get(f"{STATUS_PATH}<task_id>")
def status(task_id: str) -> Response:
    """The job and its messages after a cursor; `wait` holds the answer until there is one."""
    wait_s, cursor = wait_seconds(), after_cursor()
    if not wait_s and request.headers.get("If-None-Match"):
        version = glance_or_404(task_id).version
        if request.if_none_match.contains(version):
            return cacheable(Response(status=HTTPStatus.NOT_MODIFIED), version)
    found = look(task_id, cursor)
    if wait_s and not found.events and not found.job.state.final:
        leave = services().open_streams.enter(auth.owner())
        try:
            wait_for_more(services().relay, task_id, found.after_seq, wait_s)
        finally:
            leave()
        found = look(task_id, cursor)
    return found.response()


@dataclass(frozen=True, slots=True)
class Found:
    """A job, and its events after `after_seq`; `reset` when a cursor was not of this log."""

    job: Glance
    after_seq: int
    reset: bool
    events: list[Event]

    def response(self) -> Response:
        """The answer; the log, not the record, decides whether the job has ended."""
        job, last = self.job, self.events[-1] if self.events else None
        if last is None and job.state.final:
            last = services().log.last(job.job_id)
            if last is None:
                raise no_such_task()
        ended = last.message if last is not None and last.terminal else None
        state = ENDS[EventType(ended["type"])] if ended else job.state
        seq = self.events[-1].seq if self.events else self.after_seq
        members = {
            "task_id": job.job_id,
            "status": STATUSES.get(state, "processing"),
            "state": state,
            "cursor": str(Cursor(job.epoch, seq)),
            "reset": self.reset,
            "result": ended["data"]["result"] if ended and state == JobState.SUCCEEDED else None,
            "error": ended["content"] if ended and state == JobState.FAILED else None,
            "attempt": job.attempt,
        }
        messages = b",".join([event.raw for event in self.events])
        body = b'%b,"messages":[%b]}\n' % (to_json(members)[:-1].encode(), messages)
        return cacheable(Response(body, content_type="application/json"), job.version)


def look(task_id: str, cursor: Cursor | None) -> Found:
    """The caller's job, and all its events after a cursor; raises Problem 404."""
    log, owner = services().log, auth.owner()
    after_seq = cursor.seq if cursor is not None else -1
    job, events = log.glance_and_read(task_id, owner, after_seq)
    if job is None:
        raise no_such_task()
    reset = cursor is not None and cursor.seq >= 0 and not job.holds(cursor)
    if reset:
        after_seq, events = -1, []
    while len(events) < job.length - 1 - after_seq:
        more = log.read(task_id, after_seq + len(events))
        if not more:
            # It went while it was read: what is left of it would look like an answer.
            raise no_such_task()
        events += more
    return Found(job, after_seq, reset, events)


def cacheable(response: Response, version: str) -> Response:
    """With the headers that let a client ask whether this is still so."""
    response.headers["ETag"] = f'"{version}"'
    response.headers["Cache-Control"] = CACHING
    return response


def after_cursor() -> Cursor | None:
    """`after` of the query string; raises Problem 400 for what is no cursor."""
    after = request.args.get("after", "")
    try:
        return Cursor.parse(after) if after else None
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, str(error)) from None


def wait_seconds() -> float:
    """`wait` of the query string; raises Problem 400 unless 0 to 30."""
    try:
        wait_s = float(request.args.get("wait", "0"))
    except ValueError:
        wait_s = -1.0
    if not 0 <= wait_s <= WAIT_MAX_S:
        raise Problem(HTTPStatus.BAD_REQUEST, f"wait: seconds from 0 to {WAIT_MAX_S:.0f}")
    return wait_s
