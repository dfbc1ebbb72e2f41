"""Compile: a query plan as DuckDB SQL; identifiers are quoted, values are always bound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from shared.datasets import Column, ColumnType, Profile
from worker.query.conditions import DATED, NUMERIC, PARTS, Bind, condition, known, quoted
from worker.query.errors import BadPlan
from worker.query.plan import Aggregate, Filter, GroupBy, QueryPlan, Sort
from worker.query.wording import conditions as said
from worker.query.wording import figure, label

_FUNCTIONS = {
    "count": "count",
    "sum": "sum",
    "mean": "avg",
    "median": "median",
    "min": "min",
    "max": "max",
    "std": "stddev_samp",
}
_HEADERS = {
    "month_of_year": "month",
    "day_of_week": "day",
    "hour_of_day": "hour",
}


@dataclass(frozen=True)
class Output:
    """One column of a result: its header, its type, and how its group keys are written."""

    name: str
    type: ColumnType
    bucket: str | None = None


@dataclass(frozen=True)
class Query:
    """A compiled plan: SQL with `$1`, `$2` ... and the values they stand for.

    `counts_sql` counts, with values of its own, the rows that passed the filters and, for each of
    `measured` in order, those of them without a value.
    """

    sql: str
    parameters: list[Any]
    outputs: list[Output]
    counts_sql: str
    counts_parameters: list[Any]
    measured: list[str]


@dataclass(frozen=True)
class _Column:
    """A column of the select list."""

    sql: str
    output: Output


def compile_plan(plan: QueryPlan, profile: Profile) -> Query:
    """The plan as a query over a table or view named by the profile's id; raises BadPlan."""
    parameters: list[Any] = []
    counted: list[Any] = []
    columns = _named(_select_list(plan, profile, _binder(parameters)))
    measured = list(dict.fromkeys(a.column for a in plan.aggregates if a.column is not None))
    return Query(
        sql=_statement(plan, profile, columns, _binder(parameters)),
        parameters=parameters,
        outputs=[column.output for column in columns],
        counts_sql=_counts(plan, profile, measured, _binder(counted)),
        counts_parameters=counted,
        measured=measured,
    )


def display_sql(plan: QueryPlan, profile: Profile) -> str:
    """The same query to be read by people: every value stands in its place; raises BadPlan."""
    columns = _named(_select_list(plan, profile, _literal))
    return _statement(plan, profile, columns, _literal)


def _binder(parameters: list[Any]) -> Bind:
    def bind(value: Any) -> str:
        parameters.append(value)
        return f"${len(parameters)}"

    return bind


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).upper() if isinstance(value, bool) else repr(value)


def _statement(plan: QueryPlan, profile: Profile, columns: list[_Column], bind: Bind) -> str:
    selected = ", ".join(f"{column.sql} AS {quoted(column.output.name)}" for column in columns)
    lines = [f"SELECT {selected}", f"FROM {quoted(profile.id)}", *_where(plan, profile, bind)]
    keys = len(plan.group_by) if plan.aggregates else 0
    if keys:
        lines.append("GROUP BY " + ", ".join(str(at + 1) for at in range(keys)))
    order = _order(plan, keys, keys + len(plan.aggregates) if plan.aggregates else len(columns))
    if order:
        lines.append("ORDER BY " + ", ".join(order))
    if plan.limit is not None:
        if plan.limit < 0:
            raise BadPlan(f"A result cannot have {plan.limit} rows.")
        lines.append(f"LIMIT {bind(plan.limit)}")
    return "\n".join(lines)


def _where(plan: QueryPlan, profile: Profile, bind: Bind) -> list[str]:
    every = [condition(one, profile, bind) for one in plan.filters]
    if plan.compare is not None:
        sides = (plan.compare.left, plan.compare.right)
        every.append(f"({' OR '.join(condition(side, profile, bind) for side in sides)})")
    return ["WHERE " + "\n  AND ".join(every)] if every else []


def _order(plan: QueryPlan, keys: int, width: int) -> list[str]:
    """The sort, then whatever makes the order certain: the group keys, or the other columns."""
    order: dict[int, str] = {}
    for sort in plan.sort:
        if not 0 <= sort.output < width:
            raise BadPlan(f"There is no output {sort.output} to sort by.")
        at = _position(plan, sort, keys)
        order.setdefault(at, f"{at} {'DESC' if sort.descending else 'ASC'} NULLS LAST")
    rest = range(keys) if plan.aggregates else range(width if plan.sort else 0)
    for at in rest:
        order.setdefault(at + 1, f"{at + 1} ASC NULLS LAST")
    return list(order.values())


