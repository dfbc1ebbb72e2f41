"""Finding a handler: what `App` makes of a request is what Flask and Werkzeug make of it."""

from typing import Any

import pytest
from flask import Flask, Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule
from werkzeug.test import EnvironBuilder

from api.app import App, create_app
from api.paths import Finder
from shared.settings import Settings

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


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get", "")
#: What may stand for the parts of a rule that vary, and other paths.
PARTS = ("1", "a b", "é", "a.csv", "a/b", "a/", "/a", "", "<task_id>", "profile")
OTHERS = ("", "//", "//api/chat", "/api//chat/stream/1", "api/chat", "/api/chat/stream//", "/no/1")


@pytest.fixture(scope="module")
def app() -> App:
    made = create_app(Settings())
    assert isinstance(made, App)
    return made


def found(kind: type[MapAdapter], app: App, method: str, path: str) -> object:
    """What is to answer, and what varies in the path; or the error and what it tells."""
    adapter = kind(app.url_map, "host", "/", "", "http", path, method, "")
    try:
        rule, varies = adapter.match(return_rule=True)
    except HTTPException as error:
        told = getattr(error, "valid_methods", None)
        return type(error), told and sorted(told), getattr(error, "new_url", "")
    return rule.endpoint, rule.rule, varies


@pytest.mark.parametrize("method", METHODS)
def test_every_path_finds_the_rule_that_werkzeug_finds(app: App, method: str) -> None:
    rules = [rule.rule.partition("<") for rule in app.url_map.iter_rules()]
    ends = [rest.partition(">")[2].partition("<")[0] for _, _, rest in rules]
    filled = {
        first + (part + end if varies else "")
        for (first, varies, _), end in zip(rules, ends, strict=True)
        for part in PARTS
    }
    for path in (*filled, *OTHERS):
        assert found(Finder, app, method, path) == found(MapAdapter, app, method, path), path


def test_most_requests_are_for_a_plain_path(app: App) -> None:
    for method, path in (("POST", "/api/chat"), ("GET", "/api/chat/stream/1")):
        assert app.url_map.plain(method, path), path


def test_a_rule_that_comes_later_is_found() -> None:
    one = App("one")
    assert one.url_map.plain("GET", "/later/1") is None
    one.url_map.add(rule := Rule("/later/<name>", methods=["GET"], endpoint="later"))
    assert one.url_map.plain("GET", "/later/1") == (rule, {"name": "1"})
