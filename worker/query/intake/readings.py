"""Readings: how text becomes a typed column: the first type that all its values have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from worker.query.intake.work import Work
from worker.query.sql import quoted

if TYPE_CHECKING:
    from shared.datasets import ColumnType

#: What stands for "no value" in a column that otherwise holds numbers, dates or truth values.
_MISSING = ("na", "n/a", "#n/a", "nan", "null", "none", "-", "?")
_SAMPLE_ROWS = 20_000
#: A column of which so many values fit a type is worth a word when the others do not.
_MOST = 0.9
_FEW = 10
_EXAMPLES = 3
_EXAMPLE_CHARS = 30


@dataclass(frozen=True)
class Typed:
    """A column of a source and the expression that makes our column of it."""

    name: str
    type: ColumnType
    sql: str
    unit: str = ""


@dataclass(frozen=True)
class Reading:
    """One way to read a value: as a type, by an expression that is NULL where it fails.

    `{v}` in `sql` stands for the value; `note` is what people should know when their column was
    read this way.
    """

    type: ColumnType
    sql: str
    note: str = ""
    unit: str = ""

    def of(self, value: str) -> str:
        """The expression for a value given as SQL."""
        return self.sql.replace("{v}", value)


def fitting(
    connection: duckdb.DuckDBPyConnection, relation: str, value: str, readings: list[Reading]
) -> Reading | None:
    """The first reading that fits every value of the expression `value`; None for no values."""
    filled, counts = _counts(connection, relation, value, readings)
    for one, count in zip(readings, counts, strict=True):
        if filled and count == filled:
            return one
    return None


def of_text(work: Work, column: str, readings: list[Reading]) -> Typed:
    """A text column of the view `source`, typed; what was noticed is added to the notes."""
    name = quoted(column)
    listed = ", ".join(f"'{word}'" for word in _MISSING)
    value = f"CASE WHEN lower(trim({name})) NOT IN ({listed}, '') THEN trim({name}) END"
    found = _found(work, column, value, readings)
    if found is None:
        return Typed(column, "text", f"nullif({name}, '')")
    marked = f"SELECT count(*) FROM source WHERE lower(trim({name})) IN ({listed})"  # noqa: S608 - quoted
    missing = work.connection.execute(marked).fetchall()[0][0]
    if missing:
        work.notes.problems.append(
            f'In "{column}", {missing:,} values such as NA or - were read as missing.'
        )
    if found.note:
        work.notes.problems.append(f'In "{column}", {found.note}.')
    return Typed(column, found.type, found.of(value), found.unit)


def _found(work: Work, column: str, value: str, readings: list[Reading]) -> Reading | None:
    """The reading of a column; None for text, with a note when only a few values made it so."""
    connection = work.connection
    # Most readings fail on the first rows; only the others are tried on all of them.
    sample = f"(SELECT * FROM source LIMIT {_SAMPLE_ROWS})"  # noqa: S608 - ours
    filled, counts = _counts(connection, sample, value, readings)
    hopeful = [one for one, count in zip(readings, counts, strict=True) if count >= filled * _MOST]
    for one in hopeful:
        found = fitting(connection, "source", value, [one])
        if found is not None:
            return found
    typed = [one for one in hopeful if one.type != "text"]
    if filled >= _FEW and typed:
        _note_exceptions(work, column, value, typed[0])
    return None


def _note_exceptions(work: Work, column: str, value: str, reading: Reading) -> None:
    filled, (fit,) = _counts(work.connection, "source", value, [reading])
    if fit < filled * _MOST:
        return
    examples = work.connection.execute(
        f"SELECT DISTINCT v FROM (SELECT {value} AS v FROM source) "  # noqa: S608 - quoted
        f"WHERE v IS NOT NULL AND {reading.of('v')} IS NULL ORDER BY v LIMIT {_EXAMPLES}"
    ).fetchall()
    shown = ", ".join(f"“{example[:_EXAMPLE_CHARS]}”" for (example,) in examples)
    kind = {"integer": "number", "datetime": "time"}.get(reading.type, reading.type)
    work.notes.problems.append(
        f'"{column}" stays text: {filled - fit:,} of its {filled:,} values are no {kind} ({shown}).'
    )


def _counts(
    connection: duckdb.DuckDBPyConnection, relation: str, value: str, readings: list[Reading]
) -> tuple[int, list[int]]:
    """How many values there are, and how many of them each reading can read."""
    tried = ", ".join(f"count({one.of('v')})" for one in readings)
    inner = f"SELECT {value} AS v FROM {relation}"  # noqa: S608 - names are quoted
    row = connection.execute(f"SELECT count(v), {tried} FROM ({inner})").fetchall()[0]  # noqa: S608
    return row[0], list(row[1:])