def _position(plan: QueryPlan, sort: Sort, keys: int) -> int:
    """Where in the select list a sorted output stands, from 1; a comparison sorts by its left."""
    if plan.compare is None or sort.output < keys:
        return sort.output + 1
    return keys + 3 * (sort.output - keys) + 1


def _counts(plan: QueryPlan, profile: Profile, measured: list[str], bind: Bind) -> str:
    missing = [f"count(*) - count({quoted(name)})" for name in measured]
    lines = [f"SELECT {', '.join(['count(*)', *missing])}", f"FROM {quoted(profile.id)}"]
    return "\n".join([*lines, *_where(plan, profile, bind)])


def _select_list(plan: QueryPlan, profile: Profile, bind: Bind) -> list[_Column]:
    if plan.aggregates:
        keys = [_key(group, profile) for group in plan.group_by]
        return keys + [
            column for one in plan.aggregates for column in _figures(one, plan, profile, bind)
        ]
    if plan.group_by or plan.compare is not None:
        raise BadPlan("Groups and comparisons need a figure to show for each.")
    names = plan.columns or [column.name for column in profile.columns]
    listed = [known(profile, name) for name in names]
    return [_Column(quoted(one.name), Output(label(one.name), one.type)) for one in listed]


def _key(group: GroupBy, profile: Profile) -> _Column:
    column = known(profile, group.column)
    name = quoted(column.name)
    if group.bucket is None:
        return _Column(name, Output(label(column.name), column.type))
    if column.type not in DATED:
        raise BadPlan(f'"{column.name}" is {column.type}: it has no {group.bucket}.')
    if column.type == "date" and group.bucket in {"hour", "hour_of_day"}:
        raise BadPlan(f'"{column.name}" holds days without hours.')
    header = _HEADERS.get(group.bucket, group.bucket)
    if group.bucket in _HEADERS:
        sql = f"{PARTS[group.bucket]}({name})"
    else:
        sql = f"date_trunc('{group.bucket}', {name})"
    return _Column(sql, Output(header, "text", group.bucket))


def _figures(one: Aggregate, plan: QueryPlan, profile: Profile, bind: Bind) -> list[_Column]:
    """An aggregate; in a comparison, its two sides and how much the right is above the left."""
    sql, kind = _aggregate(one, profile)
    name = figure(one)
    if plan.compare is None:
        return [_Column(sql, Output(name, kind))]
    left, right = (
        f"{sql} FILTER (WHERE {condition(side, profile, bind)})"
        for side in (plan.compare.left, plan.compare.right)
    )
    names = side_names(plan.compare.left, plan.compare.right, profile)
    columns = [
        _Column(side, Output(f"{name} {called}", kind))
        for side, called in zip((left, right), names, strict=True)
    ]
    if kind in NUMERIC:
        columns.append(_Column(f"{right} - {left}", Output(f"difference in {name}", kind)))
        return columns
    raise BadPlan(f"The {name} of two selections have no difference.")


def side_names(left: Filter, right: Filter, profile: Profile) -> tuple[str, str]:
    """What the two sides of a comparison are called: "in 2014" and "in 2015"."""
    return said([left], profile), said([right], profile)


def _aggregate(one: Aggregate, profile: Profile) -> tuple[str, ColumnType]:
    """An aggregate's SQL and the type of its result."""
    if one.column is None:
        if one.function != "count":
            raise BadPlan(f'"{one.function}" needs a column.')
        return "count(*)", "integer"
    column = known(profile, one.column)
    name = quoted(column.name)
    if one.function == "count_distinct":
        return f"count(DISTINCT {name})", "integer"
    if one.function == "count":
        return f"count({name})", "integer"
    if one.function in {"min", "max"}:
        return f"{one.function}({name})", column.type
    if column.type == "boolean":
        name = f"CAST({name} AS INTEGER)"
    elif column.type not in NUMERIC:
        raise BadPlan(f'"{column.name}" is {column.type}: it has no {one.function}.')
    return f"{_FUNCTIONS[one.function]}({name})", _kind(one, column)


def _kind(one: Aggregate, column: Column) -> ColumnType:
    return "integer" if one.function == "sum" and column.type != "number" else "number"


def _named(columns: list[_Column]) -> list[_Column]:
    """The same columns, every header once: a second "month" becomes "month (2)"."""
    taken: set[str] = set()
    result = []
    for column in columns:
        output, number = column.output, 2
        while output.name.lower() in taken:
            output = replace(column.output, name=f"{column.output.name} ({number})")
            number += 1
        taken.add(output.name.lower())
        result.append(_Column(column.sql, output))
    return result
