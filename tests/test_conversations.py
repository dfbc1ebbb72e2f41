"""Conversations over HTTP: listed, searched, read, renamed, rated, deleted, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from shared import keys
from shared.events import EventType, body
from shared.jobs import Accepted, Jobs
from tests.support.conversations import ended, listed, refused, scene, shown
from tests.support.scenes import OWNER, Scene, question
from tests.support.stack import Person, Stack

#: What might come out of a store changed.
NASTY = [
    "plain",
    'a "quote" and \\',
    "Straße ☔ \U0001f327",
    "\x00\x1f\x7f",
    "</script>",
    "1e400",
    "ÿ\n",
]


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


def test_a_conversation_is_listed_with_its_first_question_as_title_last_used_first(
    desk: Stack, person: Person
) -> None:
    assert person.http.get("/api/conversations").json() == {"conversations": [], "next": None}
    first = person.ask("How wet\n was it?")
    second = person.ask("How cold was it?")
    person.ask("And in 2013?", conversation_id=first["conversation_id"])
    found = listed(person)
    assert [one["id"] for one in found] == [first["conversation_id"], second["conversation_id"]]
    assert [one["turns"] for one in found] == [2, 1]
    assert set(found[0]) == {"id", "title", "dataset", "created_at", "updated_at", "turns"}
    assert found[0]["title"] == "How wet was it?"
    assert found[0]["created_at"] <= found[0]["updated_at"]
    # An answer is a use, too.
    for _ in range(3):
        work = Scene(desk.jobs, desk.attempts, Accepted("", "", known=False))
        work.claim = desk.attempts.claim(second["task_id"], "w1")
        if work.claim is not None and work.claim.job.id == second["task_id"]:
            work.end("succeeded")
    assert listed(person)[0]["id"] == second["conversation_id"]


def test_a_conversation_shows_its_turns_in_order_and_how_each_ended(
    desk: Stack, person: Person
) -> None:
    tasks = [person.ask("0?")]
    where = {"conversation_id": tasks[0]["conversation_id"]}
    for state in ("succeeded", "failed", "cancelled"):
        ended(desk, tasks[-1], state)
        tasks.append(person.ask(f"{len(tasks)}?", **where))
    tasks.append(person.ask("1, edited?", **where, replaces=tasks[1]["task_id"]))
    found = shown(person, where["conversation_id"])
    assert found["id"] == where["conversation_id"]
    assert [turn["task_id"] for turn in found["turns"]] == [task["task_id"] for task in tasks]
    assert [turn["question"] for turn in found["turns"]] == ["0?", "1?", "2?", "3?", "1, edited?"]
    assert [(turn["status"], turn["state"]) for turn in found["turns"]] == [
        ("completed", "succeeded"),
        ("error", "failed"),
        ("cancelled", "cancelled"),
        ("processing", "queued"),
        ("processing", "queued"),
    ]
    assert [turn["final"] is None for turn in found["turns"]] == [False] * 3 + [True] * 2
    assert found["turns"][4]["replaces"] == tasks[1]["task_id"]
    assert found["turns"][4]["follows"] == tasks[0]["task_id"]
    assert found["turns"][0]["follows"] is None


@pytest.mark.parametrize("text", NASTY)
def test_the_terminal_message_is_the_logs_last_event_byte_for_byte(
    text: str, desk: Stack, person: Person
) -> None:
    """In the conversation and in its export, for whatever an answer may hold."""
    task = person.ask(f"x{text}")
    work = scene(desk, task)
    claim = work.claimed()
    result = {"answer": text, "table": {"rows": [[0.1 + 0.2, 1e308, -0.0, 2**63, None, text]]}}
    desk.attempts.finish(
        claim.job, "succeeded", body(EventType.COMPLETED, text, {"result": result})
    )
    last = desk.log.last(task["task_id"])
    assert last is not None
    path = f"/api/conversations/{task['conversation_id']}"
    for response in (person.http.get(path), person.http.get(f"{path}/export")):
        assert b'"final":' + last.raw + b',"feedback"' in response.content
        (turn,) = response.json()["turns"]
        assert turn["final"] == last.message
        assert turn["question"] == f"x{text}".strip()


def test_the_export_is_a_file(desk: Stack, person: Person) -> None:
    task = person.ask("How wet?")
    path = f"/api/conversations/{task['conversation_id']}"
    export = person.http.get(f"{path}/export")
    assert export.headers["Content-Type"] == "application/json"
    assert export.headers["Content-Disposition"].startswith('attachment; filename="tailrace-')
    assert export.content == person.http.get(path).content


def test_search_finds_words_of_titles_and_questions_in_any_case(person: Person) -> None:
    street = person.ask("How long is the Große Straße?")["conversation_id"]
    rain = person.ask("How wet was it?")["conversation_id"]
    person.ask("And which MONTH had most Snow?", conversation_id=rain)
    person.http.patch(f"/api/conversations/{rain}", json={"title": "Umbrellas"})

    def found(words: str) -> set[str]:
        return {one["id"] for one in listed(person, q=words)}

    assert found("") == found("HOW") == found("  ") == {street, rain}
    assert found("grosse STRASSE") == {street}
    assert found("snow") == found("month snow") == found("UMBRELLA") == found("wet") == {rain}
    assert found("umbrellas month") == {rain}
    assert found("snow straße") == found("%") == found("*") == found("\\") == set()


def test_two_thousand_conversations_come_in_pages_and_are_searched(
    desk: Stack, person: Person
) -> None:
    """No page is longer than asked for, and together they are all, once, last used first."""
    first = person.ask("the first")
    owner = desk.store.hget(keys.CONVERSATION % first["conversation_id"], "owner")
    assert isinstance(owner, bytes)
    own = keys.OWNED % owner.decode()
    patient = desk.settings.model_copy(update={"user_max_active": 5000, "queue_max": 5000})
    jobs = Jobs(desk.store, patient)
    for number in range(1, 2000):
        assert jobs.accept(question(f"Question {number}?"))
    # They are the usual owner's; hand their index to the person.
    for found_id, used_ms in desk.store.zscan_iter(keys.OWNED % OWNER):
        desk.store.zadd(own, {found_id: used_ms})
        desk.store.hset(keys.CONVERSATION % found_id.decode(), "owner", owner)
    places: Any = desk.store.zrevrange(own, 0, -1)
    expected = [one.decode() for one in places]
    assert len(expected) == 2000
    seen: list[str] = []
    after = ""
    while True:
        page = person.http.get("/api/conversations", params={"limit": 150, "before": after}).json()
        seen += [one["id"] for one in page["conversations"]]
        assert len(page["conversations"]) <= 150
        after = page["next"]
        if after is None:
            break
    assert seen == expected
    assert [one["title"] for one in listed(person, q="question 1234")] == ["Question 1234?"]
    found = person.http.get("/api/conversations", params={"q": "question 1", "limit": 3}).json()
    assert len(found["conversations"]) == 3
    assert found["next"] is not None


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "limit=1e2",
        "before=x",
        "before=1-",
        "before=-a",
        "before=1-a%3Ab",
        "q=" + "x" * 201,
    ],
)
def test_bad_queries_of_the_list_are_refused(query: str, person: Person) -> None:
    refused(person.http.get(f"/api/conversations?{query}"), 400)


def test_a_conversation_can_be_renamed_and_keeps_its_place(person: Person) -> None:
    older = person.ask("older")["conversation_id"]
    newer = person.ask("newer")["conversation_id"]
    renamed = person.http.patch(f"/api/conversations/{older}", json={"title": " My \n title "})
    assert renamed.json()["title"] == "My title"
    assert [(one["id"], one["title"]) for one in listed(person)] == [
        (newer, "newer"),
        (older, "My title"),
    ]
    bads: list[Any] = [
        {},
        {"title": ""},
        {"title": "  "},
        {"title": 7},
        {"title": "x" * 201},
        [],
        "x",
    ]
    for bad in bads:
        refused(person.http.patch(f"/api/conversations/{older}", json=bad), 400)
    refused(
        person.http.patch(f"/api/conversations/{older}", json={"title": "x", "owner": "me"}), 400
    )
    refused(person.http.patch(f"/api/conversations/{older}", content=b"title=x"), 415)
    assert listed(person)[1]["title"] == "My title"


def test_a_rating_is_kept_with_its_turn_and_can_be_changed_and_taken_back(
    desk: Stack, person: Person
) -> None:
    task = person.ask("How wet?")
    path = f"/api/chat/feedback/{task['task_id']}"

    def feedback() -> Any:
        return shown(person, task["conversation_id"])["turns"][0]["feedback"]

    assert feedback() is None
    sent = {"rating": "down", "reason": 'The "year" is wrong: ☔\n'}
    answered = person.http.post(path, json=sent)
    assert answered.json() == {
        "task_id": task["task_id"],
        "rating": "down",
        "reason": sent["reason"].strip(),
    }
    assert set(feedback()) == {"rating", "reason", "at"}
    assert feedback()["reason"] == sent["reason"].strip()
    ended(desk, task)
    assert feedback()["rating"] == "down"
    person.http.post(path, json={"rating": "up"})
    assert (feedback()["rating"], feedback()["reason"]) == ("up", "")
    person.http.post(path, json={"rating": None})
    assert feedback() is None


@pytest.mark.parametrize(
    "bad",
    [
        {},
        [],
        {"rating": "meh"},
        {"rating": 1},
        {"rating": "up", "reason": "x" * 2001},
        {"rating": "up", "reason": 7},
        {"rating": "up", "reason": None},
        {"rating": "up", "x": 1},
    ],
)
def test_bad_ratings_are_refused(bad: Any, person: Person) -> None:
    task = person.ask("How wet?")
    refused(person.http.post(f"/api/chat/feedback/{task['task_id']}", json=bad), 400)
    assert shown(person, task["conversation_id"])["turns"][0]["feedback"] is None


def test_nobody_else_can_tell_that_a_conversation_exists(desk: Stack, person: Person) -> None:
    """A stranger gets what everybody gets for what never was, for every call."""
    task = person.ask("How wet?")
    conversation = task["conversation_id"]
    stranger = desk.person()
    for call, path, sent in [
        ("GET", "/api/conversations/%s", None),
        ("GET", "/api/conversations/%s/export", None),
        ("PATCH", "/api/conversations/%s", {"title": "x"}),
        ("DELETE", "/api/conversations/%s", None),
        ("POST", "/api/chat/feedback/%s", {"rating": "up"}),
    ]:
        own = task["task_id"] if "feedback" in path else conversation
        answers = [
            refused(stranger.http.request(call, path % own, json=sent), 404),
            refused(person.http.request(call, path % ("0" * 24), json=sent), 404),
            refused(person.http.request(call, path % f"{own}:turns", json=sent), 404),
            refused(person.http.request(call, path % "%F0%9F%8C%A7", json=sent), 404),
        ]
        assert all(answer == answers[0] for answer in answers)
    assert listed(stranger) == []
    edit = {"action": "continue_conversation", "message": "x", "replaces": task["task_id"]}
    refused(stranger.http.post("/api/chat", json=edit), 404)
    assert shown(person, conversation)["turns"][0]["feedback"] is None


def test_a_task_id_with_a_colon_names_no_other_key(person: Person) -> None:
    task = person.ask("How wet?")
    for name in ("events", "steps"):
        refused(person.http.get(f"/api/chat/status/{task['task_id']}:{name}"), 404)


def test_replacing_needs_no_conversation_id_and_must_be_of_that_conversation(
    person: Person,
) -> None:
    task, other = person.ask("a"), person.ask("b")
    edited = person.ask("a2", replaces=task["task_id"])
    assert edited["conversation_id"] == task["conversation_id"]
    base: dict[str, Any] = {"action": "continue_conversation", "message": "x"}
    bads: list[tuple[dict[str, Any], int]] = [
        ({"replaces": "nope"}, 404),
        ({"replaces": "x" * 201}, 400),
        ({"replaces": 7}, 400),
        ({"replaces": task["task_id"], "conversation_id": other["conversation_id"]}, 404),
    ]
    for more, status in bads:
        refused(person.http.post("/api/chat", json=base | more), status)
