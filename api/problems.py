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

#: The status of each error of ours, its kind, and its short name where it is not the status' own.
REFUSALS: dict[type[TailraceError], tuple[HTTPStatus, str, str | None]] = {
    OwnerBusy: (HTTPStatus.TOO_MANY_REQUESTS, "owner_busy", None),
    Unavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", None),
    KeyReused: (HTTPStatus.UNPROCESSABLE_ENTITY, "key_reused", None),
    UnknownConversation: (HTTPStatus.NOT_FOUND, "unknown_conversation", "Conversation not found"),
    UnknownTurn: (HTTPStatus.NOT_FOUND, "unknown_task", "Task not found"),
    ConversationFull: (HTTPStatus.CONFLICT, "conversation_full", "Conversation full"),
}
#: Before the kind of a problem in its `type`.
KINDS = "urn:tailrace:"

log = structlog.get_logger("api")


class Problem(Exception):
    """An answer that is an error: `status`, and a `detail` that says what to do.

    `kind` is a stable name for what went wrong, and `about` the figures in it: with them a client
    can say it in another language. Without one the status says it all.
    """

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        kind: str = "",
        about: dict[str, Any] | None = None,
        error: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.about = about or {}
        self.headers = headers
        self.status = status
        self.detail = detail
        self.error = error or status.phrase


def respond(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The response for a problem."""
    members: dict[str, Any] = {
        "type": KINDS + problem.kind if problem.kind else "about:blank",
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
        "error": problem.error,
        **problem.about,
    }
    return Response(
        json.dumps(members, ensure_ascii=False),
        status=int(problem.status),
        content_type="application/problem+json",
        headers=headers,
    )


def of_body(error: ValidationError) -> Problem:
    """The problem of a body that does not fit: the first fault in words, all by their places."""
    faults = error.errors(include_url=False, include_input=False)
    place = ".".join(str(part) for part in faults[0]["loc"])
    detail = f"{place}: {faults[0]['msg']}" if place else str(faults[0]["msg"])
    errors = [
        {
            "pointer": pointer(fault["loc"]),
            "kind": fault["type"],
            "detail": fault["msg"],
            "most": fault.get("ctx", {}).get("max_length"),
        }
        for fault in faults
    ]
    return Problem(HTTPStatus.BAD_REQUEST, detail, kind="invalid", about={"errors": errors})


def pointer(place: tuple[int | str, ...]) -> str:
    """Where in a body (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def register(app: Flask) -> None:
    """Have every error of `app` answered as a problem."""

    @app.errorhandler(Problem)
    def own(problem: Problem) -> Response:
        return respond(problem, problem.headers)

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> Response:
        return respond(of_body(error))

    @app.errorhandler(TailraceError)
    def refused(error: TailraceError) -> Response:
        for cause, (status, kind, short) in REFUSALS.items():
            if isinstance(error, cause):
                after_s = getattr(error, "retry_after_s", None)
                headers = {"Retry-After": str(after_s)} if after_s is not None else None
                return respond(Problem(status, str(error), kind=kind, error=short), headers)
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
        return respond(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail, kind="internal"))


def _allowed(error: HTTPException) -> list[str]:
    return list(getattr(error, "valid_methods", None) or [])
