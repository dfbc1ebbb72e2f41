"""Finding a handler: what `App` makes of a request is what Flask makes of it."""

from typing import Any

import pytest
from flask import Flask, Request
from werkzeug.test import EnvironBuilder

from api.app import App

REQUESTS: list[dict[str, Any]] = [
    {"path": "/"},
    {"path": "/api/chat/stream/é%2F ", "query_string": "last_event_id=a-1&x=%C3%A9"},
    {"path": "/api//chat", "method": "POST"},
    {"path": "/api/chat", "base_url": "https://Tables.Example:443/under/this"},
    {"path": "/api/chat", "base_url": "http://[::1]:8000/"},
    {"path": "/api/chat", "base_url": "http://münchen.example/"},
    {"path": "/api/chat/ws/1", "headers": {"Connection": "Upgrade", "Upgrade": "websocket"}},
    {"path": "/no-name", "environ_overrides": {"HTTP_HOST": "a b"}},
]


@pytest.mark.parametrize("asked", REQUESTS, ids=lambda asked: asked.get("base_url", asked["path"]))
def test_handlers_are_looked_for_as_flask_does(asked: dict[str, Any]) -> None:
    app = App("one")
    ours = app.create_url_adapter(Request(EnvironBuilder(**asked).get_environ()))
    theirs = Flask.create_url_adapter(app, Request(EnvironBuilder(**asked).get_environ()))
    assert vars(ours) == vars(theirs)
