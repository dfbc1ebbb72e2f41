"""Questions back: few choices, each of which is answered when it is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from tests.agent.golden.third_set import BOOKINGS
from tests.support.agent import Agent, past


def taken(agent: Agent, question: str, dataset_id: str) -> dict[str, list[list[object]]]:
    """What each of the offered choices is answered by."""
    asked = agent.ask(question, dataset_id)
    assert asked.answer.type == "clarification"
    assert 2 <= len(asked.answer.choices) <= 3
    history = (past(question, asked),)
    answers = {}
    for choice in asked.answer.suggestions:
        answer = agent.ask(choice, dataset_id, history=history).answer
        assert answer.table is not None, choice
        assert answer.table.rows, choice
        answers[choice] = answer.table.rows
    return answers


def test_of_a_site_with_many_times_it_is_asked_at_which(
    agent: Agent, frame: Callable[[str], pd.DataFrame]
) -> None:
    """Any month, the latest, or on average: three different lists of industries."""
    question = "Industries with an unemployment rate above 9 percent"
    answers = taken(agent, question, "unemployment-across-industries")
    rates: Any = frame("unemployment-across-industries")
    newest = rates[rates.date == rates.date.max()]
    average = rates.groupby("industry").unemployment_rate.mean()
    assert [{str(row[0]) for row in rows} for rows in answers.values()] == [
        set(rates[rates.unemployment_rate > 9].industry),
        set(newest[newest.unemployment_rate > 9].industry),
        set(average[average > 9].index),
    ]


def test_a_choice_that_finds_nothing_is_not_offered(agent: Agent) -> None:
    """No industry has an unemployment rate above 25 on average."""
    question = "Industries with an unemployment rate above 25 percent"
    choices = agent.ask(question, "unemployment-across-industries").answer.suggestions
    assert [choice.rsplit(" percent ", 1)[1] for choice in choices] == [
        "in any month",
        "in the latest month",
    ]


def test_one_time_needs_no_question_back(agent: Agent) -> None:
    question = "Industries with an unemployment rate above 15 percent in January 2010"
    answer = agent.ask(question, "unemployment-across-industries").answer
    assert answer.table is not None
    assert answer.table.total_rows == 2


def test_what_may_mean_several_plans_is_asked_back(tables: Agent) -> None:
    """Every word is known, the grammar cannot join them, and no plan is likely enough alone."""
    answers = taken(tables, "Which country do most guests come from?", "hotel-bookings")
    countries = BOOKINGS.read().country.value_counts()
    wanted = [countries.idxmax(), int(countries.max())]
    assert any(rows[0] == wanted for rows in answers.values())


def test_things_that_are_done_again_and_again_are_asked_about(tables: Agent) -> None:
    """Different students, or each time that one of them enrolled."""
    answers = taken(tables, "How many students were enrolled?", "course-enrolments")
    assert [rows[0][0] for rows in answers.values()] == [57, 180]


def test_what_the_table_does_not_know_is_not_asked_back(tables: Agent) -> None:
    answer = tables.ask("How many students have a bicycle?", "course-enrolments").answer
    assert answer.type != "particular_response" or answer.table is None
    assert answer.choices == []
