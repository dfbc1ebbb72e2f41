"""Profile: what is known of each column, counted once when a table is read.

One column is in memory at a time, as its distinct values with their numbers of rows.
"""

from __future__ import annotations

import re
from typing import Any

import duckdb
import pandas as pd

from shared.datasets import Column
from worker.query.cells import plain
from worker.query.conditions import NUMERIC, quoted
from worker.query.readings import Typed

#: Text columns with more distinct values are not listed in full.
MOST_VALUES = 1000

_TOP = 10
_SAMPLE_ROWS = 5
_UNIT = re.compile(r"\(([^()]{1,12})\)\s*$")


def columns(connection: duckdb.DuckDBPyConnection, table: str, typed: list[Typed]) -> list[Column]:
    """The profile of every column of `table`, a relation's SQL."""
    return [_column(connection, table, one) for one in typed]


def sample(connection: duckdb.DuckDBPyConnection, table: str) -> list[list[Any]]:
    """The first rows, as JSON cells."""
    first = f"SELECT * FROM {table} LIMIT {_SAMPLE_ROWS}"  # noqa: S608 - ours
    rows = connection.execute(first).fetchall()
    return [[plain(value) for value in row] for row in rows]


def _column(connection: duckdb.DuckDBPyConnection, table: str, typed: Typed) -> Column:
    name = quoted(typed.name)
    counts = f"SELECT count(*) - count({name}), count(DISTINCT {name}) FROM {table}"  # noqa: S608
    nulls, distinct = connection.execute(counts).fetchall()[0]
    counted = (
        f"SELECT {name} AS value, count(*) AS number FROM {table} "  # noqa: S608 - quoted
        f"WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    if typed.type == "text":
        counted += f" LIMIT {MOST_VALUES}"
    frame = connection.execute(counted).df()
    top = frame.head(_TOP)
    tops = [_cell(value, typed) for value in top["value"]]
    described: dict[str, Any] = {}
    if typed.type == "text":
        if distinct <= MOST_VALUES:
            described["values"] = sorted(str(value) for value in frame["value"])
    elif len(frame):
        described["minimum"] = _cell(frame["value"].min(), typed)
        described["maximum"] = _cell(frame["value"].max(), typed)
    unit = _UNIT.search(typed.name)
    if typed.type in NUMERIC:
        described["mean"] = _mean(frame)
        described["unit"] = unit.group(1) if unit else None
    return Column(
        name=typed.name,
        type=typed.type,
        nulls=nulls,
        distinct=distinct,
        top_values=list(zip(tops, (int(number) for number in top["number"]), strict=True)),
        **described,
    )


def _mean(frame: pd.DataFrame) -> float | None:
    if not len(frame):
        return None
    weighted = frame["value"].astype(float) * frame["number"]
    return float(weighted.sum() / frame["number"].sum())


def _cell(value: Any, typed: Typed) -> Any:
    """A value of a pandas column as JSON, like the cells of a result."""
    if isinstance(value, pd.Timestamp):
        moment = value.to_pydatetime()
        return plain(moment.date() if typed.type == "date" else moment)
    return plain(value.item() if hasattr(value, "item") else value)
