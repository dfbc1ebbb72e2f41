"""Conversations: list and search, read, rename, delete, export, and rate answers (docs/api.md)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import chain
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api import auth
from api.bodies import parsed
from api.chat import STATUSES
from api.problems import Problem
from api.services import services
from shared.conversations import PAGE, Place
from shared.events import to_json
from shared.jobs import JobState
from shared.turns import Summary, Turn

QUERY_CHARS = 200
TITLE_CHARS = 200
REASON_CHARS = 2_000

blueprint = Blueprint("conversations", __name__)


class Rename(BaseModel):
    """The body of `PATCH /api/conversations/<id>`."""

    model_config = ConfigDict(strict=True, extra="forbid")

    title: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_CHARS)
    ]


class Feedback(BaseModel):
    """The body of `POST /api/chat/feedback/<task_id>`; a null rating takes it back."""

    model_config = ConfigDict(strict=True, extra="forbid")

    rating: Literal["up", "down"] | None
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(
        "", max_length=REASON_CHARS
    )


@blueprint.get("/api/conversations")
def index() -> Response:
    """The caller's conversations, last used first; `q` searches titles and questions."""
    words = request.args.get("q", "")
    if len(words) > QUERY_CHARS:
        raise Problem(HTTPStatus.BAD_REQUEST, f"q: at most {QUERY_CHARS} characters")
    found, more = services().conversations.page(auth.owner(), words, limit(), before())
    after = f"{more[0]}-{more[1]}" if more else None
    return jsonify(conversations=[brief(one) for one in found], next=after)


@blueprint.get("/api/conversations/<conversation_id>")
def show(conversation_id: str) -> Response:
    """One conversation with its turns."""
    return Response(whole(find(conversation_id)), content_type="application/json")


@blueprint.get("/api/conversations/<conversation_id>/export")
def export(conversation_id: str) -> Response:
    """The same, to keep as a file."""
    response = show(conversation_id)
    name = f"tailrace-{conversation_id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.patch("/api/conversations/<conversation_id>")
def rename(conversation_id: str) -> Response:
    """Give it another title."""
    title = " ".join(parsed(Rename).title.split())
    found = find(conversation_id)
    if not services().conversations.rename(found.id, auth.owner(), title):
        raise unknown()
    return jsonify(brief(find(conversation_id)))


@blueprint.delete("/api/conversations/<conversation_id>")
def delete(conversation_id: str) -> Response:
    """Delete it for good; what still ran in it is cancelled, and named."""
    found = find(conversation_id)
    cancelled = services().conversations.delete(found.id, auth.owner())
    if cancelled is None:
        raise unknown()
    return jsonify(id=found.id, deleted=True, cancelled=cancelled)


@blueprint.post("/api/chat/feedback/<task_id>")
def rate(task_id: str) -> Response:
    """Keep what the caller thinks of an answer."""
    feedback = parsed(Feedback)
    made = services().conversations
    if made.of_turn(task_id, auth.owner()) is None or not made.rate(
        task_id, auth.owner(), feedback.rating, feedback.reason
    ):
        detail = "There is no such task; its conversation may be gone."
        raise Problem(HTTPStatus.NOT_FOUND, detail, kind="unknown_task", error="Task not found")
    return jsonify(task_id=task_id, **feedback.model_dump())


def find(conversation_id: str) -> Summary:
    """The caller's conversation; raises Problem 404."""
    found = services().conversations.find(conversation_id, auth.owner())
    if found is None:
        raise unknown()
    return found


def unknown() -> Problem:
    """The answer for a conversation that is not there, or somebody else's."""
    detail = "There is no such conversation; it may have been deleted, or its time is over."
    return Problem(
        HTTPStatus.NOT_FOUND, detail, kind="unknown_conversation", error="Conversation not found"
    )


def limit() -> int:
    """`limit` of the query string; raises Problem 400 unless 1 to the default."""
    text = request.args.get("limit", str(PAGE))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(PAGE))) or not (
        1 <= int(text) <= PAGE
    ):
        raise Problem(HTTPStatus.BAD_REQUEST, f"limit: 1 to {PAGE}")
    return int(text)


def before() -> Place | None:
    """`before` of the query string, the `next` of the page before; raises Problem 400."""
    text = request.args.get("before", "")
    if not text:
        return None
    used_ms, _, name = text.partition("-")
    if not (used_ms.isascii() and used_ms.isdigit() and len(used_ms) <= 15 and name.isalnum()):
        raise Problem(HTTPStatus.BAD_REQUEST, "before: the next of an earlier page")
    return int(used_ms), name


def brief(conversation: Summary) -> dict[str, Any]:
    """What a list says of each."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "dataset": conversation.dataset,
        "created_at": rfc3339(conversation.created_ms),
        "updated_at": rfc3339(conversation.used_ms),
        "turns": conversation.turns,
    }


def whole(conversation: Summary) -> Iterator[bytes]:
    """The conversation as JSON, turn by turn: nobody holds all results at once."""
    turns = services().conversations.turns(conversation.id)
    # The first is read before the answer begins, so that a store that is gone is a 503.
    first = next(turns, None)
    return written(brief(conversation), chain([first] if first else [], turns))


def written(members: dict[str, Any], turns: Iterator[Turn]) -> Iterator[bytes]:
    """JSON in pieces; terminal messages go in as they are stored, byte for byte."""
    yield to_json(members | {"turns": []})[:-2].encode()
    separator = b""
    for turn in turns:
        yield separator + written_turn(turn)
        separator = b","
    yield b"]}"


def written_turn(turn: Turn) -> bytes:
    """One turn as JSON."""
    members = {
        "task_id": turn.id,
        "question": turn.question,
        "dataset": turn.dataset,
        "replaces": turn.replaces,
        "follows": turn.follows,
        "created_at": rfc3339(turn.created_ms),
        "status": STATUSES.get(JobState(turn.state), "processing"),
        "state": turn.state,
    }
    head = to_json(members)[:-1].encode()
    return b'%b,"final":%b,"feedback":%b}' % (head, turn.final or b"null", turn.feedback or b"null")


def rfc3339(ms: int) -> str:
    """A time of the store's clock, as events write it."""
    at = datetime.fromtimestamp(ms / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
