"""Readings: how text becomes a typed column: the first type that all its values have."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from shared.datasets import ColumnType
from worker.query.conditions import quoted

#: What stands for "no value" in a column that otherwise holds numbers, dates or truth values.
_MISSING = ("na", "n/a", "#n/a", "nan", "null", "none", "-", "?")
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y")
_MONTH_FIRST, _DAY_FIRST = ("%m/%d/%Y",), ("%d/%m/%Y",)
_WORDED = ("%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y")
# Numbers with leading zeros are codes ("00501") and stay text.
_INTEGER = r"[+-]?(0|[1-9]\d{0,17})"
_NUMBER = r"[+-]?(0|[1-9]\d*)?(\.\d*)?([eE][+-]?\d+)?"
_THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?|[+-]?(0|[1-9]\d*)(\.\d+)?"
_DECIMAL_COMMA = r"[+-]?(0|[1-9]\d*)(,\d+)?"


@dataclass(frozen=True)
class Typed:
    """A column of a source and the expression that makes our column of it."""

    name: str
    type: ColumnType
    sql: str


@dataclass(frozen=True)
class Reading:
    """One way to read a value: as a type, by an expression that is NULL where it fails.

    `{v}` in `sql` stands for the value; `note` is what people should know when their column was
    read this way.
    """

    type: ColumnType
    sql: str
    note: str = ""

    def of(self, value: str) -> str:
        """The expression for a value given as SQL."""
        return self.sql.replace("{v}", value)


def text_readings(*, decimal_comma: bool) -> list[Reading]:
    """All ways to read a text, in order; "1,5" is a number only where commas do not separate."""
    readings = [
        Reading(
            "boolean",
            "CASE WHEN lower({v}) IN ('true', 'false') THEN CAST(lower({v}) AS BOOLEAN) END",
        ),
        Reading("integer", _matching(_INTEGER, "TRY_CAST({v} AS BIGINT)")),
        Reading("number", _matching(_NUMBER, finite("TRY_CAST({v} AS DOUBLE)"))),
    ]
    if decimal_comma:
        comma = _matching(_DECIMAL_COMMA, "TRY_CAST(replace({v}, ',', '.') AS DOUBLE)")
        readings.append(Reading("number", comma, "the comma was read as the decimal point"))
    thousands = _matching(_THOUSANDS, "TRY_CAST(replace({v}, ',', '') AS DOUBLE)")
    readings.append(Reading("number", thousands, "commas were read as thousands separators"))
    return readings + date_readings()


def date_readings() -> list[Reading]:
    """The ways to read a text as a date or a time of day; UTC where it has an offset."""
    month, day = _strptime(_MONTH_FIRST), _strptime(_DAY_FIRST)
    either = f"CASE WHEN {day} IS NOT NULL THEN {month} END"
    moment = "CAST(TRY_CAST({v} AS TIMESTAMPTZ) AS TIMESTAMP)"
    return [
        Reading("date", _strptime(_DATES)),
        Reading("date", either, "dates such as 03/04/2012 were read as month/day/year"),
        Reading("date", month),
        Reading("date", day),
        Reading("date", _strptime(_WORDED)),
        day_reading(moment),
        Reading("datetime", moment),
    ]


def day_reading(moment: str) -> Reading:
    """Times that are all midnight, as days."""
    return Reading(
        "date", f"CASE WHEN {moment} = date_trunc('day', {moment}) THEN CAST({moment} AS DATE) END"
    )


def finite(number: str) -> str:
    """A floating point expression with NULL for what is no number."""
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def fitting(
    connection: duckdb.DuckDBPyConnection, relation: str, value: str, readings: list[Reading]
) -> Reading | None:
    """The first reading that fits every value of the expression `value`; None for no values."""
    tried = ", ".join(f"count({one.of('v')})" for one in readings)
    inner = f"SELECT {value} AS v FROM {relation}"  # noqa: S608 - names are quoted
    counted = f"SELECT count(v), {tried} FROM ({inner})"  # noqa: S608
    filled, *counts = connection.execute(counted).fetchall()[0]
    for one, count in zip(readings, counts, strict=True):
        if filled and count == filled:
            return one
    return None


def of_text(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    column: str,
    readings: list[Reading],
    problems: list[str],
) -> Typed:
    """A text column, typed; what was noticed is added to `problems`."""
    name = quoted(column)
    listed = ", ".join(f"'{word}'" for word in _MISSING)
    value = f"CASE WHEN lower(trim({name})) NOT IN ({listed}, '') THEN trim({name}) END"
    found = fitting(connection, relation, value, readings)
    if found is None:
        return Typed(column, "text", f"nullif({name}, '')")
    marked = f"SELECT count(*) FROM {relation} WHERE lower(trim({name})) IN ({listed})"  # noqa: S608
    missing = connection.execute(marked).fetchall()[0][0]
    if missing:
        problems.append(f'In "{column}", {missing:,} values such as NA or - were read as missing.')
    if found.note:
        problems.append(f'In "{column}", {found.note}.')
    return Typed(column, found.type, found.of(value))


def _matching(pattern: str, expression: str) -> str:
    # The number pattern may match the empty text, which TRY_CAST then refuses.
    return f"CASE WHEN regexp_full_match({{v}}, '{pattern}') THEN {expression} END"


def _strptime(formats: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{one}'" for one in formats)
    return f"CAST(try_strptime({{v}}, [{listed}]) AS DATE)"
