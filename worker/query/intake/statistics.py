"""Statistics: what is known of a column, counted once when its table is read.

Everything is exact as long as it fits in memory; what had to be estimated says so.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypedDict

import duckdb

from worker.query.cells import plain
from worker.query.sql import quoted

#: Text columns with more distinct values are not listed in full; in all columns of a table
#: together no more than ALL_VALUES are.
MOST_VALUES, ALL_VALUES = 1000, 100_000
#: Longer texts are shown by their beginning: profiles are kept in memory.
SHOWN_CHARS = 200

_TOP = 10
_BINS = 20
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_NUMERIC = ("integer", "number")
_DATED = ("date", "datetime")
# More distinct values than this are not counted one by one.
_MOST_COUNTED = 2_000_000
_GRAINS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")


class Bin(TypedDict):
    """One bar of a histogram: the rows with `low` <= value < `high` (the last: <=)."""

    low: Any
    high: Any
    rows: int


class Counted(TypedDict, total=False):
    """What was counted of one column; see `shared.datasets.Column`."""

    name: str
    type: str
    nulls: int
    distinct: int
    estimated: bool
    minimum: Any
    maximum: Any
    mean: float | None
    deviation: float | None
    quantiles: dict[str, Any]
    histogram: list[Bin]
    grain: str
    longest: int
    top_values: list[tuple[Any, int]]
    values: list[str]


def counted(
    connection: duckdb.DuckDBPyConnection, table: str, name: str, kind: str, most_values: int
) -> Counted:
    """The statistics of a column of `table`, a relation's SQL.

    Texts with at most `most_values` distinct values are listed in full.
    """
    column = _Column(connection, table, quoted(name))
    nulls, roughly = column.row("count(*) - count(v), approx_count_distinct(v)")
    result = Counted(name=name, type=kind, nulls=nulls)
    result |= _distinct(column, roughly)
    result["top_values"] = _top(column, estimated=result["estimated"])
    if kind == "text":
        longest = result["longest"] = column.row("coalesce(max(length(v)), 0)")[0]
        if result["distinct"] <= most_values and longest <= SHOWN_CHARS:
            values = column.rows("v", "WHERE v IS NOT NULL GROUP BY v ORDER BY v")
            result["values"] = [value for (value,) in values]
        return result
    low, high = column.row("min(v), max(v)")
    if low is None:
        return result
    result["minimum"], result["maximum"] = plain(low), plain(high)
    if kind in _NUMERIC:
        result |= _figures(column)
        result["histogram"] = _histogram(column, "v", low, high)
    elif kind in _DATED:
        result["grain"] = _grain(column)
        result["histogram"] = _histogram(column, "epoch(v)", low, high)
    return result


def shown(value: Any) -> Any:
    """A value as a JSON cell that is not too long."""
    cell = plain(value)
    if isinstance(cell, str) and len(cell) > SHOWN_CHARS:
        return cell[:SHOWN_CHARS] + "…"
    return cell


class _Column:
    """One column as `v`, and its table."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, name: str) -> None:
        self._connection = connection
        self.relation = f"(SELECT {name} AS v FROM {table})"  # noqa: S608 - quoted

    def rows(self, select: str, rest: str = "") -> list[tuple[Any, ...]]:
        """The rows of a query over the column."""
        return self._connection.execute(f"SELECT {select} FROM {self.relation} {rest}").fetchall()  # noqa: S608 - ours

    def row(self, select: str) -> tuple[Any, ...]:
        """The one row of a query that counts."""
        return self.rows(select)[0]


def _distinct(column: _Column, roughly: int) -> Counted:
    if roughly <= _MOST_COUNTED:
        return Counted(distinct=column.row("count(DISTINCT v)")[0], estimated=False)
    return Counted(distinct=roughly, estimated=True)


def _top(column: _Column, *, estimated: bool) -> list[tuple[Any, int]]:
    """The most frequent values with their rows; found by estimate where there are very many."""
    grouped = f"GROUP BY v ORDER BY count(*) DESC, v LIMIT {_TOP}"
    if not estimated:
        found = column.rows("v, count(*)", f"WHERE v IS NOT NULL {grouped}")
    else:
        likely = f"SELECT unnest(approx_top_k(v, {_TOP})) FROM {column.relation}"  # noqa: S608 - ours
        found = column.rows("v, count(*)", f"WHERE v IN ({likely}) {grouped}")
    return [(shown(value), rows) for value, rows in found]


def _figures(column: _Column) -> Counted:
    listed = ", ".join(str(one) for one in _QUANTILES)
    rows, mean, deviation = column.row("count(v), avg(v), stddev_samp(v)")
    # Exact quantiles hold every value; estimates are right to a fraction of a percent.
    function = "quantile_cont" if rows <= _MOST_COUNTED else "approx_quantile"
    quantiles = column.row(f"{function}(v, [{listed}])")[0]
    return Counted(
        mean=plain(mean),
        deviation=plain(deviation),
        quantiles={str(at): plain(one) for at, one in zip(_QUANTILES, quantiles, strict=True)},
    )


def _histogram(column: _Column, number: str, low: Any, high: Any) -> list[Bin]:
    """Rows per bin; bins of equal width, of whole numbers where those are few enough."""
    start, end = column.row(f"CAST(min({number}) AS DOUBLE), CAST(max({number}) AS DOUBLE)")
    width = (end - start) / _BINS
    if not width:
        (rows,) = column.row("count(v)")
        return [Bin(low=plain(low), high=plain(high), rows=rows)]
    place = f"least({_BINS - 1}, CAST(floor(({number} - {start!r}) / {width!r}) AS INTEGER))"
    found = dict(column.rows(f"{place}, count(*)", "WHERE v IS NOT NULL GROUP BY 1"))
    bounds = [low, *(_bound(low, start + width * at, start) for at in range(1, _BINS)), high]
    return [
        Bin(low=plain(bounds[at]), high=plain(bounds[at + 1]), rows=found.get(at, 0))
        for at in range(_BINS)
    ]


def _bound(low: Any, number: float, start: float) -> Any:
    """The value `number` stands for: itself, or the moment so many seconds after `low`."""
    if isinstance(low, int | float):
        return number
    return low + dt.timedelta(seconds=number - start)


def _grain(column: _Column) -> str:
    """The longest calendar unit whose starts all values are: day, month, hour ..."""
    starts = ", ".join(f"bool_and(v = date_trunc('{grain}', v))" for grain in _GRAINS)
    fits = column.row(starts)
    return next((grain for grain, fit in zip(_GRAINS, fits, strict=True) if fit), "moment")
