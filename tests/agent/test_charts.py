"""Charts: the right kind, over the very columns of the table."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.agent import Agent, NeverStopped
from worker.agent.charts import chart
from worker.agent.results import Table
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
