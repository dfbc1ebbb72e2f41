"""The page and its files."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

WEB = Path(__file__).resolve().parent.parent / "web"
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@blueprint.get("/c/<conversation_id>")
def page(conversation_id: str = "") -> Response:  # noqa: ARG001 - the page reads it from its URL
    """The page; which conversation it shows is in its address."""
    return send_from_directory(WEB, "index.html")


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """A file of the page; kept by browsers only as long as it has not changed (ETag)."""
    return send_from_directory(WEB, name)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it unasked."""
    return send_from_directory(WEB, "favicon.svg")
