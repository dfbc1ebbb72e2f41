"""Results that must not be taken for each other, each from a question to the stored answer."""

from __future__ import annotations

from typing import Any

import pytest

from shared.keys import DEADLINES
from tests.support.stack import Person, Stack

KINDS = [
    ("answer", "How many days did it snow in 2014?"),
    ("answer", "How many days did it snow in July 2013?"),
    ("empty", "Average wind of snowy days with temp_max above 33"),
    ("truncated", "List days with wind above 0.1"),
    ("out_of_data", "How many days did it snow in 1999?"),
    ("refused", "What is the average humidity?"),
    ("clarification", "average temperature by month"),
    ("help", "help"),
    ("end", "bye"),
]


@pytest.mark.parametrize(("kind", "question"), KINDS)
def test_each_kind_is_told_to_the_end(stack: Stack, kind: str, question: str) -> None:
    """By a real worker; nothing found is not zero, a preview not the whole, no answer not empty."""
    person = stack.person()
    task = person.ask(question, dataset="seattle-weather")
    last = list(person.stream(task["task_id"]))[-1]
    result = last["data"]["result"]
    assert result["kind"] == kind, result["answer"]
    assert (result["table"] is not None) == (kind in {"answer", "empty", "truncated"})
    assert (result["receipt"] is not None) == (result["table"] is not None)
    if kind == "truncated":
        assert len(result["table"]["rows"]) == 1000 < result["table"]["total_rows"]
        assert "of which the first 1,000 are shown" in result["coverage"]["sentence"]
    if kind == "empty":
        assert result["coverage"]["rows_used"] == 0
    if kind == "clarification":
        assert [one["question"] for one in result["choices"]] == result["suggestions"]
    turns = person.http.get(f"/api/conversations/{task['conversation_id']}").json()["turns"]
    assert turns[0]["final"] == last


def test_what_ran_out_of_time_is_told_so_to_the_end(stack: Stack) -> None:
    """The job's deadline passes while no worker takes it."""
    person = stack.person()
    stack.hold_workers()
    try:
        task = person.ask("How many days did it snow in 2013?", dataset="seattle-weather")
        stack.store.zadd(DEADLINES, {task["task_id"]: 1})
        _failed(person, task, "deadline_passed", "timed_out")
    finally:
        stack.release_workers()


def test_what_failed_is_told_so_to_the_end(stack: Stack) -> None:
    """The rows of the table are gone from the worker."""
    person = stack.person()
    (rows,) = (stack.settings.data_dir / "tables" / "penguins").glob("*.parquet")
    away = rows.rename(rows.with_suffix(".away"))
    try:
        task = person.ask("How many penguins weigh more than 4321 g?", dataset="penguins")
        _failed(person, task, "table_missing", "failed")
    finally:
        away.rename(rows)


def _failed(person: Person, task: dict[str, Any], reason: str, kind: str) -> None:
    """The stream ends with the reason and the kind; so does the stored turn."""
    last = list(person.stream(task["task_id"]))[-1]
    assert last["type"] == "failed"
    assert (last["data"]["reason"], last["data"]["kind"]) == (reason, kind)
    turns = person.http.get(f"/api/conversations/{task['conversation_id']}").json()["turns"]
    assert turns[0]["final"] == last
