"""Tables in an unlocked DuckDB of this process: what the jail adds is measured elsewhere."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from bench.wiki.tables import Columns, read
from shared.datasets import Column, ColumnType, Profile
from worker.models.builtin.ranked.rehearsal import Rehearsal
from worker.query.compile import compile_plan
from worker.query.errors import BadPlan
from worker.query.plan import QueryPlan
from worker.query.sql import quoted

_TOP = 10
_SQL_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "text": "VARCHAR", "date": "DATE"}


class Tables:
    """The tables of a folder, each read, stored and profiled once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._loaded: dict[str, Rehearsal] = {}

    def rehearsal(self, name: str) -> Rehearsal:
        """The rows and the profile of the table at a path inside the folder."""
        if name not in self._loaded:
            table = read(self._folder / name)
            rows = [list(row) for row in zip(*table.values, strict=True)]
            self._store(name, table, rows)
            self._loaded[name] = Rehearsal(profile_of(name, table), rows)
        return self._loaded[name]

    def _store(self, name: str, table: Columns, rows: list[list[Any]]) -> None:
        columns = zip(table.names, table.types, strict=True)
        declared = ", ".join(f"{quoted(own)} {_SQL_TYPES[kind]}" for own, kind in columns)
        self._connection.execute(f"CREATE TABLE {quoted(name)} ({declared})")
        places = ", ".join("?" for _ in table.names)
        if rows:
            self._connection.executemany(f"INSERT INTO {quoted(name)} VALUES ({places})", rows)

    def run(self, plan: QueryPlan) -> list[list[Any]] | None:
        """The rows of a plan's result; None if it does not compile or run."""
        profile = self._loaded[plan.dataset_id].profile
        try:
            query = compile_plan(plan, profile)
            rows = self._connection.execute(query.sql, query.parameters).fetchall()
        except (BadPlan, duckdb.Error):
            return None
        return [list(row) for row in rows]


def profile_of(name: str, table: Columns) -> Profile:
    """What the planner is told of a table."""
    columns = zip(table.names, table.types, table.values, strict=True)
    return Profile(
        id=name,
        title="the table",
        source=name,
        version=name,
        rows=len(table.values[0]),
        columns=[_column(own, kind, values) for own, kind, values in columns],
        sample=[],
    )


def _column(name: str, kind: ColumnType, values: list[Any]) -> Column:
    known = [value for value in values if value is not None]
    counted = Counter(known)
    top = [(_cell(value), count) for value, count in counted.most_common(_TOP)]
    ranged = kind != "text" and bool(known)
    return Column(
        name=name,
        type=kind,
        nulls=len(values) - len(known),
        distinct=len(counted),
        minimum=_cell(min(known)) if ranged else None,
        maximum=_cell(max(known)) if ranged else None,
        top_values=top,
        values=sorted(counted) if kind == "text" else None,
    )


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
