"""One stream per user: every event of every job once, in each job's order, from any cursor."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, cast

import httpx2
import pytest

from api.places import MOST_LIVE
from shared import keys
from shared.jobs import Accepted, Jobs, Question
from tests.support.scenes import Scene
from tests.support.stack import Person, Stack

Item = tuple[str, dict[str, Any]]


@pytest.fixture
def desk(any_desk: Stack) -> Stack:
    """The same tests for streams that are handed over and for streams that are generators."""
    return any_desk


@pytest.fixture
def person(desk: Stack) -> Person:
    return desk.person()


def watch(person: Person, after: str = "") -> Iterator[Item]:
    """Cursor and data of each item of the person's stream."""
    headers = {"Last-Event-ID": after} if after else {}
    with person.http.stream("GET", "/api/stream", headers=headers) as response:
        assert response.status_code == 200
        cursor = ""
        for line in response.iter_lines():
            if line.startswith("id: "):
                cursor = line[4:]
            elif line.startswith("data: "):
                yield cursor, json.loads(line[6:])


def take(stream: Iterator[Item], count: int) -> list[Item]:
    """The next items; leaves the stream."""
    found = [next(stream) for _ in range(count)]
    stream.close()  # type: ignore[attr-defined]
    return found


def begin(desk: Stack, person: Person) -> Scene:
    task_id = person.ask("How wet?")["task_id"]
    work = Scene(desk.jobs, desk.attempts, Accepted(task_id, "", known=False))
    work.claimed()
    return work


