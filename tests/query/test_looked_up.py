"""Conditions on a value that is looked up in the same table agree with pandas."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from shared.datasets import Profile
from tests.query.test_results import figure, where
from tests.support.queries import Tables
from worker.query.compile import compile_plan
from worker.query.errors import BadPlan
from worker.query.plan import QueryPlan

HOTTEST = "2014-08-11"


@pytest.fixture
def weather(tables: Tables) -> tuple[Profile, pd.DataFrame]:
    """Four years of days."""
    return tables.demo("seattle-weather")


def beside(column: str, operator: str, of: str, day: str, **more: Any) -> dict[str, Any]:
    """A filter on the value that `of` has on a day."""
    cell = {"column": of, "filters": [where("date", "eq", day)], **more.pop("cell", {})}
    return {"column": column, "operator": operator, "cell": cell, **more}


@pytest.mark.parametrize("operator", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_every_comparison_with_a_cell(
    tables: Tables, weather: tuple[Profile, pd.DataFrame], operator: str
) -> None:
    profile, days = weather
    wind = days.wind[days.date == HOTTEST].item()
    result = tables.run(
        profile,
        aggregates=figure("count"),
        filters=[beside("wind", operator, "wind", HOTTEST)],
    )
    assert result.table.rows == [[int(getattr(days.wind, operator)(wind).sum())]]
    assert result.rows_used == result.table.rows[0][0]
    assert result.summary["dropped"][0]["rows"] == len(days) - result.rows_used


def test_a_cell_of_another_column_beside_other_conditions(
    tables: Tables, weather: tuple[Profile, pd.DataFrame]
) -> None:
    """The cell is looked up in the whole table, whatever else rows have to be."""
    profile, days = weather
    high = days.temp_max[days.date == "2012-01-15"].item()
    result = tables.run(
        profile,
        aggregates=figure("mean", "wind"),
        filters=[
            where("weather", "eq", "rain"),
            beside("temp_min", "lt", "temp_max", "2012-01-15"),
        ],
    )
    wanted = days[(days.weather == "rain") & (days.temp_min < high)].wind.mean()
    assert result.table.rows[0][0] == pytest.approx(wanted)


def test_a_text_a_date_and_their_denial(
    tables: Tables, weather: tuple[Profile, pd.DataFrame]
) -> None:
    profile, days = weather
    same = beside("weather", "eq", "weather", "2014-01-01")
    kind = days.weather[days.date == "2014-01-01"].item()
    later = beside("date", "gt", "date", "2015-06-30")
    for filters, kept in [
        ([same], days.weather == kind),
        ([{**same, "negated": True}], days.weather != kind),
        ([same, later], (days.weather == kind) & (days.date > "2015-06-30")),
    ]:
        result = tables.run(profile, aggregates=figure("count"), filters=filters)
        assert result.table.rows == [[int(kept.sum())]]


def test_the_row_before_and_the_one_after(tables: Tables, tmp_path: Any) -> None:
    path = tmp_path / "stops.csv"
    path.write_text("no,stop\n1,Ash\n2,Birch\n3,Cedar\n4,Birch\n")
    profile = tables.read(path)

    def stop(name: str, offset: int) -> list[list[Any]]:
        cell = {"column": "no", "filters": [where("stop", "eq", name)], "offset": offset}
        found: list[list[Any]] = tables.run(
            profile,
            columns=["stop"],
            filters=[{"column": "no", "operator": "eq", "cell": cell}],
        ).table.rows
        return found

    assert stop("Ash", 1) == [["Birch"]]
    assert stop("Cedar", -1) == [["Birch"]]
    assert stop("Birch", 1) == [["Cedar"]], "the first of several rows is the one looked up"
    assert stop("Ash", -1) == []
    assert stop("Yew", 1) == [], "a cell that is not there equals nothing"


def test_a_figure_of_its_own_rows(tables: Tables, weather: tuple[Profile, pd.DataFrame]) -> None:
    profile, days = weather
    windier = beside("wind", "gt", "wind", HOTTEST)
    count = {"function": "count", "filters": [windier]}
    result = tables.run(profile, aggregates=[count, {"function": "count"}])
    wind = days.wind[days.date == HOTTEST].item()
    assert result.table.rows == [[int((days.wind > wind).sum()), len(days)]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"operator": "between"}, "cannot look its value up"),
        ({"operator": "contains"}, "cannot look its value up"),
        ({"values": [1]}, "cannot look its value up"),
        ({"part": "year", "column": "date"}, "cannot look its value up"),
        ({"column": "weather"}, '"weather" is text and "wind" is number'),
        ({"cell": {"column": "weather", "filters": [], "offset": 1}, "column": "weather"}, "added"),
        ({"cell": {"column": "rain", "filters": []}}, 'no column "rain"'),
        ({"column": "snow"}, 'no column "snow"'),
    ],
)
def test_what_cannot_be_looked_up_says_why(
    weather: tuple[Profile, pd.DataFrame], change: dict[str, Any], reason: str
) -> None:
    profile, _ = weather
    asked = {**beside("wind", "gt", "wind", HOTTEST), **change}
    plan = QueryPlan.model_validate({"dataset_id": profile.id, "filters": [asked]})
    with pytest.raises(BadPlan, match=reason):
        compile_plan(plan, profile)
