"""The API, assembled in one function; importing it does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter

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
from api.paths import Finder, Paths
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
    url_map_class = Paths
    url_map: Paths

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the handler of a request: made of what the request has taken apart already.

        Flask's own takes the WSGI environment apart again, for sites with several names.
        """
        if request is None or "HTTP_UPGRADE" in request.environ:
            return super().create_url_adapter(request)
        query = request.query_string.decode("latin-1")
        where = (request.host, request.root_path, "", request.scheme, request.path)
        return Finder(self.url_map, *where, request.method, query)

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
