"""The API, assembled in one function; importing it does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface

from api import (
    access,
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
from api.services import Services, attach
from api.unchanged import UnchangedPolls
from shared.settings import Settings

MAX_BODY_BYTES = 64 * 1024


class NoSessions(SessionInterface):
    """Nobody has a session: who somebody is, `api/auth.py` knows."""

    none = NullSession()

    def open_session(self, _app: Flask, _request: Request) -> NullSession:
        """The same for everybody; it cannot be written to."""
        return self.none


class App(Flask):
    """Flask, told that all our handlers are plain functions: it would look at each, every time."""

    session_interface = NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(settings: Settings | None = None) -> Flask:
    """A new API over `settings` (default: the environment's)."""
    settings = settings or Settings()
    app = App(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    made, cookies = Services.create(settings), auth.Cookies(settings.signing_key)
    attach(app, made)
    problems.register(app)
    auth.register(app, cookies)
    answering = (chat, status, stream, multiplex, websocket, conversations, results)
    for part in (*answering, datasets, uploads, health, pages):
        app.register_blueprint(part.blueprint)
    access.register(app)
    app.wsgi_app = UnchangedPolls(app.wsgi_app, made.log, cookies)  # type: ignore[method-assign]
    return app
