"""docs/openapi.json is true: its calls, its bodies and its answers are those of the API."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from api.app import create_app
from api.chat import Ask
from api.conversations import Feedback, Rename
from api.datasets import Change
from shared.jobs import Accepted
from shared.settings import CHECKOUT, Settings
from tests.support.scenes import Scene
from tests.support.stack import Stack

DOCUMENT: dict[str, Any] = json.loads((CHECKOUT / "docs" / "openapi.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]
PAGES = ("/", "/c/", "/static/", "/favicon.ico")


def calls() -> set[tuple[str, str]]:
    return {
        (method, path) for path, operations in DOCUMENT["paths"].items() for method in operations
    }


def test_the_document_has_every_call_and_no_other(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    routes = {
        (method.lower(), re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", str(rule)))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if str(rule) != "/" and not str(rule).startswith(PAGES[1:])
    }
    assert calls() == routes


@pytest.mark.parametrize("model", [Ask, Rename, Feedback, Change])
def test_bodies_are_those_that_the_api_checks(model: type[BaseModel]) -> None:
    expected = model.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = expected.pop("$defs", {})
    assert SCHEMAS[model.__name__] == expected
    assert {name: SCHEMAS.get(name) for name in parts} == parts


def test_the_document_is_whole() -> None:
    """Every reference leads somewhere, every call has its own name, every schema is one."""
    for name in re.findall(r'"#/components/(schemas|responses)/(\w+)"', json.dumps(DOCUMENT)):
        assert name[1] in DOCUMENT["components"][name[0]]
    names = [DOCUMENT["paths"][path][method]["operationId"] for method, path in calls()]
    assert len(names) == len(set(names))
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)


def conforms(response: httpx2.Response, method: str, path: str) -> None:
    """The status is documented, and the answer is what the document says of it."""
    answers = DOCUMENT["paths"][path][method]["responses"]
    assert str(response.status_code) in answers, response.text
    answer = answers[str(response.status_code)]
    if "$ref" in answer:
        answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    kind = response.headers["Content-Type"].partition(";")[0]
    schema = answer["content"][kind]["schema"]
    if kind.endswith("json"):
        whole = {**schema, "components": DOCUMENT["components"]}
        Draft202012Validator(whole).validate(response.json())


CALLS: list[tuple[str, str, Any]] = [
    ("post", "/api/chat", {"action": "start"}),
    ("post", "/api/chat", {"action": "continue_conversation", "message": "And?"}),
    ("post", "/api/chat", {"action": "dance"}),
    ("get", "/api/chat/status/{task_id}", None),
    ("get", "/api/chat/status/nope", None),
    ("post", "/api/chat/feedback/{task_id}", {"rating": "up", "reason": "so"}),
    ("post", "/api/chat/feedback/{task_id}", {"rating": None}),
    ("post", "/api/chat/feedback/{task_id}", {}),
    ("post", "/api/chat/feedback/{task_id}", {"rating": "down"}),
    ("get", "/api/chat/result/{task_id}.csv", None),
    ("get", "/api/conversations", None),
    ("get", "/api/conversations?limit=0", None),
    ("get", "/api/conversations/{conversation_id}", None),
    ("get", "/api/conversations/{conversation_id}/export", None),
    ("patch", "/api/conversations/{conversation_id}", {"title": "Rain"}),
    ("patch", "/api/conversations/{conversation_id}", {"title": ""}),
    ("get", "/api/datasets", None),
    ("get", "/api/datasets/nope", None),
    ("post", "/api/chat/cancel/{task_id}", None),
    ("get", "/healthz", None),
    ("get", "/readyz", None),
    ("delete", "/api/conversations/{conversation_id}", None),
    ("delete", "/api/conversations/{conversation_id}", None),
]


@pytest.mark.parametrize("ended", [False, True])
def test_answers_are_what_the_document_says(ended: bool, desk: Stack) -> None:
    person = desk.person()
    task = person.ask("How wet?")
    if ended:
        work = Scene(desk.jobs, desk.attempts, Accepted(task["task_id"], "", known=False))
        work.claimed()
        work.end("succeeded")
    for method, path, body in CALLS:
        response = person.http.request(method, path.format(**task), json=body)
        documented = path.partition("?")[0].replace(".csv", ".{what}")
        documented = documented.replace("status/nope", "status/{task_id}")
        conforms(response, method, documented.replace("datasets/nope", "datasets/{dataset_id}"))
