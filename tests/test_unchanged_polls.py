"""The poll without news, which is answered before Flask, tells nobody more than Flask would."""

from __future__ import annotations

import httpx2
import pytest

from api.access import HEADERS
from tests.support.scenes import begin
from tests.support.stack import Person, Stack


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


def polled(person: Person, task_id: str, query: str = "", **headers: str) -> httpx2.Response:
    """A status, as it is answered."""
    return person.http.get(f"/api/chat/status/{task_id}{query}", headers=headers)


def test_without_news_there_is_nothing_to_read(desk: Stack, person: Person) -> None:
    """With the headers that every answer has; with news, the news."""
    work = begin(desk, person)
    whole = polled(person, work.job_id)
    etag = {"If-None-Match": whole.headers["ETag"]}
    same = polled(person, work.job_id, f"?after={whole.json()['cursor']}", **etag)
    assert (same.status_code, same.content) == (304, b"")
    assert {name: same.headers[name] for name in HEADERS} == HEADERS
    assert same.headers["ETag"] == whole.headers["ETag"]
    work.write("news")
    assert len(polled(person, work.job_id, **etag).json()["messages"]) == 3


def test_who_knows_the_tag_of_somebody_elses_task_learns_nothing(
    desk: Stack, person: Person
) -> None:
    """Not that there is such a task; with a cookie of one's own, a forged one, or none."""
    work = begin(desk, person)
    etag = {"If-None-Match": polled(person, work.job_id).headers["ETag"]}
    stranger = desk.person()
    assert polled(stranger, work.job_id, **etag).status_code == 404
    assert polled(stranger, work.job_id, **etag).status_code == 404
    forged = {"Cookie": "tailrace_owner=forged"}
    assert polled(desk.person(), work.job_id, **etag, **forged).status_code == 404


@pytest.mark.parametrize("query", ["?after=nonsense", "?wait=-1", "?after=0badc0de-1&wait=soon"])
def test_a_mistake_is_told_whatever_the_tag(desk: Stack, person: Person, query: str) -> None:
    """400, as without the tag."""
    work = begin(desk, person)
    etag = {"If-None-Match": polled(person, work.job_id).headers["ETag"]}
    assert polled(person, work.job_id, query, **etag).status_code == 400
