"""Conditions: the filters of a plan as SQL, checked against the columns they speak of."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

from shared.datasets import Column, Profile
from worker.query.cells import DAYS, MONTHS
from worker.query.errors import BadPlan
from worker.query.plan import Cell, Filter
from worker.query.relative import relative, window_edge
from worker.query.sql import quoted

#: Takes a value into the statement and returns the text that stands for it there.
Bind = Callable[[Any], str]

NUMERIC = frozenset({"integer", "number"})
DATED = frozenset({"date", "datetime"})
PARTS = {
    "year": "year",
    "quarter": "quarter",
    "month_of_year": "month",
    "day_of_week": "isodow",
    "hour_of_day": "hour",
}
#: Operators that look at the other rows that were chosen.
RELATIVE = frozenset({"above", "below", "outlier"})
_MATCHED = {"contains": "contains", "starts_with": "starts_with", "ends_with": "ends_with"}
_COMPARED = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_NAMES = {"month_of_year": MONTHS, "day_of_week": DAYS}
_MOST_VALUES = 1000
_DAY_LENGTH = len("2012-03-05")
_LARGEST_INTEGER = 2**63 - 1


def known(profile: Profile, name: str) -> Column:
    """The column called `name`; raises BadPlan."""
    try:
        return profile.column(name)
    except KeyError:
        names = ", ".join(column.name for column in profile.columns)
        raise BadPlan(f'{profile.title} has no column "{name}"; it has {names}.') from None


def condition(one: Filter, profile: Profile, bind: Bind, chosen: str | None = None) -> str:
    """One filter as an SQL condition; raises BadPlan. Missing values pass only `is_null`.

    `chosen` is the relation, as SQL, that relative operators look at; None where there is none.
    """
    column = known(profile, one.column)
    if one.cell is not None:
        sql = _beside(one, one.cell, profile, bind)
        return f"NOT ({sql})" if one.negated else sql
    _check(one, column)
    if one.operator in RELATIVE:
        if chosen is None:
            raise BadPlan(f'"{one.operator}" may stand only among the plan\'s own filters.')
        sql = relative(one, quoted(column.name), chosen)
    else:
        sql = _absolute(one, column, bind)
    return f"NOT ({sql})" if one.negated else sql


def _absolute(one: Filter, column: Column, bind: Bind) -> str:
    name = quoted(column.name)
    if one.operator == "is_null":
        return f"{name} IS NULL"
    if one.operator == "not_null":
        return f"{name} IS NOT NULL"
    if one.operator in _MATCHED:
        return f"{_MATCHED[one.operator]}(lower({name}), lower({bind(str(one.values[0]))}))"
    if one.operator in {"last", "first"}:
        edge = window_edge(one, column)
        sign = ">" if one.operator == "last" else "<"
        if len(edge) == _DAY_LENGTH:
            day = name if column.type == "date" else f"CAST({name} AS DATE)"
            return f"{day} {sign} CAST({bind(edge)} AS DATE)"
        return f"{name} {sign} CAST({bind(edge)} AS TIMESTAMP)"
    subject, values = _operands(one, column, bind)
    if one.operator == "between":
        return f"{subject} BETWEEN {values[0]} AND {values[1]}"
    if one.operator in {"in", "not_in"}:
        word = "IN" if one.operator == "in" else "NOT IN"
        return f"{subject} {word} ({', '.join(values)})"
    return f"{subject} {_COMPARED[one.operator]} {values[0]}"


def _beside(one: Filter, cell: Cell, profile: Profile, bind: Bind) -> str:
    """A comparison with a value that is looked up in the same table."""
    if one.operator not in _COMPARED or one.values or one.part is not None:
        raise BadPlan(f'"{one.operator}" on "{one.column}" cannot look its value up.')
    own, other = known(profile, one.column), known(profile, cell.column)
    kinds = {own.type, other.type}
    if len(kinds) > 1 and not kinds <= NUMERIC:
        raise BadPlan(f'"{own.name}" is {own.type} and "{other.name}" is {other.type}.')
    if cell.offset and other.type not in NUMERIC:
        raise BadPlan(f'"{other.name}" is {other.type}: nothing can be added to it.')
    found = quoted(other.name) + (f" + {bind(cell.offset)}" if cell.offset else "")
    rows = " AND ".join(condition(part, profile, bind) for part in cell.filters) or "TRUE"
    table = quoted(profile.id)
    looked_up = f"SELECT {found} FROM {table} WHERE {rows} ORDER BY 1 LIMIT 1"  # noqa: S608 - quoted
    return f"{quoted(own.name)} {_COMPARED[one.operator]} ({looked_up})"


def _check(one: Filter, column: Column) -> None:
    count = len(one.values)
    wanted = {"is_null": 0, "not_null": 0, "between": 2, "last": 2, "first": 2}.get(one.operator, 1)
    if one.operator in {"in", "not_in"}:
        if not 1 <= count <= _MOST_VALUES:
            raise BadPlan(f'"{one.operator}" on "{column.name}" takes 1 to {_MOST_VALUES} values.')
    elif count != wanted:
        raise BadPlan(f'"{one.operator}" on "{column.name}" takes {wanted} values, not {count}.')
    if one.operator in _MATCHED and column.type != "text":
        raise BadPlan(
            f'"{one.operator}" needs a text column, and "{column.name}" is {column.type}.'
        )
    if one.operator in RELATIVE and column.type not in NUMERIC:
        raise BadPlan(f'"{one.operator}" needs numbers, and "{column.name}" is {column.type}.')
    if one.part is not None and column.type not in DATED:
        raise BadPlan(f'"{column.name}" is {column.type}: it has no {one.part}.')
    if one.part == "hour_of_day" and column.type == "date":
        raise BadPlan(f'"{column.name}" holds days without hours.')


def _operands(one: Filter, column: Column, bind: Bind) -> tuple[str, list[str]]:
    """What is compared, and the values it is compared with, as SQL."""
    name = quoted(column.name)
    if one.part is not None:
        names = _NAMES.get(one.part, ())
        return f"{PARTS[one.part]}({name})", [bind(_part(value, names)) for value in one.values]
    if column.type in DATED:
        texts = [_moment(value, column.name) for value in one.values]
        # A day stands for all its hours: "on 5 March" and "until 5 March" include the evening.
        whole_days = all(len(text) == _DAY_LENGTH for text in texts)
        subject = name
        if whole_days and column.type == "datetime":
            subject = f"CAST({name} AS DATE)"
        kind = "DATE" if whole_days else "TIMESTAMP"
        return subject, [f"CAST({bind(text)} AS {kind})" for text in texts]
    return name, [bind(_typed(value, column)) for value in one.values]


def _part(value: Any, names: tuple[str, ...]) -> int:
    """A piece of a date as its number; March and Mar are 3, Monday is 1."""
    if isinstance(value, str) and len(value) > 2:  # shorter ones are digits
        for position, name in enumerate(names, start=1):
            if name.lower().startswith(value.lower()):
                return position
    number = _number(value)
    if number is None or number != int(number):
        raise BadPlan(f"{value!r} is no part of a date.")
    return int(number)


def _moment(value: Any, name: str) -> str:
    """A day (ten characters) or a time of it, as DuckDB reads it."""
    text = str(value).strip()
    try:
        if len(text) == _DAY_LENGTH:
            return dt.date.fromisoformat(text).isoformat()
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadPlan(f'{value!r} is no date for "{name}": write it as 2012-03-05.') from None
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
    return moment.isoformat(sep=" ")


def _typed(value: Any, column: Column) -> Any:
    """A value as the column's own type."""
    if column.type == "text":
        return str(value)
    if column.type == "boolean":
        truth = {"true": True, "false": False}.get(str(value).lower())
        if truth is None:
            raise BadPlan(f'{value!r} is neither true nor false, as "{column.name}" is.')
        return truth
    number = _number(value)
    if number is None:
        raise BadPlan(f'{value!r} is no number, and "{column.name}" holds numbers.')
    return number


def _number(value: Any) -> int | float | None:
    """A finite number, or None; integers that no column can hold become floats."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    if isinstance(value, int) and abs(value) <= _LARGEST_INTEGER:
        return value
    return number
