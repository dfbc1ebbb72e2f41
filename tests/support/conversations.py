"""Conversations as a person meets them over HTTP, and the worker's side of their questions."""

from __future__ import annotations

from typing import Any

import httpx2

from shared.jobs import Accepted
from tests.support.scenes import Scene
from tests.support.stack import Person, Stack


def scene(desk: Stack, task: dict[str, Any]) -> Scene:
    """The worker's side of a question that was asked over HTTP."""
    return Scene(desk.jobs, desk.attempts, Accepted(task["task_id"], "", known=False))


def ended(desk: Stack, task: dict[str, Any], state: str = "succeeded") -> None:
    """Play a worker that takes the question and ends it."""
    work = scene(desk, task)
    work.claimed()
    work.end(state)


def listed(person: Person, **params: Any) -> list[dict[str, Any]]:
    """The caller's conversations."""
    response = person.http.get("/api/conversations", params=params)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["conversations"]
    return found


def shown(person: Person, conversation_id: str) -> dict[str, Any]:
    """One conversation with its turns."""
    response = person.http.get(f"/api/conversations/{conversation_id}")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def refused(response: httpx2.Response, status: int) -> dict[str, Any]:
    """The problem that a response is; fails unless it has this status."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    members: dict[str, Any] = response.json()
    assert members["status"] == status
    return members
