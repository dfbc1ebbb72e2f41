"""Answers against pandas: every question of the golden list, through all steps and the engine."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from tests.agent.golden.answers import Golden, right
from tests.agent.golden.demo import AMBIGUOUS, PENGUINS, UNANSWERABLE, UNEMPLOYMENT, WEATHER
from tests.support.agent import Agent
from worker.models.builtin.planner import plannable

GOLDEN: list[tuple[str, Golden]] = [
    *(("seattle-weather", golden) for golden in WEATHER),
    *(("penguins", golden) for golden in PENGUINS),
    *(("unemployment-across-industries", golden) for golden in UNEMPLOYMENT),
]
REFUSED = {"cannot_answer", "unrelated_response"}


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