def by_job(items: list[Item]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, data in items:
        found[data["task_id"]].append(data["message"])
    return dict(found)


def test_it_carries_every_event_of_every_live_job_byte_for_byte(
    desk: Stack, person: Person
) -> None:
    first, second = begin(desk, person), begin(desk, person)
    first.write("a1", "a2")
    second.write("b1")
    first.end("succeeded")
    stream = watch(person)
    begun = [next(stream) for _ in range(3)]  # the live one only: queued, started, b1
    assert set(by_job(begun)) == {second.job_id}
    second.end("failed")
    items = begun + take(stream, 1)
    assert by_job(items)[second.job_id] == person.status(second.job_id)["messages"]


def test_a_job_asked_later_joins(desk: Stack, person: Person) -> None:
    begin(desk, person)
    stream = watch(person)
    next(stream), next(stream)
    later = begin(desk, person)
    later.end("succeeded")
    assert by_job(take(stream, 3)) == {later.job_id: person.status(later.job_id)["messages"]}


def test_resuming_at_every_index_gives_exactly_the_rest(desk: Stack, person: Person) -> None:
    first = begin(desk, person)
    stream = watch(person)
    items = [next(stream), next(stream)]
    second = begin(desk, person)
    for work, text in [(first, "a"), (second, "b"), (first, "c")]:
        work.write(text)
    items += [next(stream) for _ in range(5)]
    first.end("succeeded")
    items += [next(stream)]
    second.write("d")
    second.end("cancelled")
    items += take(stream, 2)
    logs = {work.job_id: person.status(work.job_id)["messages"] for work in (first, second)}
    assert by_job(items) == logs
    for index, (cursor, _) in enumerate(items[:-1]):
        rest = take(watch(person, cursor), len(items) - index - 1)
        assert by_job(items[: index + 1] + rest) == logs, f"resumed after item {index}"


def test_nobody_sees_another_owners_jobs(desk: Stack, person: Person) -> None:
    begin(desk, person)
    stranger = desk.person()
    own = begin(desk, stranger)
    assert set(by_job(take(watch(stranger), 2))) == {own.job_id}


def test_a_log_that_is_gone_is_said_to_be_gone(desk: Stack, person: Person) -> None:
    work = begin(desk, person)
    cursor = take(watch(person), 2)[-1][0]
    desk.store.delete(keys.JOB % work.job_id, keys.EVENTS % work.job_id)
    ((_, data),) = take(watch(person, cursor), 1)
    assert data == {"task_id": work.job_id, "message": None}


def test_nonsense_as_cursor_is_refused(person: Person) -> None:
    response = person.http.get("/api/stream", headers={"Last-Event-ID": "nonsense"})
    assert response.status_code == 400


def test_the_feed_is_no_task(desk: Stack, person: Person) -> None:
    begin(desk, person)
    feed = cast("bytes", next(desk.store.scan_iter("tailrace:job:feed-*")))
    name = feed.decode().split(":")[2]
    assert person.http.get(f"/api/chat/status/{name}").status_code == 404


def test_a_feed_that_begins_anew_is_told_and_none_of_its_jobs_is_missed(
    desk: Stack, person: Person
) -> None:
    """The feed of somebody who rests expires; the next job starts another."""
    first = begin(desk, person)
    cursor = take(watch(person), 2)[-1][0]
    first.end("succeeded")
    for key in desk.store.scan_iter("tailrace:job:feed-*"):
        desk.store.delete(key)
    second = begin(desk, person)
    second.end("succeeded")
    told, *items = take(watch(person, cursor), 4)
    assert set(told[1]) == {"epoch"}
    assert by_job(items) == {second.job_id: person.status(second.job_id)["messages"]}


def test_only_the_cursor_before_everything_begins_untold(desk: Stack, person: Person) -> None:
    """Of a feed that there is not yet no other can have been given."""
    work = begin(desk, person)
    ((_, first),) = take(watch(person, "00000000--1"), 1)
    assert first["task_id"] == work.job_id
    ((_, told),) = take(watch(person, "00000000-5"), 1)
    assert set(told) == {"epoch"}


def test_a_feed_that_goes_while_it_is_watched_is_noticed(desk: Stack, person: Person) -> None:
    begin(desk, person)
    stream = watch(person)
    next(stream), next(stream)
    for key in desk.store.scan_iter("tailrace:job:feed-*"):
        desk.store.delete(key)
    with pytest.raises(httpx2.TransportError):
        while True:
            next(stream)


def test_a_viewer_cut_before_any_event_misses_none(desk: Stack, person: Person) -> None:
    """The first block is a cursor, so what was asked and answered in between is still seen."""
    person.status(begin(desk, person).job_id)
    with person.http.stream("GET", "/api/stream") as response:
        first = next(line for line in response.iter_lines() if line.startswith("id: "))
    work = begin(desk, person)
    work.end("succeeded")
    items = by_job(take(watch(person, first[4:]), 5))
    assert items[work.job_id] == person.status(work.job_id)["messages"]


def test_more_live_jobs_than_a_cursor_can_hold(desk: Stack) -> None:
    """Those beyond the bound follow when earlier ones end; no id grows too long to come back."""
    person = desk.person()
    owner = person_owner(desk, person)
    many = desk.settings.model_copy(update={"user_max_active": 1000})
    jobs = Jobs(desk.store, many)
    accepted = [jobs.accept(Question(owner, "How wet?")) for _ in range(MOST_LIVE + 20)]
    stream, cursors = watch(person), list[str]()
    seen, ends = set[str](), set[str]()
    while len(seen) < MOST_LIVE:
        cursor, data = next(stream)
        cursors.append(cursor)
        seen.add(data["task_id"])
    assert max(map(len, cursors)) < 4000
    for each in accepted:
        job = desk.jobs.load(each.job_id, owner)
        assert job is not None
        desk.jobs.cancel(job)
    resumed = watch(person, cursors[MOST_LIVE // 2])
    while len(ends) < len(accepted):
        _, data = next(resumed)
        if data["message"]["type"] == "cancelled":
            ends.add(data["task_id"])
    assert ends == {each.job_id for each in accepted}


def person_owner(desk: Stack, person: Person) -> str:
    """The owner behind a cookie: that of a job they ask for."""
    task_id = person.ask("How wet?")["task_id"]
    person.cancel(task_id)
    owner = cast("bytes", desk.store.hget(keys.JOB % task_id, "owner"))
    return owner.decode()
