"""docs/api.md, row by row, over real HTTP; the test plays the worker where one is needed."""

from __future__ import annotations

import os
import signal
import time
from threading import Thread
from typing import Any

import httpx2
import pytest

from shared import keys
from shared.datasets import Column, Profile
from shared.jobs import Accepted, JobState
from tests.support.scenes import Scene
from tests.support.stack import Person, Stack

PROFILE = Profile(
    id="rain",
    title="Rain",
    source="rain.csv",
    version="0" * 64,
    rows=2,
    columns=[Column(name="mm", type="number", nulls=0, distinct=2, values=["secret"])],
    sample=[[1.0], [2.0]],
    questions=["How much rain?"],
)


@pytest.fixture
def person(desk: Stack) -> Person:
    desk.catalogue.publish([PROFILE])
    return desk.person()


def scene(desk: Stack, task_id: str) -> Scene:
    return Scene(desk.jobs, desk.attempts, Accepted(task_id, "", known=False))


def problem(response: httpx2.Response, status: int) -> dict[str, Any]:
    """The members of an RFC 9457 answer, checked."""
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    members: dict[str, Any] = response.json()
    assert members["status"] == status
    assert members["title"]
    assert members["detail"]
    assert "Traceback" not in response.text
    return members


def test_start_gives_welcome_datasets_and_questions(person: Person) -> None:
    answer = person.http.post("/api/chat", json={"action": "start"}).json()
    assert answer["type"] == "welcome"
    assert answer["message"]
    assert [dataset["id"] for dataset in answer["datasets"]] == ["rain"]
    assert answer["suggestions"] == ["How much rain?"]


def test_select_dataset_gives_its_summary(person: Person) -> None:
    body = {"action": "select_dataset", "dataset": "rain"}
    answer = person.http.post("/api/chat", json=body).json()
    assert answer["type"] == "dataset_summary"
    assert answer["dataset_id"] == "rain"
    assert answer["summary"]["rows"] == 2
    assert "secret" not in str(answer)


def test_datasets_are_listed_and_profiled(person: Person) -> None:
    listed = person.http.get("/api/datasets").json()["datasets"]
    assert listed == [
        {
            "id": "rain",
            "title": "Rain",
            "description": "",
            "rows": 2,
            "columns": 1,
            "version": "0" * 64,
            "uploaded": False,
        }
    ]
    shown = person.http.get("/api/datasets/rain").json()
    assert shown["columns"][0]["name"] == "mm"
    assert shown["sample"] == [[1.0], [2.0]]
    assert "rain" in problem(person.http.get("/api/datasets/nope"), 404)["detail"]


def test_asking_answers_202_with_links(desk: Stack, person: Person) -> None:
    task = person.ask("How wet?", dataset="rain")
    assert task["type"] == "task_started"
    assert task["status"] == "processing"
    for link in ("status", "stream", "cancel"):
        assert task["task_id"] in task["links"][link]
    found = person.status(task["task_id"])
    assert set(found) == {
        "task_id",
        "status",
        "state",
        "messages",
        "cursor",
        "reset",
        "result",
        "error",
        "attempt",
    }
    assert (found["status"], found["state"], found["attempt"]) == ("processing", "queued", 0)
    first = found["messages"][0]
    assert set(first) == {"id", "seq", "at", "attempt", "type", "role", "content", "data"}
    assert first["data"]["conversation_id"] == task["conversation_id"]
    assert first["id"] == found["cursor"]


def test_the_same_key_gives_the_same_task_and_another_owner_another(
    desk: Stack, person: Person
) -> None:
    headers = {"Idempotency-Key": "k1"}
    first = person.ask("How wet?", headers=headers)
    assert person.ask("How wet?", headers=headers) == first
    assert desk.store.llen(keys.BELLS) == 1
    assert desk.person().ask("How wet?", headers=headers)["task_id"] != first["task_id"]
    body = {"action": "continue_conversation", "message": "Something else?"}
    problem(person.http.post("/api/chat", json=body, headers=headers), 422)


