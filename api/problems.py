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
    OwnerBusy,
    TailraceError,
    Unavailable,
    UnknownConversation,
    UnknownTurn,
)

#: The status of each error of ours, and its short name where it is not the status' own.
REFUSALS: dict[type[TailraceError], tuple[HTTPStatus, str | None]] = {
    OwnerBusy: (HTTPStatus.TOO_MANY_REQUESTS, None),
    Unavailable: (HTTPStatus.SERVICE_UNAVAILABLE, None),
    KeyReused: (HTTPStatus.UNPROCESSABLE_ENTITY, None),
    UnknownConversation: (HTTPStatus.NOT_FOUND, "Conversation not found"),
    UnknownTurn: (HTTPStatus.NOT_FOUND, "Task not found"),
    ConversationFull: (HTTPStatus.CONFLICT, "Conversation full"),
}

log = structlog.get_logger("api")


class Problem(Exception):
    """An answer that is an error: `status`, and a `detail` that says what to do."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        error: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.headers = headers
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
        return respond(problem, problem.headers)

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> Response:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        detail = f"{place}: {first['msg']}" if place else str(first["msg"])
        return respond(Problem(HTTPStatus.BAD_REQUEST, detail))

    @app.errorhandler(TailraceError)
    def refused(error: TailraceError) -> Response:
        for kind, (status, short) in REFUSALS.items():
            if isinstance(error, kind):
                after_s = getattr(error, "retry_after_s", None)
                headers = {"Retry-After": str(after_s)} if after_s is not None else None
                return respond(Problem(status, str(error), error=short), headers)
        return unexpected(error)

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
