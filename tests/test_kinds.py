"""Results that must not be taken for each other, each from a question to the stored answer."""

from __future__ import annotations

import pytest

from tests.support.stack import Stack

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
