"""What the plan language says agrees with pandas; its document agrees with the compiler."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from shared.datasets import Profile
from shared.settings import CHECKOUT
from tests.query.test_results import MONTHS, by, figure, where
from tests.support.queries import Tables
from worker.models.builtin.phrasing import row_noun
from worker.query.compile import display_sql
from worker.query.errors import BadPlan
from worker.query.plan import QueryPlan
from worker.query.wording import sentence

EXAMPLE = re.compile(r"### (.+)\n\n```json\n(.+)\n```\n\n(.+)\n\n```sql\n((?:.|\n)+?)\n```")
EXAMPLES = EXAMPLE.findall((CHECKOUT / "docs" / "plans.md").read_text("utf-8"))
COUNT = {"function": "count"}
MASS, FLIPPER = "Body Mass (g)", "Flipper Length (mm)"


@pytest.mark.parametrize(("name", "plan", "said", "sql"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_the_document_says_what_the_compiler_does(
    tables: Tables, name: str, plan: str, said: str, sql: str
) -> None:
    """Plan, sentence and SQL of every example; and the engine runs it."""
    members = json.loads(plan)
    profile, _ = tables.demo(members.pop("dataset_id"))
    typed = QueryPlan.model_validate({"dataset_id": profile.id, **members})
    assert (sentence(typed, profile, row_noun(profile)), display_sql(typed, profile)) == (said, sql)
    result = tables.run(profile, **members)
    assert len(result.table.columns) == len(result.table.types) == len(result.table.rows[0])


def test_the_document_has_an_example_of_each_feature() -> None:
    """Every member and every word of the language stands in it."""
    assert len(EXAMPLES) >= 30
    text = " ".join(plan for _, plan, _, _ in EXAMPLES)
    missing = [name for name in QueryPlan.model_fields if f'"{name}"' not in text]
    assert missing == []


@pytest.fixture
def weather(tables: Tables) -> tuple[Profile, pd.DataFrame]:
    """Four years of days."""
    return tables.demo("seattle-weather")


@pytest.fixture
def penguins(tables: Tables) -> tuple[Profile, pd.DataFrame]:
    """Three species, with holes."""
    return tables.demo("penguins")


Demo = tuple[Profile, pd.DataFrame]


def used(tables: Tables, profile: Profile, *filters: dict[str, Any], **more: Any) -> int:
    """How many rows pass; counted twice, by the figure and by the coverage."""
    result = tables.run(profile, filters=list(filters), aggregates=[COUNT], **more)
    (count,), dropped = result.table.rows[0], result.summary["dropped"]
    assert result.rows_used == count
    assert sum(step["rows"] for step in dropped) == profile.rows - count
    return int(count)


def test_text_conditions_ignore_case(tables: Tables, penguins: Demo) -> None:
    profile, frame = penguins
    assert used(tables, profile, where("Species", "starts_with", "GEN")) == sum(
        frame.Species.str.startswith("Gen")
    )
    assert used(tables, profile, where("Species", "ends_with", "STRAP")) == sum(
        frame.Species == "Chinstrap"
    )


def test_negation_keeps_the_others_but_not_what_is_missing(tables: Tables, penguins: Demo) -> None:
    profile, frame = penguins
    heavy = where(MASS, "gt", 4000) | {"negated": True}
    assert used(tables, profile, heavy) == sum(frame[MASS] <= 4000)


def test_any_of_several_conditions(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    either = [where("precipitation", "gt", 20), where("wind", "gt", 8)]
    wanted = sum((frame.precipitation > 20) | (frame.wind > 8))
    assert used(tables, profile, any_of=[either]) == wanted


@pytest.mark.parametrize(
    ("operator", "count", "unit", "first", "last"),
    [
        ("last", 30, "day", "2015-12-02", "2015-12-31"),
        ("last", 2, "week", "2015-12-18", "2015-12-31"),
        ("last", 1, "month", "2015-12-01", "2015-12-31"),
        ("last", 1, "quarter", "2015-10-01", "2015-12-31"),
        ("last", 2, "year", "2014-01-01", "2015-12-31"),
        ("first", 1, "month", "2012-01-01", "2012-01-31"),
        ("first", 10, "day", "2012-01-01", "2012-01-10"),
    ],
)
def test_windows_are_counted_from_the_ends_of_the_data(
    tables: Tables, weather: Demo, operator: str, count: int, unit: str, first: str, last: str
) -> None:
    profile, _ = weather
    ends = [{"function": "min", "column": "date"}, {"function": "max", "column": "date"}]
    window = where("date", operator, count, unit)
    assert tables.run(profile, filters=[window], aggregates=ends).table.rows == [[first, last]]


def test_a_window_over_times_takes_whole_days_or_hours(tables: Tables, tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text("at,n\n2020-01-01 10:00,1\n2020-01-02 09:00,2\n2020-01-02 11:30,3\n")
    profile = tables.read(path)
    assert used(tables, profile, where("at", "last", 1, "day")) == 2
    assert used(tables, profile, where("at", "last", 2, "hour")) == 1
    assert used(tables, profile, where("at", "first", 24, "hour")) == 2


def test_above_average_is_that_of_the_rows_that_the_others_leave(
    tables: Tables, weather: Demo
) -> None:
    profile, frame = weather
    rainy = frame[frame.weather == "rain"]
    filters = [where("wind", "above", "mean"), where("weather", "eq", "rain")]
    assert used(tables, profile, *filters) == sum(rainy.wind > rainy.wind.mean())
    below = where("wind", "below", "median")
    assert used(tables, profile, below) == sum(frame.wind < frame.wind.median())


def test_outliers_by_both_methods(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    low, high = frame.wind.quantile([0.25, 0.75])
    reach = 1.5 * (high - low)
    wanted = sum((frame.wind < low - reach) | (frame.wind > high + reach))
    assert used(tables, profile, where("wind", "outlier", "iqr")) == wanted > 0
    scores = (frame.wind - frame.wind.mean()).abs() / frame.wind.std()
    assert used(tables, profile, where("wind", "outlier", "zscore")) == sum(scores > 3)


def test_percentile_mode_first_and_last(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    figures = [
        {"function": "percentile", "column": "wind", "percent": 90},
        {"function": "mode", "column": "weather"},
        {"function": "first", "column": "temp_max", "by": "date"},
        {"function": "last", "column": "date", "by": "temp_max"},
    ]
    row = tables.run(profile, aggregates=figures).table.rows[0]
    hottest = frame.sort_values("temp_max").date.iloc[-1]
    assert row[0] == pytest.approx(frame.wind.quantile(0.9))
    assert row[1:] == [frame.weather.mode()[0], frame.temp_max[0], hottest.strftime("%Y-%m-%d")]


def test_shares_add_up_to_a_hundred(tables: Tables, penguins: Demo) -> None:
    profile, frame = penguins
    share = [COUNT | {"over": {"kind": "share"}}]
    rows = tables.run(profile, group_by=by("Species"), aggregates=share).table.rows
    wanted = frame.Species.value_counts(normalize=True).sort_index() * 100
    assert [row[1] for row in rows] == pytest.approx(list(wanted))
    within = [COUNT | {"over": {"kind": "share", "within": [0]}}]
    both = [*by("Species"), *by("Island")]
    rows = tables.run(profile, group_by=both, aggregates=within).table.rows
    assert sum(row[2] for row in rows) == pytest.approx(100 * frame.Species.nunique())


def test_running_moving_and_changing_values(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    kinds: list[dict[str, Any]] = [
        {"kind": "running"},
        {"kind": "moving", "size": 3},
        {"kind": "change"},
        {"kind": "percent_change"},
        {"kind": "rank"},
    ]
    figures = [{"function": "sum", "column": "precipitation", "over": kind} for kind in kinds]
    found = tables.run(profile, group_by=by("date", "month"), aggregates=figures).table.rows
    sums = frame.groupby(frame.date.dt.to_period("M")).precipitation.sum()
    wanted = pd.DataFrame(
        {
            0: sums.cumsum(),
            1: sums.rolling(3).mean(),
            2: sums.diff(),
            3: sums.pct_change().replace(math.inf, math.nan) * 100,
            4: sums.rank(ascending=False, method="min"),
        }
    )
    made = pd.DataFrame([row[1:] for row in found], dtype=float)
    pd.testing.assert_frame_equal(made, wanted.reset_index(drop=True), check_names=False)


def test_change_stays_within_the_other_keys(tables: Tables, weather: Demo) -> None:
    """The first year of each kind has nothing before it."""
    profile, frame = weather
    figures = [COUNT, COUNT | {"over": {"kind": "change"}}]
    both = [*by("weather"), *by("date", "year")]
    rows = tables.run(profile, group_by=both, aggregates=figures).table.rows
    counts = frame.groupby(["weather", frame.date.dt.year]).size()
    wanted = counts.groupby(level=0).diff()
    assert [row[3] for row in rows] == [None if pd.isna(one) else one for one in wanted]


def test_two_figures_together(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    figures = [COUNT | {"filters": [where("weather", "eq", "rain")]}, COUNT]
    kinds = ("difference", "ratio", "percent", "percent_change")
    made = [{"operation": kind, "left": 0, "right": 1} for kind in kinds]
    row = tables.run(profile, aggregates=figures, calculate=made).table.rows[0]
    rain, days = sum(frame.weather == "rain"), len(frame)
    assert row[:3] == [rain, days, rain - days]
    wanted = [rain / days, 100 * rain / days, 100 * (rain - days) / days]
    assert row[3:] == pytest.approx(wanted)


def test_nothing_is_divided_by_nothing(tables: Tables, weather: Demo) -> None:
    """A share of none has no value; it is not zero, and no error."""
    profile, _ = weather
    none = COUNT | {"filters": [where("wind", "gt", 99)]}
    made = [{"operation": "ratio", "left": 1, "right": 0}]
    row = tables.run(profile, aggregates=[none, COUNT], calculate=made).table.rows[0]
    assert row == [0, 1461, None]


def test_days_between_two_dates(tables: Tables, weather: Demo) -> None:
    profile, _ = weather
    ends = [{"function": "max", "column": "date"}, {"function": "min", "column": "date"}]
    made = [{"operation": "difference", "left": 0, "right": 1}]
    row = tables.run(profile, aggregates=ends, calculate=made).table.rows[0]
    assert row[2] == 1460


def test_groups_are_kept_by_a_figure_after_shares_are_taken(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    figures = [COUNT, COUNT | {"over": {"kind": "share"}}]
    keep = [{"output": 1, "operator": "between", "values": [50, 200]}]
    rows = tables.run(profile, group_by=by("weather"), aggregates=figures, having=keep).table.rows
    counts = frame.weather.value_counts().sort_index()
    kept = counts[(counts >= 50) & (counts <= 200)]
    wanted = [[name, n, pytest.approx(100 * n / len(frame))] for name, n in kept.items()]
    assert rows == wanted


def test_the_best_rows_of_each_group_with_all_that_tie(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    rows = tables.run(
        profile,
        columns=["weather", "wind"],
        sort=[{"output": 1, "descending": True}],
        per_group={"keys": by("weather"), "limit": 2},
    ).table.rows
    ranks = frame.groupby("weather").wind.rank(ascending=False, method="min")
    kept = frame[ranks <= 2].sort_values(["weather", "wind"], ascending=[True, False])
    assert rows == kept[["weather", "wind"]].to_numpy().tolist()


def test_the_best_group_of_each_year(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    keys = [*by("date", "year"), *by("date", "month_of_year")]
    rows = tables.run(
        profile,
        group_by=keys,
        aggregates=figure("sum", "precipitation"),
        sort=[{"output": 2, "descending": True}],
        per_group={"keys": by("date", "year"), "limit": 1},
    ).table.rows
    sums = frame.groupby([frame.date.dt.year, frame.date.dt.month]).precipitation.sum()
    best = sums.groupby(level=0).idxmax()
    assert [row[:2] for row in rows] == [[str(y), MONTHS[m - 1]] for y, m in best]


def test_correlations_bring_their_number_of_pairs(tables: Tables, penguins: Demo) -> None:
    profile, frame = penguins
    pair = {"column": MASS, "by": FLIPPER}
    figures = [{"function": "correlation", **pair}, {"function": "rank_correlation", **pair}]
    row = tables.run(profile, aggregates=figures).table.rows[0]
    both = frame[[MASS, FLIPPER]].dropna()
    linear, ranked = both.corr().iloc[0, 1], both.rank().corr().iloc[0, 1]
    assert row == [pytest.approx(linear), len(both), pytest.approx(ranked), len(both)]


def test_ranks_are_those_within_each_group(tables: Tables, penguins: Demo) -> None:
    profile, frame = penguins
    figures = [{"function": "rank_correlation", "column": MASS, "by": FLIPPER}]
    rows = tables.run(profile, group_by=by("Species"), aggregates=figures).table.rows
    groups = frame.dropna(subset=[MASS, FLIPPER]).groupby("Species")[[MASS, FLIPPER]]
    wanted = [group.rank().corr().iloc[0, 1] for _, group in groups]
    assert [row[1] for row in rows] == pytest.approx(wanted)


def test_a_trend_is_the_least_squares_slope_per_year(tables: Tables, weather: Demo) -> None:
    profile, frame = weather
    figures = [{"function": "trend", "column": "temp_max", "by": "date"}]
    result = tables.run(profile, aggregates=figures)
    years = (frame.date - frame.date[0]).dt.days / 365.25
    slope = frame.temp_max.cov(years) / years.var()
    fit = frame.temp_max.corr(years) ** 2
    assert result.table.rows == [[pytest.approx(slope), pytest.approx(fit), len(frame)]]
    assert result.table.columns[0].endswith("per year")


@pytest.mark.parametrize("step", [{"width": 2.5}, {"bins": 10}])
def test_a_histogram_counts_every_value_once(
    tables: Tables, weather: Demo, step: dict[str, Any]
) -> None:
    profile, frame = weather
    keys = [{"column": "temp_max", **step}]
    rows = tables.run(profile, group_by=keys, aggregates=[COUNT]).table.rows
    width = step.get("width", 5)
    edges = (frame.temp_max / width).round(9) // 1 * width
    wanted = edges.value_counts().sort_index()
    assert rows == [[edge, count] for edge, count in wanted.items()]


BAD: dict[str, dict[str, Any]] = {
    "may stand only among": {"any_of": [[where("wind", "above", "mean")]]},
    '"mean" or "median"': {"filters": [where("wind", "above", "mode")]},
    '"iqr" or "zscore"': {"filters": [where("wind", "outlier", "guess")]},
    "needs numbers": {"filters": [where("weather", "above", "mean")]},
    "no hours": {"filters": [where("date", "last", 3, "hour")]},
    "units long": {"filters": [where("date", "last", -1, "day")]},
    "out of the calendar": {"filters": [where("date", "last", 99999, "year")]},
    "alternatives is empty": {"any_of": [[]]},
    "not both": {"group_by": by("weather"), "columns": ["date"]},
    'needs "percent"': {"aggregates": figure("percentile", "wind")},
    "between 0 and 100": {"aggregates": [figure("percentile", "wind")[0] | {"percent": 101}]},
    'takes no "percent"': {"aggregates": [figure("mean", "wind")[0] | {"percent": 5}]},
    'needs second column ("by")': {"aggregates": figure("correlation", "wind")},
    'takes no second column ("by")': {"aggregates": [figure("mean", "wind")[0] | {"by": "date"}]},
    '"trend" needs numbers': {
        "aggregates": [{"function": "trend", "column": "weather", "by": "date"}]
    },
    "needs groups to look across": {"aggregates": [COUNT | {"over": {"kind": "share"}}]},
    "needs a size": {
        "group_by": by("weather"), "aggregates": [COUNT | {"over": {"kind": "moving"}}],
    },
    "no group key [3]": {
        "group_by": by("weather"),
        "aggregates": [COUNT | {"over": {"kind": "share", "within": [3]}}],
    },
    "no figure 1": {
        "aggregates": [COUNT], "calculate": [{"operation": "ratio", "left": 0, "right": 1}],
    },
    "no output 7": {
        "aggregates": [COUNT], "having": [{"output": 7, "operator": "gt", "values": [1]}],
    },
    "cannot be compared with a number": {
        "group_by": by("weather"), "aggregates": [COUNT],
        "having": [{"output": 0, "operator": "gt", "values": [1]}],
    },
    "need keys, and a sort": {"per_group": {"keys": by("weather"), "limit": 1}},
    "keys that the plan groups by": {
        "group_by": by("weather"), "aggregates": [COUNT], "sort": [{"output": 1}],
        "per_group": {"keys": by("date"), "limit": 1},
    },
    "only numbers are grouped in steps": {
        "group_by": [{"column": "weather", "bins": 3}], "aggregates": [COUNT],
    },
    "do not divide": {"group_by": [{"column": "wind", "width": 1e-9}], "aggregates": [COUNT]},
}  # fmt: skip


@pytest.mark.parametrize("reason", BAD)
def test_a_plan_that_makes_no_sense_says_why(tables: Tables, weather: Demo, reason: str) -> None:
    profile, _ = weather
    with pytest.raises(BadPlan) as caught:
        tables.run(profile, **BAD[reason])
    assert reason in str(caught.value)
