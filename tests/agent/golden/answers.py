"""What a right answer is, worked out by pandas and never by the code under test.

An answer is one cell, the first row of a ranking (its key and figure), whole rows (in order), the
values of one column (in any order), or a number of rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from worker.agent.results import Table as Shown

#: A table as pandas reads it; its stubs know too little of columns to check these lines.
Table = Any
Rows = list[tuple[Any, ...]]

TABLES = Path(__file__).parent.parent / "tables"
SEALED_TABLES = TABLES.with_name("sealed_tables")
#: How months and quarters are told, of a calendar and of any year.
_TOLD = (("%Y-%m", "%B"), ("%Y-Q%q", "Q%q"))


@dataclass(frozen=True)
class One:
    """The result is one row, and this is one of its cells (the only one, if it is a figure)."""

    value: Any


@dataclass(frozen=True)
class First:
    """The first row has these cells, and the result `groups` rows, if that is said."""

    cells: tuple[Any, ...]
    groups: int | None = None


@dataclass(frozen=True)
class All:
    """The result is these rows, in this order."""

    rows: Rows


@dataclass(frozen=True)
class Names:
    """One column of the result holds exactly these values, in any order."""

    values: frozenset[Any]


@dataclass(frozen=True)
class Listed:
    """The result lists so many rows in all."""

    total: int


@dataclass(frozen=True)
class Gap:
    """Two figures and how far they are apart: this many, whichever is set against which."""

    value: float


@dataclass(frozen=True)
class Keyed:
    """One row for each of these keys, with its figure among the cells, in any order."""

    values: dict[Any, Any]


@dataclass(frozen=True)
class Either:
    """Any of these: the same answer, whose shape or labels are left open by the question."""

    shapes: tuple[Gap | One | First | All | Names | Listed | Keyed, ...]


Right = Gap | One | First | All | Names | Listed | Keyed | Either
Golden = tuple[str, Callable[[Table], Right]]


@dataclass(frozen=True)
class GoldenTable:
    """A table, read here on our own, and questions: to be answered, and to be declined.

    What is declined is missing from the table, asks for what no plan can say, misleads, or can be
    meant in several ways.
    """

    id: str
    read: Callable[[], Table]
    answerable: list[Golden]
    declined: list[str]


def same(cell: Any, wanted: Any) -> bool:
    """Whether a cell of the answer is pandas' value; keys may be text for numbers."""
    if hasattr(wanted, "item"):
        wanted = wanted.item()
    if cell is None:
        return wanted is None or wanted != wanted  # noqa: PLR0124 - only NaN is unlike itself
    if isinstance(cell, int | float) and isinstance(wanted, int | float):
        return math.isclose(cell, wanted, rel_tol=1e-9, abs_tol=1e-9)
    # A month may be told as such or as its first day.
    return str(wanted) in {str(cell), f"{cell}-01"}


def _has(row: list[Any], wanted: Any) -> bool:
    """Whether a row has all these cells."""
    cells = wanted if isinstance(wanted, tuple) else (wanted,)
    return all(any(same(cell, want) for cell in row) for want in cells)


def right(table: Shown, wanted: Right) -> bool:
    """Whether the table is the wanted answer."""
    rows = table.rows
    match wanted:
        case One(value):
            return len(rows) == 1 and any(same(cell, value) for cell in rows[0])
        case First(cells, groups):
            enough = len(rows) == groups if groups is not None else bool(rows)
            return enough and all(any(same(c, w) for c in rows[0]) for w in cells)
        case Gap(value):
            return any(same(cell, sign * value) for cell in rows[-1] for sign in (1, -1))
        case Listed(total):
            return table.total_rows == total
        case Keyed(values):
            found = [
                [k for k, v in values.items() if _has(row, k) and _has(row, v)] for row in rows
            ]
            return len(rows) == len(values) == len(set(chain(*found))) and all(found)
        case Either(shapes):
            return any(right(table, shape) for shape in shapes)
        case Names(values):
            said = {str(value) for value in values}
            return any({str(c) for c in column} == said for column in zip(*rows, strict=True))
    if [len(row) for row in rows] != [len(row) for row in wanted.rows]:
        return False
    pairs = zip(chain(*rows), chain(*wanted.rows), strict=True)
    return all(same(cell, want) for cell, want in pairs)


def series(values: Any) -> All:
    """A figure by group: its index as keys."""
    pairs = values.items()
    return All([(*(key if isinstance(key, tuple) else (key,)), value) for key, value in pairs])


def keyed(values: Any) -> Keyed:
    """A figure by group, in any order; groups without one are left out."""
    return Keyed(dict(values.dropna().items()))


def percent(part: Any) -> One:
    """How many of a column of yes and no are yes, in percent."""
    return One(100 * float(part.mean()))


def top(values: Any, *, low: bool = False) -> First:
    """The group with the highest (or lowest) figure, of so many."""
    best = values.idxmin() if low else values.idxmax()
    return First((best, values[best]), len(values))


def best(values: Any, *, low: bool = False) -> First:
    """The group with the highest (or lowest) figure, whatever else is shown."""
    return First((values.idxmin() if low else values.idxmax(),))


def names(values: Any) -> Names:
    """The different values of a column."""
    return Names(frozenset(str(value) for value in values))


def month(frame: Table) -> Any:
    """Month names, to group by."""
    return frame["date"].dt.month_name()


def periods(values: Any, *, best: bool = False) -> Either:
    """A figure by month or quarter of one year (or the best), told as 2023-05 or as May."""
    quarters = values.index.freqstr.startswith("Q")
    each = [values.rename(lambda key, how=how: key.strftime(how)) for how in _TOLD[quarters]]
    return Either(tuple(First((one.idxmax(),)) if best else keyed(one) for one in each))


def year(frame: Table) -> Any:
    """Years, to group by."""
    return frame["date"].dt.year


def months(values: Any) -> All:
    """A figure by month of the year, January first."""
    order = pd.date_range("2000-01-01", periods=12, freq="MS").month_name()
    return series(values.reindex([name for name in order if name in values.index]))


def day(row: Any, column: str) -> tuple[str, Any]:
    """A row as its day and one figure."""
    return (str(row["date"].date()), row[column])
