"""What every response has: its headers, and its line in the access log."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from flask import Flask, Response, request

from api import pages
from api.handover import HandedOver
from shared.telemetry import write_line

#: Asked every second by supervisors; their log lines would bury the rest.
QUIET = {"/healthz", "/readyz"}
#: Where a request's WSGI environment says when it came.
BEGAN = "tailrace.began"
HEADERS = {
    "Content-Security-Policy": pages.CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def register(app: Flask) -> None:
    """Have every response of `app` so."""
    app.before_request(start_clock)
    app.after_request(finish_response)


def start_clock() -> None:
    """Note when the request came."""
    request.environ[BEGAN] = perf_counter()


def finish_response(response: Response) -> Response:
    """Add the headers every response has, and log the request when its last byte has left."""
    headers, path = response.headers, request.path
    for name, value in HEADERS.items():
        headers.add(name, value)
    if path.startswith("/api/") and "Cache-Control" not in headers:
        headers.add("Cache-Control", "no-store")
    if path not in QUIET:
        log_when_done(response, path, request.environ)
    return response


def log_when_done(response: Response, path: str, environ: dict[str, Any]) -> None:
    """One line for the request, when its last byte has left."""
    method, status = environ["REQUEST_METHOD"], response.status_code
    began = environ.get(BEGAN) or perf_counter()

    def done(sent: int) -> None:
        log_access(method, path, status, began, sent)

    if isinstance(response, HandedOver):
        response.when_done(done)
    else:
        length = response.calculate_content_length() or 0
        response.call_on_close(lambda: done(length))


def log_access(method: str, path: str, status: int, began: float, sent: int) -> None:
    """The line: what was asked, how it went, how long it took since `began`, bytes of the body."""
    elapsed_ms = round((perf_counter() - began) * 1000, 1)
    write_line("info", f"{method} {path}", status=status, elapsed_ms=elapsed_ms, bytes=sent)
