"""Suggested questions: enough of them, and every one plans."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from time import monotonic

import pytest

from shared.datasets import Column, Profile
from tests.support.agent import Agent, NeverStopped
from worker.agent.suggest import starting, with_questions
from worker.models.builtin.phrasing import question_of
from worker.models.builtin.planner import plan_question, plannable
from worker.models.builtin.suggest import starting_questions
from worker.query.compile import compile_plan
from worker.query.engine import QueryEngine, table_path
from worker.query.plan import QueryPlan
from worker.query.reuse import Trials
from worker.query.trial import TrialRequest


def test_every_table_has_three_to_five_that_plan(agent: Agent) -> None:
    for profile in agent.datasets.values():
        bare = profile.model_copy(update={"questions": []})
        questions = starting(bare, agent.engine, NeverStopped())
        assert 3 <= len(questions) <= 5
        assert all(plannable(question, profile) for question in questions)


def test_the_questions_written_for_a_table_come_first(agent: Agent) -> None:
    profile = agent.datasets["penguins"]
    found = with_questions(profile, agent.engine, NeverStopped()).questions
    assert found[:2] == profile.questions[:2]


@pytest.mark.parametrize(
    "question", ["Why penguins?", "Average body mass of Chinstrap penguins on Torgersen"]
)
def test_a_written_question_without_an_answer_is_left_out(agent: Agent, question: str) -> None:
    """One has no plan; the other has, but there are no such penguins."""
    profile = agent.datasets["penguins"].model_copy(update={"questions": [question]})
    assert question not in starting(profile, agent.engine, NeverStopped())


def test_what_was_tried_once_is_not_tried_again(agent: Agent) -> None:
    """Suggestions cost one jailed child for each set of new ones, and nothing later."""
    profile = agent.datasets["penguins"]
    plans = [plan_question(q, profile).plan for q in profile.questions]
    found = agent.engine.finds(plans, profile, NeverStopped(), 10)
    assert found == [True] * len(plans)
    assert agent.engine.finds(plans, profile, NeverStopped(), 0) == found
    newer = profile.model_copy(update={"version": "0" * 64})
    assert agent.engine.finds(plans, newer, NeverStopped(), 10) == [False] * len(plans)


def test_what_there_was_no_time_for_is_tried_the_next_time(agent: Agent) -> None:
    """The child stops where its time is over, and what it had tried by then counts."""
    profile = agent.datasets["penguins"]
    query = compile_plan(QueryPlan(dataset_id=profile.id), profile, counting=False)
    for left_s, found in ((10.0, [True, True]), (0.0, [])):
        request = TrialRequest(
            kind="try",
            until=monotonic() + left_s,
            path=str(table_path(agent.data_dir, profile)),
            table=profile.id,
            queries=[(query.sql, query.parameters)] * 2,
            require_landlock=False,
        )
        assert agent.engine.helper.work(request, NeverStopped(), 10)["found"] == found
    plans = [QueryPlan(dataset_id=profile.id, limit=limit) for limit in (1, 2, 3)]
    trials = Trials()
    assert trials.of(plans, profile, lambda _: [True]) == [True, False, False]
    assert trials.of(plans, profile, lambda new: [True] * len(new)) == [True, True, True]


def test_what_was_tried_beforehand_is_not_tried_by_the_next_worker(
    agent: Agent, tmp_path: Path
) -> None:
    """A second start needs no process at all; a file that cannot be read is as good as none."""
    profile = agent.datasets["penguins"]
    kept = table_path(tmp_path, profile)
    kept.parent.mkdir(parents=True)
    first = QueryEngine(tmp_path, require_landlock=False)
    kept.symlink_to(table_path(agent.engine._data_dir, profile))
    questions = with_questions(profile, first, NeverStopped()).questions
    first.close()
    kept.unlink()  # nothing can be tried any more
    second = QueryEngine(tmp_path, require_landlock=False)
    assert with_questions(profile, second, NeverStopped()).questions == questions != []
    kept.with_suffix(".tried").write_text("{")
    third = QueryEngine(tmp_path, require_landlock=False)
    assert with_questions(profile, third, NeverStopped()).questions == []


def test_the_nearest_question_shares_words_with_the_one_refused(agent: Agent) -> None:
    found = agent.ask("Average wind on Mars", "seattle-weather").answer.suggestions
    assert found
    assert all("wind" in question.lower() for question in found)


def test_following_questions_differ_from_the_one_answered(agent: Agent) -> None:
    profile = agent.datasets["seattle-weather"]
    plan = plan_question("Which month has the highest average precipitation?", profile).plan
    following = agent.ask("Which month has the highest average precipitation?").answer.suggestions
    assert len(following) == 3
    assert all(plan_question(question, profile).plan != plan for question in following)


def test_a_plan_put_into_words_is_planned_the_same_way(agent: Agent) -> None:
    profile = agent.datasets["seattle-weather"]
    for question in (
        "How many days did it snow between March and May 2012?",
        "median wind in summer 2014",
        "List days with wind above 9 since 2014",
        "How many days was temp_max at least 30 in July 2015?",
        "Which weather is the most common on Mondays?",
        "average precipitation by day of the week after 2013",
        "When did it last snow?",
    ):
        plan = plan_question(question, profile).plan
        assert plan_question(question_of(plan, profile), profile).plan == plan


def test_a_table_of_unknown_kind_gets_questions_too() -> None:
    columns = [
        Column(
            name="Region",
            type="text",
            nulls=0,
            distinct=2,
            values=["North", "South"],
            top_values=[("North", 3), ("South", 2)],
        ),
        Column(
            name="Units Sold", type="integer", nulls=0, distinct=5, minimum=1, maximum=9, mean=4.0
        ),
        Column(
            name="Order Date",
            type="date",
            nulls=0,
            distinct=4,
            minimum=dt.date(2020, 1, 1).isoformat(),
            maximum="2021-05-01",
        ),
    ]
    profile = Profile(
        id="sales",
        title="Sales",
        source="sales.csv",
        version="1",
        rows=5,
        columns=columns,
        sample=[],
    )
    questions = [question for question, _ in starting_questions(profile)][:5]
    assert len(questions) >= 3
    assert any("region" in question.lower() for question in questions)
