"""The typed query plan: what a question becomes, whoever planned it. It compiles to DuckDB SQL."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Operator = Literal[
    "eq", "ne", "lt", "le", "gt", "ge", "between", "in", "not_in", "contains", "is_null", "not_null"
]
Bucket = Literal[
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "hour",  # calendar periods: 2012-03
    "month_of_year",
    "day_of_week",
    "hour_of_day",  # recurring: March, Monday
]
Function = Literal["count", "count_distinct", "sum", "mean", "median", "min", "max", "std"]


class Part(BaseModel):
    """Base of the plan's parts: immutable, and strict about unknown members."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Filter(Part):
    """Keep the rows for which `column operator values` holds.

    `between` takes two values (both ends included), `in`/`not_in` any number, `is_null` and
    `not_null` none, every other operator one. `part` compares a piece of a date instead of the
    whole ("month_of_year" with 1..12, "year" with 2014).
    """

    column: str
    operator: Operator
    values: list[Any] = []
    part: Literal["year", "quarter", "month_of_year", "day_of_week", "hour_of_day"] | None = None


class GroupBy(Part):
    """One grouping key: a column, or a time bucket of a date column."""

    column: str
    bucket: Bucket | None = None


class Aggregate(Part):
    """One figure per group (or over all rows). `column` is None only for `count`."""

    function: Function
    column: str | None = None


class Sort(Part):
    """Order by an output column, counted from 0 over group keys, then aggregates (or columns)."""

    output: int
    descending: bool = False


class Comparison(Part):
    """Two selections of the same figure, side by side: each adds its filter to the plan's."""

    left: Filter
    right: Filter


class QueryPlan(Part):
    """A question about one dataset.

    With `aggregates`, the result has one row per group; without, it lists `columns` (all when
    empty) of the rows that pass. `limit` None means all.
    """

    dataset_id: str
    filters: list[Filter] = []
    group_by: list[GroupBy] = []
    aggregates: list[Aggregate] = []
    columns: list[str] = []
    sort: list[Sort] = []
    limit: int | None = None
    compare: Comparison | None = None
