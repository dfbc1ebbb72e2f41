"""The typed query plan: what a question becomes, whoever planned it. It compiles to DuckDB SQL.

A few parts compose: filters choose rows, keys and figures make groups of them, `over` looks across
the groups, calculations set two figures against each other, and having, sort, limit and per_group
choose what is shown, or a summary of it. docs/plans.md has an example of each.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "between", "in", "not_in",
    "contains", "starts_with", "ends_with", "is_null", "not_null",
    "last", "first",  # a time window at an end of the data
    "above", "below", "outlier",  # against the rows that the other filters leave
]  # fmt: skip
Bucket = Literal[
    "year", "quarter", "month", "week", "day", "hour",  # calendar periods: 2012-03
    "quarter_of_year", "month_of_year", "day_of_week", "hour_of_day",  # recurring: March, Monday
]  # fmt: skip
Function = Literal[
    "count", "count_distinct", "sum", "mean", "median", "percentile", "min", "max", "std", "mode",
    "first", "last",  # the value at the lowest or the highest `by`
    "correlation", "rank_correlation", "trend",  # of the column and `by`
]  # fmt: skip
OverKind = Literal["share", "running", "moving", "change", "percent_change", "rank"]
#: What is made of the figures of all groups.
Summarized = Literal["count", "sum", "mean", "median", "min", "max"]
Operation = Literal["difference", "ratio", "percent", "percent_change"]


class Part(BaseModel):
    """Base of the plan's parts: immutable, and strict about unknown members."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(Part):
    """A value looked up in the table: the lowest `column` of the rows that pass `filters`.

    `offset` is added to it: the row number before or after.
    """

    column: str
    filters: list[Filter]
    offset: int = 0


class Filter(Part):
    """Keep the rows for which `column operator values` holds; `negated` keeps the others.

    `between` takes two values (both ends included), `in`/`not_in` any number, `is_null` and
    `not_null` none, every other operator one, except: `last` and `first` take a number and a unit
    ([30, "day"]: the last 30 days that the column has), `above` and `below` take "mean" or
    "median", and `outlier` the method, "iqr" or "zscore". `part` compares a piece of a date
    instead of the whole ("month_of_year" with 1..12, "year" with 2014). Missing values pass only
    `is_null`. `cell` takes the place of the one value that eq, ne, lt, le, gt and ge compare with.
    """

    column: str
    operator: Operator
    values: list[Any] = []
    cell: Cell | None = None
    part: Literal["year", "quarter", "month_of_year", "day_of_week", "hour_of_day"] | None = None
    negated: bool = False


class GroupBy(Part):
    """One grouping key: a column, a time bucket of a date column, or steps of a numeric one.

    A step is `width` wide, or such that about `bins` of them span the column.
    """

    column: str
    bucket: Bucket | None = None
    width: float | None = None
    bins: int | None = None


class Over(Part):
    """What is made of a figure across the groups.

    Its share of their total, in percent; what has run up to each; the mean of the last `size`; the
    change from the group before; its rank.
    `within` names group keys by position: shares and ranks are then those among the groups that
    have the same keys. The other kinds follow the first time bucket, or else the first key.
    """

    kind: OverKind
    size: int | None = None
    within: list[int] = []


class Aggregate(Part):
    """One figure per group (or over all rows), of the rows that also pass `filters`.

    `column` is None only for `count`. `percent` (0..100) is for `percentile`; `by` is the column
    that `first`/`last` go by, or that a correlation or trend is with.
    """

    function: Function
    column: str | None = None
    by: str | None = None
    percent: float | None = None
    filters: list[Filter] = []
    over: Over | None = None


class Calculation(Part):
    """A figure made of two others, `left` and `right` by their positions in `aggregates`.

    `difference` is left less right, `percent` the left as a percentage of the right, and
    `percent_change` how much the left is above the right, in percent of the right.
    """

    operation: Operation
    left: int
    right: int


class Having(Part):
    """Keep the groups whose output, counted as in Sort, compares with the values."""

    output: int
    operator: Literal["eq", "ne", "lt", "le", "gt", "ge", "between", "is_null", "not_null"]
    values: list[int | float] = []


class Sort(Part):
    """Order by an output.

    Outputs count from 0: group keys, aggregates, calculations; or columns, when rows are listed.
    """

    output: int
    descending: bool = False


class PerGroup(Part):
    """Keep the first `limit` in the order of the sort for each of `keys`; ties are all kept."""

    keys: list[GroupBy]
    limit: int


class Summary(Part):
    """One figure of the groups that are kept, in their place.

    How many they are, or what `function` makes of an output of theirs, counted as in Sort.
    """

    function: Summarized
    output: int = 0


class Comparison(Part):
    """Two selections of the same figure, side by side: each adds its filter to the plan's."""

    left: Filter
    right: Filter


class QueryPlan(Part):
    """A question about one dataset.

    Rows must pass every one of `filters` and, of each list in `any_of`, one filter at least. With
    `aggregates`, the result has one row per group; with `group_by` alone, the different keys;
    with neither, it lists `columns` (all when empty). `limit` None means all; `place` keeps what
    comes second, third ... in the order of the sort, and all that tie with it.
    """

    dataset_id: str
    filters: list[Filter] = []
    any_of: list[list[Filter]] = []
    group_by: list[GroupBy] = []
    aggregates: list[Aggregate] = []
    calculate: list[Calculation] = []
    columns: list[str] = []
    having: list[Having] = []
    sort: list[Sort] = []
    per_group: PerGroup | None = None
    limit: int | None = None
    place: int | None = None
    summary: Summary | None = None
    compare: Comparison | None = None