BAD_BODIES: list[tuple[Any, int]] = [
    (b"{", 400),
    (b"", 400),
    (b"[]", 400),
    (b'"text"', 400),
    ({}, 400),
    ({"action": "dance"}, 400),
    ({"action": None, "message": "x"}, 400),
    ({"action": "continue_conversation"}, 400),
    ({"action": "continue_conversation", "message": ""}, 400),
    ({"action": "continue_conversation", "message": "   \n "}, 400),
    ({"action": "continue_conversation", "message": 7}, 400),
    ({"action": "continue_conversation", "message": ["x"]}, 400),
    ({"action": "continue_conversation", "message": "x" * 8001}, 400),
    ({"action": "continue_conversation", "message": "x", "dataset": 1}, 400),
    ({"action": "continue_conversation", "message": "x", "dataset": "nope"}, 404),
    ({"action": "continue_conversation", "message": "x", "conversation_id": "../etc"}, 400),
    ({"action": "continue_conversation", "message": "x", "conversation_id": "0" * 24}, 404),
    ({"action": "continue_conversation", "message": "x" * 100_000}, 413),
    ({"action": "select_dataset"}, 400),
    ({"action": "select_dataset", "dataset": "nope"}, 404),
]


@pytest.mark.parametrize("path", ["/api/chat", "/api/chat/stream"])
def test_bad_bodies_get_a_clear_error_and_enqueue_nothing(
    path: str, desk: Stack, person: Person
) -> None:
    for body, status in BAD_BODIES:
        if isinstance(body, bytes):
            headers = {"Content-Type": "application/json"}
            response = person.http.post(path, content=body, headers=headers)
        else:
            response = person.http.post(path, json=body)
        if path.endswith("stream") and isinstance(body, dict):
            expected = 400 if body.get("action") == "select_dataset" else status
        else:
            expected = status
        problem(response, expected)
    problem(person.http.post(path, content=b"message=x"), 415)
    problem(person.http.put(path, json={}), 405)
    longest = {"action": "continue_conversation", "message": "x" * 8000}
    problem(person.http.post(path, json=longest, headers={"Idempotency-Key": "k" * 256}), 400)
    assert desk.store.keys("tailrace:job:*") == []
    assert person.http.post("/api/chat", json=longest).status_code == 202


def test_only_streaming_needs_a_question(person: Person) -> None:
    problem(person.http.post("/api/chat/stream", json={"action": "start"}), 400)


def test_unknown_and_foreign_tasks_look_the_same(desk: Stack, person: Person) -> None:
    task = person.ask("How wet?")
    stranger = desk.person()
    for who, task_id in [(stranger, task["task_id"]), (person, "no-such-task")]:
        answers = [
            who.http.get(f"/api/chat/status/{task_id}"),
            who.http.get(f"/api/chat/stream/{task_id}"),
            who.http.post(f"/api/chat/cancel/{task_id}"),
        ]
        for answer in answers:
            assert problem(answer, 404)["error"] == "Task not found"
    body = {
        "action": "continue_conversation",
        "message": "x",
        "conversation_id": task["conversation_id"],
    }
    problem(stranger.http.post("/api/chat", json=body), 404)
    forger = desk.person()
    forger.http.cookies.set("tailrace_owner", "forged.value")
    problem(forger.http.get(task["links"]["status"]), 404)


def test_an_old_cookie_beside_the_own_does_not_hide_a_task(desk: Stack, person: Person) -> None:
    """One of a server with another key, which a client still sends along, first or last."""
    task = person.ask("How wet?")
    own = f"tailrace_owner={person.http.cookies['tailrace_owner']}"
    for sent in (f"tailrace_owner=old.value; {own}", f"{own};tailrace_owner=old.value"):
        answer = desk.person().http.get(task["links"]["status"], headers={"Cookie": sent})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


def test_status_gives_messages_after_a_cursor_and_the_outcome(desk: Stack, person: Person) -> None:
    task_id = person.ask("How wet?")["task_id"]
    work = scene(desk, task_id)
    work.claimed()
    work.write("a", "b")
    found = person.status(task_id)
    assert [message["seq"] for message in found["messages"]] == [0, 1, 2, 3]
    assert (found["status"], found["state"], found["attempt"]) == ("processing", "running", 1)
    later = person.status(task_id, after=found["messages"][1]["id"])
    assert later["messages"] == found["messages"][2:]
    nothing = person.status(task_id, after=found["cursor"])
    assert (nothing["messages"], nothing["cursor"]) == ([], found["cursor"])
    work.end("succeeded")
    done = person.status(task_id, after=found["cursor"])
    assert (done["status"], done["result"]) == ("completed", {"answer": "Done."})
    assert person.status(task_id, after=done["cursor"])["result"] == {"answer": "Done."}
    assert person.status(task_id, after="00000000-3")["messages"] == found["messages"] + [
        done["messages"][0]
    ]


