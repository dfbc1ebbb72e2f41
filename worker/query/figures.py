"""Figures: group keys, aggregates and what is made of them, each as columns of a select list."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace

from shared.datasets import Column, ColumnType, Profile
from worker.query.conditions import DATED, NUMERIC, PARTS, Bind, condition, known
from worker.query.errors import BadPlan
from worker.query.plan import Aggregate, GroupBy
from worker.query.sql import quoted
from worker.query.wording import figure, label

_FUNCTIONS = {
    "sum": "sum",
    "mean": "avg",
    "median": "median",
    "std": "stddev_samp",
}
_HEADERS = {
    "quarter_of_year": "quarter",
    "month_of_year": "month",
    "day_of_week": "day",
    "hour_of_day": "hour",
}
_RECURRING = {**PARTS, "quarter_of_year": "quarter"}
#: Figures that are values of the column, of whatever type.
_OF_ANY = {
    "min": "min({name})",
    "max": "max({name})",
    "mode": "mode({name} ORDER BY {name})",
    "first": "arg_min({name}, {by})",
    "last": "arg_max({name}, {by})",
}
_ENDS = frozenset({"first", "last"})
_PAIRED = frozenset({"correlation", "rank_correlation", "trend"})
# Trends over dates are told per the largest unit that the data has two of.
_TREND_UNITS = (("year", 365.25), ("month", 365.25 / 12), ("day", 1.0))
_MOST_BINS = 1000
_DAY_S = 86_400


@dataclass(frozen=True)
class Output:
    """One column of a result: its header, type and unit, and how its group keys are written."""

    name: str
    type: ColumnType
    bucket: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Selected:
    """A column of a select list."""

    sql: str
    output: Output


def key_column(group: GroupBy, profile: Profile, bind: Bind) -> Selected:
    """A grouping key; raises BadPlan."""
    column = known(profile, group.column)
    name = quoted(column.name)
    if group.width is not None or group.bins is not None:
        return _step(group, column, bind)
    if group.bucket is None:
        return Selected(name, Output(label(column.name), column.type, unit=column.unit))
    if column.type not in DATED:
        raise BadPlan(f'"{column.name}" is {column.type}: it has no {group.bucket}.')
    if column.type == "date" and group.bucket in {"hour", "hour_of_day"}:
        raise BadPlan(f'"{column.name}" holds days without hours.')
    header = _HEADERS.get(group.bucket, group.bucket)
    if group.bucket in _HEADERS:
        sql = f"{_RECURRING[group.bucket]}({name})"
    else:
        sql = f"date_trunc('{group.bucket}', {name})"
    return Selected(sql, Output(header, "text", group.bucket))


def step_width(group: GroupBy, column: Column) -> float:
    """How wide the steps of a numeric key are; raises BadPlan."""
    if column.type not in NUMERIC or group.bucket is not None:
        raise BadPlan(f'"{column.name}" is {column.type}: only numbers are grouped in steps.')
    span = float(column.maximum or 0) - float(column.minimum or 0)
    if group.width is not None:
        if not (math.isfinite(group.width) and group.width > 0 and span / group.width < _MOST_BINS):
            raise BadPlan(f'Steps of {group.width:g} do not divide "{column.name}" well.')
        return group.width
    bins = group.bins or 0
    if not 1 <= bins <= _MOST_BINS:
        raise BadPlan(f'"{column.name}" is divided in 1 to {_MOST_BINS} steps, not {bins}.')
    raw = span / bins or 1.0
    size = 10.0 ** math.floor(math.log10(raw))
    nice = next(size * times for times in (1, 2, 2.5, 5, 10) if size * times >= raw * (1 - 1e-9))
    return max(1.0, math.ceil(nice)) if column.type == "integer" else nice


def _step(group: GroupBy, column: Column, bind: Bind) -> Selected:
    """A numeric key as the lower end of its step."""
    width = bind(step_width(group, column))
    # Rounded, so that 0.3 / 0.1 is 3 and not a little less.
    sql = f"round(floor(round({quoted(column.name)} / {width}, 9)) * {width}, 9)"
    return Selected(sql, Output(f"{label(column.name)} from", "number", unit=column.unit))


def figure_columns(one: Aggregate, profile: Profile, bind: Bind) -> list[Selected]:
    """An aggregate, without what is made of it across the groups; statistics bring their n.

    Raises BadPlan.
    """
    _check_members(one)
    where = ""
    if one.filters:
        passed = " AND ".join(condition(each, profile, bind) for each in one.filters)
        where = f" FILTER (WHERE {passed})"
    name = figure(one.model_copy(update={"over": None}), profile=profile)
    if one.function in _PAIRED:
        return [replace(each, sql=f"{each.sql}{where}") for each in _paired(one, name, profile)]
    sql, kind, unit = _aggregate(one, profile, bind)
    return [Selected(f"{sql}{where}", Output(name, kind, unit=unit))]


def _aggregate(one: Aggregate, profile: Profile, bind: Bind) -> tuple[str, ColumnType, str | None]:
    """An aggregate's SQL, and the type and unit of its result."""
    if one.column is None:
        if one.function != "count":
            raise BadPlan(f'"{one.function}" needs a column.')
        return "count(*)", "integer", None
    column = known(profile, one.column)
    name = quoted(column.name)
    if one.function in {"count", "count_distinct"}:
        distinct = "DISTINCT " if one.function == "count_distinct" else ""
        return f"count({distinct}{name})", "integer", None
    if one.function in _OF_ANY:
        by = quoted(known(profile, one.by or "").name) if one.by else ""
        return _OF_ANY[one.function].format(name=name, by=by), column.type, column.unit
    if column.type == "boolean":
        name = f"CAST({name} AS INTEGER)"
    elif column.type not in NUMERIC:
        raise BadPlan(f'"{column.name}" is {column.type}: it has no {one.function}.')
    if one.function == "percentile":
        return f"quantile_cont({name}, {bind((one.percent or 0) / 100)})", "number", column.unit
    return f"{_FUNCTIONS[one.function]}({name})", _kind(one, column), column.unit


