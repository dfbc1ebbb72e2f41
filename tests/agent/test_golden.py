"""Answers against pandas: every question of the golden list, through all steps and the engine."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import chain
from typing import Any

import pandas as pd
import pytest

from tests.agent.golden import (
    AMBIGUOUS,
    PENGUINS,
    UNANSWERABLE,
    UNEMPLOYMENT,
    WEATHER,
    All,
    First,
    Golden,
    Listed,
    One,
)
from tests.support.agent import Agent
from worker.agent.results import Table
from worker.models.builtin.planner import plannable

GOLDEN: list[tuple[str, Golden]] = [
    *(("seattle-weather", golden) for golden in WEATHER),
    *(("penguins", golden) for golden in PENGUINS),
    *(("unemployment-across-industries", golden) for golden in UNEMPLOYMENT),
]
REFUSED = {"cannot_answer", "unrelated_response"}


def same(cell: Any, wanted: Any) -> bool:
    """Whether a cell of the answer is pandas' value; keys may be text for numbers."""
    if isinstance(cell, int | float) and not isinstance(wanted, str):
        return math.isclose(cell, wanted, rel_tol=1e-9, abs_tol=1e-9)
    return str(cell) == str(wanted)


def right(table: Table, wanted: All | First | Listed | One) -> bool:
    """Whether the table is the wanted answer."""
    rows = table.rows
    match wanted:
        case One(value):
            return len(rows) == 1 and len(rows[0]) == 1 and same(rows[0][0], value)
        case First(cells, groups):
            return len(rows) == groups and all(any(same(c, w) for c in rows[0]) for w in cells)
        case Listed(total):
            return table.total_rows == total
    if [len(row) for row in rows] != [len(row) for row in wanted.rows]:
        return False
    pairs = zip(chain(*rows), chain(*wanted.rows), strict=True)
    return all(same(cell, want) for cell, want in pairs)


@pytest.mark.parametrize(("dataset", "golden"), GOLDEN, ids=[golden[0] for _, golden in GOLDEN])
def test_the_answer_is_what_pandas_works_out(
    agent: Agent, frame: Callable[[str], pd.DataFrame], dataset: str, golden: Golden
) -> None:
    question, wanted = golden
    asked = agent.ask(question, dataset)
    assert asked.answer.type == "particular_response", asked.answer.answer
    assert asked.answer.table is not None
    assert right(asked.answer.table, wanted(frame(dataset))), asked.answer.table.rows[:3]
    assert asked.answer.planner == "built-in planner"
    assert asked.streamed() == asked.answer.answer


@pytest.mark.parametrize(("dataset", "question"), UNANSWERABLE)
def test_what_the_table_cannot_tell_is_refused_with_questions_it_can(
    agent: Agent, dataset: str, question: str
) -> None:
    answer = agent.ask(question, dataset).answer
    assert answer.type in REFUSED
    assert answer.table is None
    assert all(plannable(q, agent.datasets[dataset]) for q in answer.suggestions)


@pytest.mark.parametrize(("dataset", "question"), AMBIGUOUS)
def test_two_good_readings_are_offered_as_choices_that_plan(
    agent: Agent, dataset: str, question: str
) -> None:
    answer = agent.ask(question, dataset).answer
    assert answer.type == "clarification"
    assert len(answer.suggestions) > 1
    assert all(plannable(choice, agent.datasets[dataset]) for choice in answer.suggestions)


def test_the_list_is_long_enough_to_mean_something() -> None:
    assert len(GOLDEN) >= 40
    assert len(UNANSWERABLE) >= 15
