"""Results over the demo tables agree with pandas, and are told as people write them."""

from __future__ import annotations

import calendar
import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.support.queries import Tables
from worker.query.engine import QueryError

MONTHS = list(calendar.month_name)[1:]


def by(column: str, bucket: str | None = None) -> list[dict[str, Any]]:
    """One grouping key."""
    return [{"column": column, "bucket": bucket}]


def figure(function: str, column: str | None = None) -> list[dict[str, Any]]:
    """One aggregate."""
    return [{"function": function, "column": column}]


def where(column: str, operator: str, *values: Any, part: str | None = None) -> dict[str, Any]:
    """One filter."""
    return {"column": column, "operator": operator, "values": list(values), "part": part}


def test_the_wettest_month_on_average(tables: Tables) -> None:
    """Month names, highest first."""
    profile, frame = tables.demo("seattle-weather")
    result = tables.run(
        profile,
        group_by=by("date", "month_of_year"),
        aggregates=figure("mean", "precipitation"),
        sort=[{"output": 1, "descending": True}],
    )
    means = frame.groupby(frame.date.dt.month)["precipitation"].mean().sort_values(ascending=False)
    assert result.table.columns == ["month", "average precipitation"]
    assert [row[0] for row in result.table.rows] == [MONTHS[month - 1] for month in means.index]
    assert [row[1] for row in result.table.rows] == pytest.approx(list(means))
    assert result.table.types == ["text", "number"]
    assert (result.rows_read, result.rows_used) == (len(frame), len(frame))


def test_how_many_days_it_snowed_in_2014(tables: Tables) -> None:
    """Rows used are those that passed the filters."""
    profile, frame = tables.demo("seattle-weather")
    result = tables.run(
        profile,
        aggregates=figure("count"),
        filters=[
            where("weather", "eq", "snow"),
            where("date", "eq", 2014, part="year"),
        ],
    )
    snowed = len(frame[(frame.weather == "snow") & (frame.date.dt.year == 2014)])
    assert result.table.rows == [[snowed]]
    assert result.rows_used == snowed


def test_the_hottest_day(tables: Tables) -> None:
    """A sort and a limit over listed columns."""
    profile, frame = tables.demo("seattle-weather")
    result = tables.run(
        profile,
        columns=["date", "temp_max"],
        sort=[{"output": 1, "descending": True}],
        limit=1,
    )
    hottest = frame.sort_values(["temp_max", "date"], ascending=[False, True]).iloc[0]
    assert result.table.rows == [[hottest.date.strftime("%Y-%m-%d"), hottest.temp_max]]
    assert (result.table.total_rows, result.table.truncated) == (1, False)


@pytest.mark.parametrize(
    ("bucket", "first"),
    [
        ("year", "2012"),
        ("quarter", "2012-Q1"),
        ("month", "2012-01"),
        ("week", "2011-W52"),
        ("day", "2012-01-01"),
        ("day_of_week", "Monday"),
        ("month_of_year", "January"),
    ],
)
def test_time_is_written_as_people_write_it(tables: Tables, bucket: str, first: str) -> None:
    """And comes in its own order."""
    profile, _ = tables.demo("seattle-weather")
    result = tables.run(profile, group_by=by("date", bucket), aggregates=figure("count"))
    assert result.table.rows[0][0] == first


def test_hours_are_written_as_people_write_them(tables: Tables, tmp_path: Path) -> None:
    """Of the day, and on the calendar."""
    path = tmp_path / "visits.csv"
    path.write_text("at\n2012-03-05 09:30:00\n2012-03-05 09:45:00\n2012-03-06 14:00:00\n")
    profile = tables.read(path)
    of_day = tables.run(profile, group_by=by("at", "hour_of_day"), aggregates=figure("count"))
    hours = tables.run(profile, group_by=by("at", "hour"), aggregates=figure("count"))
    assert of_day.table.rows == [["09:00", 2], ["14:00", 1]]
    assert hours.table.rows == [["2012-03-05 09:00", 2], ["2012-03-06 14:00", 1]]


@pytest.mark.parametrize("function", ["count", "sum", "mean", "median", "min", "max", "std"])
def test_figures_agree_with_pandas(tables: Tables, function: str) -> None:
    """Per group, with missing values left out and counted."""
    profile, frame = tables.demo("penguins")
    mass = "Body Mass (g)"
    result = tables.run(profile, group_by=by("Species"), aggregates=figure(function, mass))
    expected = frame.groupby("Species")[mass].agg(function)
    assert [row[0] for row in result.table.rows] == list(expected.index)
    assert [row[1] for row in result.table.rows] == pytest.approx(list(expected))
    assert result.summary["nulls_dropped"] == {mass: int(frame[mass].isna().sum())}