def _check_members(one: Aggregate) -> None:
    """`by` and `percent` stand where they mean something, and only there."""
    if (one.by is not None) != (one.function in _ENDS or one.function in _PAIRED):
        need = "needs" if one.by is None else "takes no"
        raise BadPlan(f'"{one.function}" {need} second column ("by").')
    if (one.percent is not None) != (one.function == "percentile"):
        need = "needs" if one.percent is None else "takes no"
        raise BadPlan(f'"{one.function}" {need} "percent".')
    if one.percent is not None and not 0 <= one.percent <= 100:
        raise BadPlan(f"A percentile is between 0 and 100, not {one.percent:g}.")


def _kind(one: Aggregate, column: Column) -> ColumnType:
    return "integer" if one.function == "sum" and column.type != "number" else "number"


def rank_names(one: Aggregate) -> tuple[str, str]:
    """What the columns are called that hold the ranks of a rank correlation's two columns."""
    return f"rank of {one.column} with {one.by}", f"rank of {one.by} with {one.column}"


def rank_columns(one: Aggregate, keys: list[str]) -> list[Selected]:
    """The ranks of the pairs of two columns among the rows with the same keys; ties share one."""
    names = [quoted(one.column or ""), quoted(one.by or "")]
    missing = f"{names[0]} IS NULL OR {names[1]} IS NULL"
    within = ", ".join([*keys, missing])
    return [
        Selected(
            f"CASE WHEN NOT ({missing}) THEN rank() OVER (PARTITION BY {within} ORDER BY {name}) "
            f"+ (count(*) OVER (PARTITION BY {within}, {name}) - 1) / 2.0 END",
            Output(rank, "number"),
        )
        for name, rank in zip(names, rank_names(one), strict=True)
    ]


def _paired(one: Aggregate, name: str, profile: Profile) -> list[Selected]:
    """A statistic of two columns, with its effect size and how many pairs it is of."""
    column, by = known(profile, one.column or ""), known(profile, one.by or "")
    for each in (column, by):
        dated = one.function == "trend" and each is by and by.type in DATED
        if each.type not in NUMERIC and not dated:
            raise BadPlan(f'"{each.name}" is {each.type}: "{one.function}" needs numbers.')
    y, x = quoted(column.name), quoted(by.name)
    pairs = Output("number of pairs", "integer")
    if one.function != "trend":
        ranked = one.function == "rank_correlation"
        if ranked and one.filters:
            raise BadPlan("A rank correlation takes no filters of its own.")
        of = [quoted(rank) for rank in rank_names(one)] if ranked else [y, x]
        statistic = Selected(f"corr({of[0]}, {of[1]})", Output(name, "number"))
        return [statistic, Selected(f"regr_count({y}, {x})", pairs)]
    per = f"unit of {label(by.name)}"
    if by.type in DATED:
        per, days = _trend_unit(by)
        x = f"epoch(CAST({x} AS TIMESTAMP)) / {round(days * _DAY_S)}"
    slope = Output(f"{name} per {per}", "number", unit=column.unit)
    return [
        Selected(f"regr_slope({y}, {x})", slope),
        Selected(f"regr_r2({y}, {x})", Output("R² of the trend", "number")),
        Selected(f"regr_count({y}, {x})", pairs),
    ]


def _trend_unit(by: Column) -> tuple[str, float]:
    """What a trend over dates is told per, and its length in days."""
    ends = [dt.datetime.fromisoformat(str(each)) for each in (by.minimum, by.maximum) if each]
    span_days = (ends[1] - ends[0]).days if len(ends) == 2 else 0
    return next((name, days) for name, days in _TREND_UNITS if span_days >= 2 * days or days == 1)


def named(columns: list[Selected]) -> list[Selected]:
    """The same columns, every header once: a second "month" becomes "month (2)"."""
    taken: set[str] = set()
    result = []
    for column in columns:
        output, number = column.output, 2
        while output.name.lower() in taken:
            output = replace(column.output, name=f"{column.output.name} ({number})")
            number += 1
        taken.add(output.name.lower())
        result.append(Selected(column.sql, output))
    return result
