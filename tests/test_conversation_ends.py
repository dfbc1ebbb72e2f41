"""Conversations that end, fill up, or are changed from two sides at once."""

from __future__ import annotations

import json
from threading import Thread

import httpx2
import pytest

from shared import keys
from shared.attempts import CancelRequested
from shared.conversations import MOST_TURNS
from shared.jobs import JobState
from tests.support.conversations import ended, listed, refused, scene, shown
from tests.support.stack import Person, Stack


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


@pytest.mark.parametrize("state", list(JobState))
def test_deleting_removes_every_trace_and_cancels_what_was_under_way(
    state: JobState, desk: Stack, person: Person
) -> None:
    """The log of a job that was under way ends as cancelled and expires as logs do."""
    kept = person.ask("kept")
    task = person.ask("How wet?")
    scene(desk, task).bring_to(state)
    path = f"/api/conversations/{task['conversation_id']}"
    deleted = person.http.delete(path)
    assert deleted.json() == {
        "id": task["conversation_id"],
        "deleted": True,
        "cancelled": [] if state.final else [task["task_id"]],
    }
    refused(person.http.delete(path), 404)
    refused(person.http.get(path), 404)
    refused(person.http.post(f"/api/chat/feedback/{task['task_id']}", json={"rating": "up"}), 404)
    follow_up = {
        "action": "continue_conversation",
        "message": "x",
        "conversation_id": task["conversation_id"],
    }
    refused(person.http.post("/api/chat", json=follow_up), 404)
    assert [one["id"] for one in listed(person)] == [kept["conversation_id"]]
    now = person.status(task["task_id"])["state"]
    if state.final:
        assert now == state
    else:
        assert now in {"cancelled", "cancelling"}
    person.http.delete(f"/api/conversations/{kept['conversation_id']}")
    traces = [desk.store.keys(f"*{word}*") for word in ("conversation", "turn", "dead:")]
    assert traces == [[], [], []]


def test_an_answer_that_comes_after_the_deletion_brings_nothing_back(
    desk: Stack, person: Person
) -> None:
    """Deleting and finishing race; whichever is first, nothing of the conversation stays."""
    for _ in range(30):
        task = person.ask("How wet?")
        work = scene(desk, task)
        work.claimed()
        deleting = Thread(
            target=person.http.delete, args=[f"/api/conversations/{task['conversation_id']}"]
        )
        deleting.start()
        try:
            work.end("succeeded")
        except CancelRequested:
            work.end("cancelled")
        deleting.join()
        assert desk.store.keys("tailrace:turn:*") == []
        assert desk.store.keys("tailrace:conversation*") == []
        assert person.status(task["task_id"])["state"] in {"succeeded", "cancelled"}


def test_edits_at_the_same_time_all_become_turns(desk: Stack, person: Person) -> None:
    task = person.ask("How wet?")
    cookies = dict(person.http.cookies)

    def edit(number: int) -> None:
        with httpx2.Client(base_url=desk.url, cookies=cookies, timeout=30) as http:
            sent = {
                "action": "continue_conversation",
                "message": f"{number}?",
                "replaces": task["task_id"],
            }
            assert http.post("/api/chat", json=sent).status_code == 202

    editing = [Thread(target=edit, args=[number]) for number in range(8)]
    for thread in editing:
        thread.start()
    for thread in editing:
        thread.join()
    turns = shown(person, task["conversation_id"])["turns"]
    assert len(turns) == 9
    assert {turn["question"] for turn in turns[1:]} == {f"{number}?" for number in range(8)}
    assert {turn["replaces"] for turn in turns[1:]} == {task["task_id"]}


def test_a_full_conversation_refuses_questions_and_says_what_to_do(
    desk: Stack, person: Person
) -> None:
    task = person.ask("0")
    conversation = task["conversation_id"]
    desk.store.rpush(keys.TURNS % conversation, *["x"] * (MOST_TURNS - 1))
    before = desk.store.dbsize()
    sent = {"action": "continue_conversation", "message": "x", "conversation_id": conversation}
    answer = refused(person.http.post("/api/chat", json=sent), 409)
    assert "start a new one" in answer["detail"]
    assert desk.store.dbsize() == before
    # Turns that are not there any more are left out, not invented.
    assert [turn["question"] for turn in shown(person, conversation)["turns"]] == ["0"]


def test_a_conversation_is_there_when_the_log_has_expired(desk: Stack, person: Person) -> None:
    task = person.ask("How wet?")
    ended(desk, task)
    last = desk.log.last(task["task_id"])
    assert last is not None
    for name in desk.store.keys(f"tailrace:job:{task['task_id']}*"):
        assert desk.store.pexpire(name, 0)
    refused(person.http.get(f"/api/chat/status/{task['task_id']}"), 404)
    (turn,) = shown(person, task["conversation_id"])["turns"]
    assert (turn["state"], turn["final"]) == ("succeeded", json.loads(last.raw))
    person.ask("And in 2013?", conversation_id=task["conversation_id"])
    edited = person.ask("How dry?", replaces=task["task_id"])
    assert edited["conversation_id"] == task["conversation_id"]
