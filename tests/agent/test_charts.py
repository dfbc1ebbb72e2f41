"""Charts: the right kind, over the very columns of the table."""

from __future__ import annotations

from typing import Any

import pytest

from shared.conversations import PastTurn
from tests.support.agent import Agent, NeverStopped, past
from worker.agent.charts import chart
from worker.agent.results import Table
from worker.models.builtin.charting import without_chart
from worker.query.plan import Aggregate, GroupBy, QueryPlan


def drawn(agent: Agent, question: str, dataset: str) -> dict[str, Any]:
    """The chart of an answer; its fields are columns of its table."""
    answer = agent.ask(question, dataset).answer
    assert answer.chart is not None
    assert answer.table is not None
    assert answer.chart["data"] == {"name": "table"}
    encoding = answer.chart["encoding"]
    for channel in ("x", "y", "color"):
        if channel in encoding and "transform" not in answer.chart:
            assert encoding[channel]["field"] in answer.table.columns
    return answer.chart


def test_years_are_a_line(agent: Agent) -> None:
    spec = drawn(agent, "Average max temperature by year", "seattle-weather")
    assert spec["mark"]["type"] == "line"
    assert spec["encoding"]["y"]["title"] == "Average temp max (°C)"


def test_a_ranking_is_bars_in_the_order_of_the_answer(agent: Agent) -> None:
    spec = drawn(agent, "Which month is the wettest on average?", "seattle-weather")
    assert spec["mark"]["type"] == "bar"
    assert spec["encoding"]["x"]["sort"] is None


def test_a_second_group_is_the_colour(agent: Agent) -> None:
    spec = drawn(agent, "Average flipper length by species and sex", "penguins")
    assert spec["encoding"]["color"]["field"] == "sex"


def test_several_figures_are_folded(agent: Agent) -> None:
    spec = drawn(agent, "min and max of wind by weather", "seattle-weather")
    assert spec["transform"][0]["fold"] == ["lowest wind", "highest wind"]


def test_ranked_days_are_bars(agent: Agent) -> None:
    spec = drawn(agent, "top 5 days by wind", "seattle-weather")
    assert spec["encoding"]["x"]["field"] == "date"
    assert spec["encoding"]["y"]["field"] == "wind"


@pytest.mark.parametrize("question", ["How many days did it snow?", "Highest wind"])
def test_a_single_value_has_no_chart(agent: Agent, question: str) -> None:
    assert agent.ask(question, "seattle-weather").answer.chart is None


def test_dots_and_brackets_of_a_name_do_not_reach_into_objects(agent: Agent) -> None:
    profile = agent.datasets["penguins"]
    plan = QueryPlan(
        dataset_id="penguins",
        group_by=[GroupBy(column="Species")],
        aggregates=[Aggregate(function="count")],
    )
    table = Table(columns=["a.b[c]", "n"], rows=[["x", 1], ["y", 2]], total_rows=2)
    spec = chart(plan, profile, table)
    assert spec is not None
    assert spec["encoding"]["x"]["field"] == r"a\.b\[c\]"


def spec_of(agent: Agent, question: str, dataset: str, **parts: Any) -> dict[str, Any] | None:
    """The chart of a plan's result when the question was worded so."""
    profile = agent.datasets[dataset]
    plan = QueryPlan.model_validate({"dataset_id": dataset, **parts})
    return chart(plan, profile, agent.engine.run(plan, profile, NeverStopped()).table, question)


BY_WEATHER = {"group_by": [{"column": "weather"}], "aggregates": [{"function": "count"}]}


@pytest.mark.parametrize(
    ("question", "mark"),
    [
        ("Days by weather as a pie chart", "arc"),
        ("Days by weather", "bar"),
        ("Draw a line chart of days by weather", "line"),
        ("An area chart of days by weather", "area"),
    ],
)
def test_a_chart_that_the_question_names_is_drawn(agent: Agent, question: str, mark: str) -> None:
    spec = spec_of(agent, question, "seattle-weather", **BY_WEATHER)
    assert spec is not None
    assert spec["mark"]["type"] == mark


def test_a_scatter_plot_sets_two_columns_against_each_other(agent: Agent) -> None:
    columns = ["Body Mass (g)", "Flipper Length (mm)"]
    spec = spec_of(agent, "scatter of mass and flipper", "penguins", columns=columns)
    assert spec is not None
    assert spec["mark"]["type"] == "point"
    assert spec["encoding"]["x"]["title"] == "Body mass (g)"


def test_a_histogram_has_bars_as_wide_as_its_steps(agent: Agent) -> None:
    steps = {**BY_WEATHER, "group_by": [{"column": "temp_max", "width": 5}]}
    spec = spec_of(agent, "histogram", "seattle-weather", **steps)
    assert spec is not None
    assert spec["encoding"]["x"]["bin"] == {"binned": True, "step": 5.0}
    assert spec["transform"][0]["calculate"] == 'datum["temp max from"] + 5.0'


def test_statistics_have_no_bars(agent: Agent) -> None:
    pair = {"function": "correlation", "column": "Body Mass (g)", "by": "Flipper Length (mm)"}
    parts = {"group_by": [{"column": "Species"}], "aggregates": [pair]}
    assert spec_of(agent, "correlation by species", "penguins", **parts) is None


@pytest.mark.parametrize(
    ("question", "mark"),
    [
        ("Average wind by year as a bar chart", "bar"),
        ("How many days by weather, in a pie chart?", "arc"),
        ("Draw a line chart of average wind by weather", "line"),
        ("plot average wind by year", "line"),
        ("Average wind by weather", "bar"),
    ],
)
def test_the_built_in_planner_reads_a_question_that_names_its_chart(
    agent: Agent, question: str, mark: str
) -> None:
    answer = agent.ask(question, "seattle-weather").answer
    assert answer.chart is not None, answer.answer
    shape = answer.chart["mark"]["type"]
    assert shape == mark


def test_a_chart_stays_until_another_is_named(agent: Agent) -> None:
    """What was asked for once holds for what goes on from it."""
    turns = [
        ("Average wind by year as a bar chart", "bar"),
        ("only rainy days", "bar"),
        ("as an area chart", "area"),
        ("by month instead", "area"),
    ]
    history: tuple[PastTurn, ...] = ()
    for question, mark in turns:
        asked = agent.ask(question, "seattle-weather", history=history)
        history = (*history, past(question, asked))
        assert asked.answer.chart is not None, asked.answer.answer
        assert asked.answer.chart["mark"]["type"] == mark, question


@pytest.mark.parametrize(
    ("text", "rest", "kind"),
    [
        ("Pieces by month", "Pieces by month", ""),
        ("Show me the total as bars", "Show me the total", "bar chart"),
        ("How many bars are in the bar?", "How many bars are in the bar?", ""),
        ("make it a donut chart please", "", "pie chart"),
        ("sales per line", "sales per line", ""),
    ],
)
def test_words_that_only_look_like_a_chart_stay(text: str, rest: str, kind: str) -> None:
    assert without_chart(text) == (rest, kind)
