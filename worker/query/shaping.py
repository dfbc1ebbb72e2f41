"""Shaping: what a jailed child replied, as a table with types and units, and as counts."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from shared.datasets import ColumnType, Profile
from worker.agent.results import Table
from worker.query.compile import Query, side_names
from worker.query.locked import Reply
from worker.query.plan import QueryPlan

_TYPES: tuple[tuple[str, ColumnType], ...] = (
    ("TIMESTAMP", "datetime"),
    ("DATE", "date"),
    ("BOOL", "boolean"),
    ("DOUBLE", "number"),
    ("FLOAT", "number"),
    ("DECIMAL", "number"),
    ("NUMBER", "number"),
)


def whole_rows(plan: QueryPlan, query: Query, reply: Reply) -> int | None:
    """How many groups there are without the limit, taken off the rows; None if not counted."""
    if not query.whole:
        return None
    counts = [row.pop() for row in reply["rows"]]
    return counts[0] if counts else (0 if plan.limit else None)


def counts(
    profile: Profile, query: Query, reply: Reply
) -> tuple[int, dict[str, int], list[dict[str, Any]], dict[str, str] | None]:
    """How many rows were used, those without a value by column, what the others did not pass.

    And the oldest and newest date of those used. Without filters the profile knows it all.
    """
    date = query.timed
    if not reply["counts"]:
        nulls = {name: profile.column(name).nulls for name in query.measured}
        column = profile.column(date) if date else None
        ends = (column.minimum, column.maximum) if column else (None, None)
        return profile.rows, nulls, [], _window(date, *ends)
    used, *rest = reply["counts"]
    nulls = dict(zip(query.measured, rest, strict=False))
    rest = rest[len(query.measured) :]
    window = None
    if date is not None:
        window, rest = _window(date, *rest[:2]), rest[2:]
    left = [profile.rows, *rest, used]
    dropped = [
        {"reason": reason, "rows": before - after}
        for reason, (before, after) in zip(query.reasons, pairwise(left), strict=True)
    ]
    return used, nulls, dropped, window


def _window(column: str | None, first: Any, last: Any) -> dict[str, str] | None:
    if column is None or first is None or last is None:
        return None
    ends = [str(end).removesuffix(" 00:00:00") for end in (first, last)]
    return {"column": column, "from": ends[0], "to": ends[1]}


def table_of(plan: QueryPlan, profile: Profile, query: Query, reply: Reply) -> Table:
    """The reply as a table; an ungrouped comparison gets a row per side."""
    outputs, rows, total = query.outputs, reply["rows"], reply["total_rows"]
    names, types = [o.name for o in outputs], [str(o.type) for o in outputs]
    units = [o.unit for o in outputs]
    if plan.compare is not None and not plan.group_by and rows:
        sides = (*side_names(plan.compare.left, plan.compare.right, profile), "difference")
        figures: list[Any] = rows[0]
        names = [
            "selection",
            *(names[at].removesuffix(f" {sides[0]}") for at in range(0, len(names), 3)),
        ]
        types, units = ["text", *types[::3]], [None, *units[::3]]
        rows = [[side, *figures[at::3]] for at, side in enumerate(sides)]
        total = len(rows)
    return Table(
        columns=names,
        rows=rows,
        total_rows=total,
        truncated=total > len(rows),
        types=types,
        units=units,
    )


def table_of_statement(reply: Reply) -> Table:
    """The reply to a model's own SQL as a table; nobody knows its units."""
    names = [name for name, _ in reply["columns"]]
    rows, total = reply["rows"], reply["total_rows"]
    return Table(
        columns=names,
        rows=rows,
        total_rows=total,
        truncated=total > len(rows),
        types=[_type_of(kind) for _, kind in reply["columns"]],
        units=[None] * len(names),
    )


def _type_of(kind: str) -> ColumnType:
    """A type as DuckDB's Python package describes it, as one of ours."""
    name = kind.upper()
    if "INT" in name and "INTERVAL" not in name:
        return "integer"
    return next((ours for start, ours in _TYPES if name.startswith(start)), "text")
