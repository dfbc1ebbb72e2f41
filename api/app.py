"""The API, assembled in one function; importing it does nothing."""

from __future__ import annotations

from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from api import (
    auth,
    chat,
    conversations,
    datasets,
    health,
    multiplex,
    pages,
    problems,
    results,
    status,
    stream,
    uploads,
    websocket,
)
from api.handover import HandedOver
from api.services import Services, attach
from shared.settings import Settings

MAX_BODY_BYTES = 64 * 1024
#: Asked every second by supervisors; their log lines would bury the rest.
QUIET = {"/healthz", "/readyz"}
HEADERS = {
    "Content-Security-Policy": pages.CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}

access = structlog.get_logger("access")


def create_app(settings: Settings | None = None) -> Flask:
    """A new API over `settings` (default: the environment's)."""
    settings = settings or Settings()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    attach(app, Services.create(settings))
    problems.register(app)
    auth.register(app, settings.signing_key)
    answering = (chat, status, stream, multiplex, websocket, conversations, results)
    for part in (*answering, datasets, uploads, health, pages):
        app.register_blueprint(part.blueprint)
    app.before_request(start_clock)
    app.after_request(finish_response)
    return app


def start_clock() -> None:
    """Note when the request came."""
    g.began = perf_counter()


def finish_response(response: Response) -> Response:
    """Add the headers every response has, and log the request when its last byte has left."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    if request.path not in QUIET:
        log_when_done(response)
    return response


def log_when_done(response: Response) -> None:
    """One line for the request, when its last byte has left."""
    began, method, path = g.get("began", perf_counter()), request.method, request.path
    status = response.status_code

    def log_access(sent: int) -> None:
        elapsed_ms = round((perf_counter() - began) * 1000, 1)
        access.info(f"{method} {path}", status=status, elapsed_ms=elapsed_ms, bytes=sent)

    if isinstance(response, HandedOver):
        response.when_done(log_access)
    else:
        length = response.calculate_content_length() or 0
        response.call_on_close(lambda: log_access(length))
