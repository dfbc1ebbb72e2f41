"""The form of a plan: filled in by a model, turned into a QueryPlan that fits."""

from __future__ import annotations

from typing import Any

import pytest

from shared.datasets import Profile
from tests.support.model_answers import form_of
from worker.models.plan_form import PlanForm, to_plan
from worker.query.plan import (
    Aggregate,
    Calculation,
    Comparison,
    Filter,
    GroupBy,
    Having,
    Over,
    PerGroup,
    QueryPlan,
    Sort,
)

SNOW = Filter(column="weather", operator="eq", values=["snow"])


def year(number: int) -> Filter:
    return Filter(column="date", operator="eq", values=[number], part="year")


def plan(**parts: Any) -> QueryPlan:
    return QueryPlan(dataset_id="seattle-weather", **parts)


def form(**parts: Any) -> PlanForm:
    return PlanForm.model_validate(parts)


MEAN = Aggregate(function="mean", column="precipitation")
PLANS = [
    plan(filters=[SNOW, year(2014)], aggregates=[Aggregate(function="count")]),
    plan(filters=[Filter(column="temp_max", operator="between", values=[20, 25.5])]),
    plan(filters=[Filter(column="weather", operator="in", values=["rain", "snow"])]),
    plan(filters=[Filter(column="weather", operator="not_null")]),
    plan(columns=["date", "temp_max"], sort=[Sort(output=1, descending=True)], limit=1),
    plan(sort=[Sort(output=2)], limit=3),
    plan(
        group_by=[GroupBy(column="date", bucket="month_of_year"), GroupBy(column="weather")],
        aggregates=[MEAN, Aggregate(function="count")],
        sort=[Sort(output=3, descending=True), Sort(output=0)],
    ),
    plan(
        filters=[Filter(column="temp_max", operator="above", values=["mean"], negated=True)],
        group_by=[GroupBy(column="date", bucket="year"), GroupBy(column="temp_max", bins=5)],
        aggregates=[
            Aggregate(function="count", filters=[SNOW], over=Over(kind="share", within=[0])),
            Aggregate(function="percentile", column="precipitation", percent=90),
            MEAN,
        ],
        calculate=[Calculation(operation="ratio", left=1, right=2)],
        having=[Having(output=5, operator="gt", values=[2])],
        sort=[Sort(output=5, descending=True)],
        per_group=PerGroup(keys=[GroupBy(column="date", bucket="year")], limit=3),
    ),
    plan(any_of=[[SNOW, Filter(column="date", operator="last", values=[3, "month"])]]),
    plan(aggregates=[MEAN], compare=Comparison(left=year(2014), right=year(2015))),
]


@pytest.mark.parametrize("wanted", PLANS)
def test_a_plan_survives_the_form(weather: Profile, wanted: QueryPlan):
    assert to_plan(PlanForm.model_validate(form_of(wanted)), weather) == wanted


def test_values_keep_their_type():
    """3 is no 3.0, and true no 1."""
    values = [3, 3.0, True, "3"]
    made = form(filters=[{"column": "c", "operator": "in", "values": values}])
    assert [type(value) for value in made.filters[0].values] == [int, float, bool, str]


def test_a_value_is_written_as_the_column_writes_it(weather: Profile):
    made = to_plan(
        form(filters=[{"column": "weather", "operator": "eq", "values": ["Snow"]}]), weather
    )
    assert made.filters == [SNOW]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"columns": ["rain"]}, 'no column "rain"'),
        ({"filters": [{"column": "rain", "operator": "eq", "values": ["x"]}]}, "no column"),
        ({"filters": [{"column": "weather", "operator": "eq", "values": ["snwo"]}]}, '"snow"'),
        (
            {"filters": [{"column": "weather", "operator": "in", "values": ["rain", "hail"]}]},
            '"hail"',
        ),
        ({"filters": [{"column": "weather", "operator": "eq", "values": []}]}, "1 value"),
        ({"filters": [{"column": "date", "operator": "contains", "values": ["1"]}]}, "text"),
        ({"filters": [{"column": "date", "operator": "gt", "values": ["summer"]}]}, "no date"),
        ({"filters": [{"column": "temp_max", "operator": "gt", "values": ["hot"]}]}, "no number"),
        ({"aggregates": [{"function": "mean", "column": "weather"}]}, "no mean"),
        ({"aggregates": [{"function": "mean", "column": None}]}, "needs a column"),
        ({"aggregates": [{"function": "count"}], "columns": ["date"]}, "either"),
        ({"group_by": [{"column": "weather"}], "columns": ["date"]}, "not both"),
        ({"having": [{"by": "aggregates", "index": 0, "operator": "gt", "values": [1]}]}, "keep"),
        (
            {
                "aggregates": [{"function": "count"}],
                "calculate": [{"operation": "ratio", "left": 0, "right": 1}],
            },
            "no figure 1",
        ),
        ({"sort": [{"by": "aggregates", "index": 0}]}, "no entry 0 in aggregates"),
        ({"sort": [{"by": "columns", "index": 4}]}, "no entry 4 in columns"),
        ({"sort": [{"by": "columns", "index": -1}]}, "no entry -1 in columns"),
        (
            {"aggregates": [{"function": "count"}], "sort": [{"by": "columns", "index": 0}]},
            "no entry 0 in columns",
        ),
        ({"limit": 0}, "at least 1"),
    ],
)
def test_what_does_not_fit_is_said(weather: Profile, parts: dict[str, Any], said: str):
    with pytest.raises(ValueError, match=said):
        to_plan(form(**parts), weather)
