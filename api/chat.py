"""Asking and stopping: the JSON side of the chat API (docs/api.md)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api import auth
from api.bodies import parsed
from api.datasets import brief, profile_or_404
from api.problems import Problem
from api.services import services
from shared.datasets import Profile
from shared.event_log import Glance
from shared.events import to_json
from shared.jobs import Accepted, Job, JobState, Question

MESSAGE_CHARS = 8_000
KEY_CHARS = 255
SUGGESTIONS = 4

Status = Literal["processing", "completed", "error", "cancelled"]
STATUSES: dict[JobState, Status] = {
    JobState.SUCCEEDED: "completed",
    JobState.FAILED: "error",
    JobState.CANCELLED: "cancelled",
}
WELCOME = "Ask a question about a table; every step of the answer appears as it happens."

blueprint = Blueprint("chat", __name__)


class Ask(BaseModel):
    """The body of `POST /api/chat`."""

    model_config = ConfigDict(strict=True, extra="ignore")

    action: Literal["start", "select_dataset", "continue_conversation"]
    message: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    dataset: str | None = Field(None, max_length=200)
    conversation_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")] | None = None
    replaces: str | None = Field(None, max_length=200)


@blueprint.post("/api/chat")
def chat() -> Response:
    """Start a conversation, choose a dataset, or ask."""
    ask = asked()
    if ask.action == "start":
        return jsonify(welcome())
    if ask.action == "select_dataset":
        return jsonify(selected(ask.dataset))
    accepted = accept(ask)
    task = {
        "type": "task_started",
        "task_id": accepted.job_id,
        "status": "processing",
        "conversation_id": accepted.conversation,
        "links": task_links(accepted.job_id),
    }
    # What jsonify adds takes as long as the encoding.
    return Response(to_json(task), HTTPStatus.ACCEPTED, content_type="application/json")


@blueprint.post("/api/chat/cancel/<task_id>")
def cancel(task_id: str) -> Response:
    """Stop a job; doing it again changes nothing."""
    job = find(task_id)
    state = services().jobs.cancel(job)
    return jsonify(task_id=job.id, status=STATUSES.get(state, "processing"), state=state)


def task_links(task_id: str) -> dict[str, str]:
    """Where a task can be looked at, followed and stopped."""
    root = f"{request.script_root}/api/chat"  # url_for takes as long as all else of an answer
    return {name: f"{root}/{name}/{task_id}" for name in ("status", "stream", "cancel")}


def asked() -> Ask:
    """The request's body; raises Problem or ValidationError for anything else."""
    return parsed(Ask)


def accept(ask: Ask) -> Accepted:
    """Make the question a job; raises Problem before anything was enqueued."""
    if ask.action != "continue_conversation":
        raise Problem(HTTPStatus.BAD_REQUEST, "Only continue_conversation can be streamed")
    if not 0 < len(ask.message) <= MESSAGE_CHARS:
        detail = f"message: 1 to {MESSAGE_CHARS:,} characters, got {len(ask.message):,}"
        raise Problem(HTTPStatus.BAD_REQUEST, detail)
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_CHARS:
        raise Problem(HTTPStatus.BAD_REQUEST, f"Idempotency-Key: at most {KEY_CHARS} characters")
    dataset = profile_or_404(ask.dataset).id if ask.dataset else ""
    replaces = ask.replaces or ""
    conversation = ask.conversation_id or (conversation_of(replaces) if replaces else "")
    question = Question(auth.owner(), ask.message, dataset, conversation, replaces, key)
    return services().jobs.accept(question)


def conversation_of(task_id: str) -> str:
    """The conversation that has the caller's turn; raises Problem 404."""
    conversation = services().conversations.of_turn(task_id, auth.owner())
    if conversation is None:
        detail = "There is no such question to replace; its conversation may be gone."
        raise Problem(HTTPStatus.NOT_FOUND, detail, kind="unknown_task", error="Task not found")
    return conversation


def find(task_id: str) -> Job:
    """The caller's job; raises Problem 404 when unknown, expired or somebody else's."""
    job = services().jobs.load(task_id, auth.owner())
    if job is None:
        raise no_such_task()
    return job


def glance_or_404(task_id: str) -> Glance:
    """The caller's job and how long its log is, in one round trip; raises Problem 404."""
    job = services().log.glance(task_id, auth.owner())
    if job is None:
        raise no_such_task()
    return job


def no_such_task() -> Problem:
    """Unknown, expired and somebody else's look the same."""
    detail = "There is no such task; it may have expired. Ask again."
    return Problem(HTTPStatus.NOT_FOUND, detail, kind="unknown_task", error="Task not found")


def welcome() -> dict[str, Any]:
    """What a new conversation begins with."""
    profiles = list(services().catalogue.all(auth.owner()).values())
    suggestions = [question for profile in profiles for question in profile.questions[:2]]
    return {
        "type": "welcome",
        "message": WELCOME,
        "datasets": [brief(profile) for profile in profiles],
        "suggestions": suggestions[:SUGGESTIONS],
    }


def selected(dataset: str | None) -> dict[str, Any]:
    """What is known of a chosen dataset."""
    if not dataset:
        raise Problem(HTTPStatus.BAD_REQUEST, "dataset: say which one")
    profile: Profile = profile_or_404(dataset)
    return {
        "type": "dataset_summary",
        "dataset_id": profile.id,
        "message": f"{profile.title}: {profile.rows:,} rows, {len(profile.columns)} columns.",
        "summary": profile.model_dump(exclude={"columns": {"__all__": {"values"}}}),
        "suggestions": profile.questions,
    }
