"""Rehearsal: candidates tried out on the rows of a small table, before one is chosen.

Whether a plan finds anything, and what, tells much about whether it is meant. Only what the ranked
reading plans is tried, in plain Python on rows in memory; the answer itself always comes from the
compiled SQL.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from typing import Any

from shared.datasets import Profile
from worker.models.builtin.ranked.candidate import Candidate

Row = list[Any]
_UNKNOWN = object()
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


class Rehearsal:
    """The rows of one table, as JSON cells or with dates as such."""

    def __init__(self, profile: Profile, rows: list[Row]) -> None:
        self.profile = profile
        self._at = {column.name: at for at, column in enumerate(profile.columns)}
        dated = [i for i, c in enumerate(profile.columns) if c.type in {"date", "datetime"}]
        self._rows = [_with_dates(row, dated) for row in rows] if dated else rows

    def answers(self, candidate: Candidate) -> tuple[str, ...]:
        """The different values a candidate answers with, as text; none if it finds nothing."""
        rows = self.run(candidate.parts) or []
        cells = [row[candidate.answer] for row in rows]
        said = [text(cell) for cell in cells if cell is not None and cell != ""]
        if candidate.magnitude:
            said = [one.lstrip("-") for one in said]
        return tuple(dict.fromkeys(said))

    def run(self, parts: dict[str, Any]) -> list[Row] | None:
        """The result's rows; None for what cannot be run."""
        try:
            rows = self._passing(parts.get("filters", ()), self._rows)
            compare = parts.get("compare")
            if compare:
                figure = parts["aggregates"][0]
                sides = [
                    self._figure(figure, self._passing([compare[side]], rows))
                    for side in ("left", "right")
                ]
                known = [side for side in sides if side is not None]
                gap = sides[1] - sides[0] if len(known) == len(sides) else None
                return [[*sides, gap]]
            if parts.get("group_by"):
                made = self._grouped(parts, rows)
            elif parts.get("aggregates"):
                figures = [self._figure(one, rows) for one in parts["aggregates"]]
                gaps = [
                    figures[one["left"]] - figures[one["right"]]
                    for one in parts.get("calculate", ())
                ]
                made = [[*figures, *gaps]]
            else:
                at = [self._at[name] for name in parts["columns"]]
                made = [[row[i] for i in at] for row in rows]
        except (TypeError, KeyError, ValueError):
            return None
        for sort in parts.get("sort", ()):
            known_ = [row for row in made if row[sort["output"]] is not None]
            known_.sort(key=lambda row: row[sort["output"]], reverse=sort["descending"])
            made = known_
        return made[: parts.get("limit")]

    def _grouped(self, parts: dict[str, Any], rows: list[Row]) -> list[Row]:
        at = self._at[parts["group_by"][0]["column"]]
        counted = Counter(row[at] for row in rows)
        return sorted(([key, n] for key, n in counted.items()), key=lambda row: str(row[0]))

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
        return bool(_COMPARE[one.operator](value, values))
