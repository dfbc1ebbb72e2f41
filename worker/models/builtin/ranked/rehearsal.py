"""Rehearsal: candidates tried out on the rows of a small table, before one is chosen.

Whether a plan finds anything, and what, tells much about whether it is meant. Only what the ranked
reading plans is tried, in plain Python on rows in memory; the answer itself always comes from the
compiled SQL.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.datasets import Profile
from worker.models.builtin.ranked.candidate import Candidate

Row = list[Any]
_UNKNOWN = object()
_MOST_KEPT = 64
_COMPARE: dict[str, Callable[[Any, list[Any]], Any]] = {
    "eq": lambda value, values: value == values[0],
    "ne": lambda value, values: value != values[0],
    "in": lambda value, values: value in values,
    "not_in": lambda value, values: value not in values,
    "contains": lambda value, values: str(values[0]).lower() in str(value).lower(),
    "between": lambda value, values: values[0] <= value <= values[1],
    "gt": lambda value, values: value > values[0],
    "ge": lambda value, values: value >= values[0],
    "lt": lambda value, values: value < values[0],
    "le": lambda value, values: value <= values[0],
}


def _with_dates(row: Row, dated: list[int]) -> Row:
    """The row with its dates as days; times of day play no part here."""
    copied = list(row)
    for at in dated:
        if isinstance(copied[at], str):
            copied[at] = dt.date.fromisoformat(copied[at][: len("2012-03-05")])
    return copied


def text(cell: Any) -> str:
    """A cell as text; whole numbers without a point."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.10g}"
    return str(cell)


def _gap(left: Any, right: Any) -> Any:
    return None if left is None or right is None else left - right


@dataclass(frozen=True)
class Found:
    """What a candidate finds: its different answers as text, and in how many rows it looked.

    `tied` says that rows it leaves out are as high, or as low, as the last it takes.
    """

    answers: tuple[str, ...]
    rows: int
    tied: bool


class Rehearsal:
    """The rows of one table, as JSON cells or with dates as such."""

    def __init__(self, profile: Profile, rows: list[Row]) -> None:
        self.profile = profile
        self._at = {column.name: at for at, column in enumerate(profile.columns)}
        dated = [i for i, c in enumerate(profile.columns) if c.type in {"date", "datetime"}]
        self._rows = [_with_dates(row, dated) for row in rows] if dated else rows
        self._tried: dict[int, tuple[Any, list[Row]]] = {}

    def found(self, candidate: Candidate) -> Found:
        """What a candidate finds; no answers if that is nothing, or it cannot be run."""
        parts = candidate.parts
        try:
            selected = self._selected(parts.get("filters", ()))
            made = self._sorted(parts, self._made(parts, selected))
        except (TypeError, KeyError, ValueError):
            return Found((), 0, tied=False)
        limit = parts.get("limit")
        cells = [row[candidate.answer] for row in made[:limit]]
        said = [text(cell) for cell in cells if cell is not None and cell != ""]
        if candidate.magnitude:
            said = [one.lstrip("-") for one in said]
        tied = False
        if limit and len(made) > limit:
            at = parts["sort"][0]["output"]
            tied = made[limit - 1][at] == made[limit][at]
        return Found(tuple(dict.fromkeys(said)), len(selected), tied=tied)

    def _made(self, parts: dict[str, Any], rows: list[Row]) -> list[Row]:
        """The result's rows, in no order and without a limit."""
        if parts.get("compare"):
            return [self._compared(parts["aggregates"][0], parts["compare"], rows)]
        if parts.get("group_by"):
            return self._grouped(parts, rows)
        if parts.get("aggregates"):
            figures = [self._figure(one, rows) for one in parts["aggregates"]]
            gaps = [
                _gap(figures[o["left"]], figures[o["right"]]) for o in parts.get("calculate", ())
            ]
            return [[*figures, *gaps]]
        at = [self._at[name] for name in parts["columns"]]
        return [[row[i] for i in at] for row in rows]

    def _sorted(self, parts: dict[str, Any], rows: list[Row]) -> list[Row]:
        for sort in parts.get("sort", ()):
            at = sort["output"]
            rows = [row for row in rows if row[at] is not None]
            rows.sort(key=lambda row: row[at], reverse=sort["descending"])
        return rows

    def _compared(self, figure: Any, compare: Any, rows: list[Row]) -> Row:
        left, right = (
            self._figure(figure, self._passing([compare[side]], rows)) for side in ("left", "right")
        )
        return [left, right, _gap(right, left)]

    def _selected(self, filters: Any) -> list[Row]:
        """The rows that pass; candidates share their filters, so each list is tried once."""
        kept = self._tried.get(id(filters))
        if kept is None or kept[0] is not filters:
            if len(self._tried) >= _MOST_KEPT:
                self._tried.clear()
            kept = self._tried[id(filters)] = (filters, self._passing(filters, self._rows))
        return kept[1]

    def _grouped(self, parts: dict[str, Any], rows: list[Row]) -> list[Row]:
        at = self._at[parts["group_by"][0]["column"]]
        groups: dict[Any, list[Row]] = defaultdict(list)
        for row in rows:
            groups[row[at]].append(row)
        figure = parts["aggregates"][0]
        made = [[key, self._figure(figure, own)] for key, own in groups.items()]
        for one in parts.get("having", ()):
            passes = _COMPARE[one["operator"]]
            made = [row for row in made if passes(row[one["output"]], one["values"])]
        return sorted(made, key=lambda row: str(row[0]))

    def _figure(self, figure: Any, rows: list[Row]) -> Any:
        if figure.get("column") is None:
            return len(rows)
        at = self._at[figure["column"]]
        values = [row[at] for row in rows if row[at] is not None]
        match figure["function"]:
            case "count_distinct":
                return len(set(values))
            case "sum":
                return sum(values) if values else None
            case "mean":
                return sum(values) / len(values) if values else None
            case "max":
                return max(values, default=None)
            case _:
                return min(values, default=None)

    def _passing(self, filters: Any, rows: list[Row]) -> list[Row]:
        for one in filters:
            at = self._at[one.column]
            values = one.values
            if one.cell is not None:
                found = self._looked_up(one.cell)
                if found is _UNKNOWN:
                    return []
                values = [found]
            rows = [row for row in rows if self._passes(row[at], one, values)]
        return rows

    def _looked_up(self, cell: Any) -> Any:
        at = self._at[cell.column]
        found = [row[at] for row in self._passing(cell.filters, self._rows) if row[at] is not None]
        return (min(found) + cell.offset if cell.offset else min(found)) if found else _UNKNOWN

    def _passes(self, value: Any, one: Any, values: list[Any]) -> bool:
        if value is None or one.operator == "not_null":
            return value is not None
        if one.part is not None:
            value = {"year": value.year, "month_of_year": value.month}.get(one.part)
        elif isinstance(value, dt.date):
            values = [dt.date.fromisoformat(v) if isinstance(v, str) else v for v in values]
        return bool(_COMPARE[one.operator](value, values)) is not one.negated
