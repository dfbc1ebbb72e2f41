"""What an answer says it stands on is what pandas counts; ends that differ are told apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from shared.events import failed_body
from tests.agent.test_model_policy import HARD, reading
from tests.support.agent import Agent, ScriptedModel
from worker.agent.evidence import Coverage
from worker.agent.results import Answer

Frame = Callable[[str], pd.DataFrame]
WEATHER = "seattle-weather"


def covered(answer: Answer) -> Coverage:
    """The coverage of an answer; its counts add up."""
    coverage = answer.coverage
    assert coverage is not None
    dropped = sum(step["rows"] for step in coverage.dropped)
    assert coverage.rows_used is not None
    assert coverage.rows_used + dropped == coverage.rows_in_table
    return coverage


def test_rows_left_out_are_counted_condition_by_condition(agent: Agent, frame: Frame) -> None:
    answer = agent.ask("How many days did it snow in 2014?", WEATHER).answer
    coverage, days = covered(answer), frame(WEATHER)
    snowy = days[days.weather == "snow"]
    assert (coverage.rows_in_table, coverage.rows_used) == (len(days), 2)
    passes = {"where weather is snow": days.weather == "snow", "in 2014": days.date.dt.year == 2014}
    assert sorted(coverage.filters) == sorted(passes)
    left = pd.Series(data=True, index=days.index)
    for step in coverage.dropped:
        assert step["rows"] == (left & ~passes.pop(step["reason"])).sum()
        left &= (days.weather == "snow") if "snow" in step["reason"] else days.date.dt.year == 2014
    assert passes == {}
    dates = snowy[snowy.date.dt.year == 2014].date.dt.strftime("%Y-%m-%d")
    assert coverage.time_window == {"column": "date", "from": min(dates), "to": max(dates)}
    assert coverage.sentence == (
        "2 of 1,461 days of Seattle weather were used, those where weather is snow in 2014; "
        f"date from {min(dates)} to {max(dates)}. "
        f"Version {agent.datasets[WEATHER].version[:8]} of the data."
    )


def test_values_that_are_missing_are_told(agent: Agent) -> None:
    coverage = covered(agent.ask("Average body mass by species", "penguins").answer)
    assert coverage.nulls == {"Body Mass (g)": 2}
    assert "All 344 penguins of Penguins were used; of these, 2 have no body mass" in (
        coverage.sentence
    )


def test_a_limit_is_not_the_whole(agent: Agent) -> None:
    """The five shown are five of many, and the text does not say otherwise."""
    coverage = covered(agent.ask("top 5 days by wind", WEATHER).answer)
    assert (coverage.rows_shown, coverage.rows_total, coverage.truncated) == (5, 1461, False)
    assert "of the 1,461 rows of the result, 5 are shown, as asked" in coverage.sentence
    grouped = {
        "group_by": [{"column": "date", "bucket": "month"}],
        "aggregates": [{"function": "mean", "column": "wind"}],
        "sort": [{"by": "aggregates", "index": 0, "descending": True}],
        "limit": 3,
    }
    model = ScriptedModel(reading(plan=grouped), [])
    months = covered(agent.ask(HARD, WEATHER, model).answer)
    assert (months.rows_shown, months.rows_total) == (3, 48)
    listed = ScriptedModel(reading(plan={"columns": ["date"], "limit": 10}), [])
    answer = agent.ask(HARD, WEATHER, listed).answer
    assert answer.answer == "1,461 days match; the first 10 are shown."


def test_ties_are_counted_beyond_the_limit(agent: Agent, frame: Frame) -> None:
    answer = agent.ask("Driest day?", WEATHER).answer
    assert covered(answer).ties == (frame(WEATHER).precipitation == 0).sum()


def plan_of(*filters: dict[str, Any], function: str = "mean") -> ScriptedModel:
    """A model that plans a figure of wind."""
    figures = [{"function": function, "column": "wind"}]
    return ScriptedModel(reading(plan={"filters": list(filters), "aggregates": figures}), [])


FAR = {"column": "date", "operator": "eq", "values": [1999], "part": "year"}
HUGE = {"column": "wind", "operator": "gt", "values": [99]}


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        (plan_of(), "answer"),
        (plan_of(HUGE), "empty"),
        (plan_of(HUGE, function="count"), "answer"),
        (plan_of(FAR), "out_of_data"),
        (plan_of(FAR, function="count"), "out_of_data"),
        (plan_of({**FAR, "operator": "ge", "values": [2016]}), "out_of_data"),
        (plan_of({"column": "date", "operator": "lt", "values": ["2012-01-01"]}), "out_of_data"),
        (ScriptedModel(reading(plan={"columns": ["date"]}), []), "truncated"),
        (ScriptedModel(reading(plan=None, cannot_answer="No such thing."), []), "refused"),
    ],
)
def test_nothing_found_is_not_zero_and_a_preview_not_the_whole(
    agent: Agent, model: ScriptedModel, kind: str
) -> None:
    assert agent.ask(HARD, WEATHER, model).answer.kind == kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [("help", "help"), ("bye", "end"), ("How many rows are there?", "clarification")],
)
def test_what_is_no_answer_has_a_kind_of_its_own(agent: Agent, question: str, kind: str) -> None:
    answer = agent.ask(question).answer
    assert answer.kind == kind
    assert [part.text for part in answer.parts] == [answer.answer]
    assert answer.cost is not None


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("query_too_slow", "timed_out"), ("query_refused", "refused"), ("internal_error", "failed")],
)
def test_a_job_without_a_result_says_how_it_ended(reason: str, kind: str) -> None:
    assert f'"kind":"{kind}"' in json.dumps(failed_body(reason, "So.")).replace("\\", "").replace(
        " ", ""
    )