def test_a_missing_group_is_a_group_of_its_own_and_comes_last(tables: Tables) -> None:
    """Penguins of unknown sex are not dropped."""
    profile, frame = tables.demo("penguins")
    result = tables.run(profile, group_by=by("Sex"), aggregates=figure("count"))
    assert [row[0] for row in result.table.rows] == ["female", "male", None]
    assert result.table.rows[-1][1] == frame["Sex"].isna().sum()


def test_different_values_are_counted_once(tables: Tables) -> None:
    """count_distinct, over text."""
    profile, frame = tables.demo("unemployment-across-industries")
    result = tables.run(profile, aggregates=figure("count_distinct", "industry"))
    assert result.table.rows == [[frame.industry.nunique()]]


def test_two_selections_stand_side_by_side_with_their_difference(tables: Tables) -> None:
    """One row each; the difference is how much the second is above the first."""
    profile, frame = tables.demo("seattle-weather")
    sides = {
        "left": where("date", "eq", 2012, part="year"),
        "right": where("date", "eq", 2015, part="year"),
    }
    result = tables.run(profile, aggregates=figure("mean", "temp_max"), compare=sides)
    years = frame.groupby(frame.date.dt.year)["temp_max"].mean()
    assert result.table.columns == ["selection", "average temp max"]
    assert [row[0] for row in result.table.rows] == ["in 2012", "in 2015", "difference"]
    values = [years[2012], years[2015], years[2015] - years[2012]]
    assert [row[1] for row in result.table.rows] == pytest.approx(values)
    assert result.rows_used == frame.date.dt.year.isin([2012, 2015]).sum()


def test_a_long_result_is_cut_and_says_so(tables: Tables) -> None:
    """The total is that of the whole result, after the plan's own limit."""
    profile, frame = tables.demo("seattle-weather")
    whole = tables.run(profile).table
    assert (len(whole.rows), whole.total_rows, whole.truncated) == (1000, len(frame), True)
    limited = tables.run(profile, limit=1200).table
    assert (len(limited.rows), limited.total_rows, limited.truncated) == (1000, 1200, True)
    short = tables.run(profile, limit=1000).table
    assert (len(short.rows), short.total_rows, short.truncated) == (1000, 1000, False)


def test_nothing_found_is_not_zero(tables: Tables) -> None:
    """An average over no rows is null; the count of rows used says why."""
    profile, _ = tables.demo("seattle-weather")
    result = tables.run(
        profile,
        aggregates=figure("mean", "wind"),
        filters=[where("weather", "eq", "hail")],
    )
    assert (result.table.rows, result.rows_used) == ([[None]], 0)


def test_every_cell_is_json(tables: Tables, tmp_path: Path) -> None:
    """Whatever the column holds, the strictest JSON takes it."""
    path = tmp_path / "odd.parquet"
    odd = pd.DataFrame({"n": [1.5, float("nan"), float("inf")], "b": [True, False, None]})
    with duckdb.connect() as connection:
        connection.register("odd", odd)
        connection.execute(
            "COPY (SELECT *, DECIMAL '1.10' AS d, 170141183460469231731687303715884105727::HUGEINT "
            "AS h, TIME '10:00' AS t, [1, 2] AS l, TIMESTAMPTZ '2012-03-05 10:00:00+02' AS z, "
            f"'x'::BLOB AS raw, uuid() AS u FROM odd) TO '{path}' (FORMAT parquet)"
        )
    profile = tables.read(path)
    table = tables.run(profile).table
    assert json.loads(json.dumps(table.rows, allow_nan=False)) == table.rows
    first = dict(zip(table.columns, table.rows[0], strict=True))
    assert (first["n"], first["d"], first["z"]) == (1.5, 1.1, "2012-03-05 08:00:00")
    assert [row[0] for row in table.rows] == [1.5, None, None]


def test_a_table_that_is_not_here_is_an_error_with_a_remedy(tables: Tables) -> None:
    """As on a worker that has not read the newest files."""
    profile, _ = tables.demo("penguins")
    elsewhere = profile.model_copy(update={"version": "0" * 64})
    with pytest.raises(QueryError, match="restart it") as caught:
        tables.run(elsewhere)
    assert caught.value.reason == "table_missing"
