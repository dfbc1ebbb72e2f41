"""Errors as people get them: RFC 9457 problem+json, never a traceback."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from shared.errors import (
    ConversationFull,
    KeyReused,
    Unavailable,
    UnknownConversation,
    UnknownTurn,
)

log = structlog.get_logger("api")


class Problem(Exception):
    """An answer that is an error: `status`, and a `detail` that says what to do."""

    def __init__(self, status: HTTPStatus, detail: str, *, error: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.error = error or status.phrase


def respond(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The response for a problem."""
    members: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
        "error": problem.error,
    }
    return Response(
        json.dumps(members, ensure_ascii=False),
        status=int(problem.status),
        content_type="application/problem+json",
        headers=headers,
    )


def register(app: Flask) -> None:
    """Have every error of `app` answered as a problem."""

    @app.errorhandler(Problem)
    def own(problem: Problem) -> Response:
        return respond(problem)

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> Response:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        detail = f"{place}: {first['msg']}" if place else str(first["msg"])
        return respond(Problem(HTTPStatus.BAD_REQUEST, detail))

    @app.errorhandler(Unavailable)
    def unavailable(error: Unavailable) -> Response:
        problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        return respond(problem, {"Retry-After": str(error.retry_after_s)})

    @app.errorhandler(KeyReused)
    def key_reused(error: KeyReused) -> Response:
        return respond(Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)))

    @app.errorhandler(UnknownConversation)
    def unknown_conversation(error: UnknownConversation) -> Response:
        return respond(Problem(HTTPStatus.NOT_FOUND, str(error), error="Conversation not found"))

    @app.errorhandler(UnknownTurn)
    def unknown_turn(error: UnknownTurn) -> Response:
        return respond(Problem(HTTPStatus.NOT_FOUND, str(error), error="Task not found"))

    @app.errorhandler(ConversationFull)
    def conversation_full(error: ConversationFull) -> Response:
        return respond(Problem(HTTPStatus.CONFLICT, str(error), error="Conversation full"))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        headers = {"Allow": ", ".join(sorted(allow))} if (allow := _allowed(error)) else None
        return respond(Problem(status, error.description or status.description), headers)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("unexpected error", exc_info=error)
        detail = "Something went wrong on our side; the log of the API says what."
        return respond(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail))


def _allowed(error: HTTPException) -> list[str]:
    return list(getattr(error, "valid_methods", None) or [])