def test_a_failed_job_has_an_error_and_a_cancelled_one_says_so(desk: Stack, person: Person) -> None:
    for end, status, error in [("failed", "error", "It failed."), ("cancelled", "cancelled", None)]:
        task_id = person.ask("How wet?")["task_id"]
        work = scene(desk, task_id)
        work.claimed()
        work.end(end)
        found = person.status(task_id)
        assert (found["status"], found["error"], found["result"]) == (status, error, None)


@pytest.mark.parametrize("query", ["after=nonsense", "wait=-1", "wait=31", "wait=x", "wait=nan"])
def test_bad_query_parameters_are_refused(query: str, person: Person) -> None:
    task_id = person.ask("How wet?")["task_id"]
    problem(person.http.get(f"/api/chat/status/{task_id}?{query}"), 400)


def test_wait_holds_the_answer_until_something_happens(desk: Stack, person: Person) -> None:
    task_id = person.ask("How wet?")["task_id"]
    cursor = person.status(task_id)["cursor"]
    found: list[dict[str, Any]] = []
    waiting = Thread(
        target=lambda: found.append(person.status(task_id, after=cursor, wait=20)), daemon=True
    )
    waiting.start()
    work = scene(desk, task_id)
    work.claimed()
    waiting.join(10)
    assert [message["type"] for message in found[0]["messages"]] == ["started"]
    began = time.monotonic()
    empty = person.status(task_id, after=found[0]["cursor"], wait=0.3)
    assert empty["messages"] == []
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("state", list(JobState))
def test_cancel_is_idempotent_in_every_state(state: JobState, desk: Stack, person: Person) -> None:
    task_id = person.ask("How wet?")["task_id"]
    scene(desk, task_id).bring_to(state)
    first, again = person.cancel(task_id), person.cancel(task_id)
    assert first == again
    expected = {
        JobState.QUEUED: "cancelled",
        JobState.RETRYING: "cancelled",
        JobState.RUNNING: "cancelling",
    }.get(state, str(state))
    assert first["state"] == expected


def test_health_and_readiness(desk: Stack, person: Person) -> None:
    assert person.http.get("/healthz").json() == {"status": "ok"}
    missing = person.http.get("/readyz")
    assert (missing.status_code, missing.json()["missing"]) == (503, ["worker"])
    desk.attempts.renew("w1", 1, [])
    assert person.http.get("/readyz").status_code == 200
    desk.attempts.leave("w1")
    assert person.http.get("/readyz").status_code == 503


def test_the_cookie_is_signed_http_only_and_same_site(desk: Stack) -> None:
    cookie = httpx2.get(desk.url + "/api/datasets").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_an_unknown_path_is_a_problem_too(person: Person) -> None:
    problem(person.http.get("/api/nope"), 404)


class TestBrokerDown:
    """Valkey frozen or gone: 503 with Retry-After, soon, and never a hang."""

    @pytest.fixture
    def frozen(self, desk: Stack, person: Person) -> Any:
        person.ask("How wet?")
        pid = int(desk.store.info("server")["process_id"])
        os.kill(pid, signal.SIGSTOP)
        try:
            yield desk
        finally:
            os.kill(pid, signal.SIGCONT)

    def test_a_frozen_store_is_a_503_with_retry_after(self, frozen: Stack, person: Person) -> None:
        body = {"action": "continue_conversation", "message": "x"}
        began = time.monotonic()
        refused = person.http.post("/api/chat", json=body)
        assert time.monotonic() - began < 5, "the promise is 2 s; the margin is the machine's"
        for response in (
            refused,
            person.http.get("/api/chat/status/any"),
            person.http.get("/api/datasets"),
        ):
            problem(response, 503)
            assert int(response.headers["Retry-After"]) > 0
        assert person.http.get("/readyz").json()["missing"] == ["valkey"]
        assert person.http.get("/healthz").status_code == 200
