"""Wording: a query plan in plain English, as people would say it.

Every phrase made here can also be asked: the built-in planner reads it back as the same plan.
"""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
from typing import Any

from shared.datasets import Profile
from worker.query.plan import Aggregate, Filter, GroupBy, QueryPlan

FUNCTIONS = {
    "count": "number",
    "count_distinct": "number of different",
    "sum": "total",
    "mean": "average",
    "median": "median",
    "min": "lowest",
    "max": "highest",
    "std": "standard deviation of",
}
BUCKETS = {
    "year": "year",
    "quarter": "quarter",
    "month": "calendar month",
    "week": "week",
    "day": "day",
    "hour": "hour",
    "month_of_year": "month of the year",
    "day_of_week": "day of the week",
    "hour_of_day": "hour of the day",
}
_COMPARISONS = {
    "eq": "is exactly",
    "ne": "is not exactly",
    "lt": "is below",
    "le": "is at most",
    "gt": "is above",
    "ge": "is at least",
}
_TIMES = {"eq": "in", "in": "in", "lt": "before", "le": "until", "gt": "after", "ge": "since"}


def label(name: str) -> str:
    """A column's name as words: `temp_max` -> temp max, `Body Mass (g)` -> body mass."""
    words = (name.split("(", maxsplit=1)[0].strip(" $%") or name).replace("_", " ").split()
    return " ".join(w.lower() if w[1:] == w[1:].lower() else w for w in words)


def joined(items: list[str], link: str = "and") -> str:
    """A list as said: "a, b and c"."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {link} {items[-1]}"


def figure(aggregate: Aggregate, rows: str = "rows") -> str:
    """One aggregate: "average precipitation", "number of days"."""
    if aggregate.column is None:
        return f"number of {rows}"
    column = label(aggregate.column)
    if aggregate.function == "count":
        return f"number of {column} values"
    return f"{FUNCTIONS[aggregate.function]} {column}"


def key(group: GroupBy) -> str:
    """One grouping key: "month of the year", "species"."""
    return BUCKETS[group.bucket] if group.bucket else label(group.column)


def conditions(filters: list[Filter], profile: Profile, link: str = "or") -> str:
    """All filters, each with its preposition: "where weather is snow in 2014"; "" without any.

    `link` stands between values of which any will do.
    """
    windows, rest = _windows(filters)
    months, rest = _months_of_years(rest, link)
    where = [_condition(f, profile, link) for f in rest if not _is_time(f, profile)]
    when = [_time(f, link) for f in rest if _is_time(f, profile)]
    said = [f"where {joined(where)}"] if where else []
    return " ".join([*said, *when, *months, *windows])


def sentence(plan: QueryPlan, profile: Profile, rows: str = "rows") -> str:
    """The whole plan: "average precipitation by month of the year, highest first"."""
    if plan.aggregates:
        what = joined([figure(aggregate, rows) for aggregate in plan.aggregates])
        if plan.group_by:
            what += f" by {joined([key(group) for group in plan.group_by])}"
    else:
        what = joined([label(name) for name in plan.columns]) or "all columns"
        what = f"{what} of the {rows}"
    parts = [what, conditions(plan.filters, profile)]
    if plan.compare:
        sides = [conditions([side], profile) for side in (plan.compare.left, plan.compare.right)]
        parts.append(f"compared: {joined(sides, 'with')}")
    return " ".join(part for part in parts if part) + _order(plan, profile)


def _order(plan: QueryPlan, profile: Profile) -> str:
    order = ""
    if plan.sort:
        at, descending = plan.sort[0].output, plan.sort[0].descending
        keys = len(plan.group_by) if plan.aggregates else 0
        if plan.aggregates and at < keys:
            order = ", in reverse order" if descending else ""
        elif plan.aggregates or _name(plan, profile, at):
            dated = not plan.aggregates and _is_date(profile, _name(plan, profile, at))
            first = (
                ("latest" if descending else "earliest")
                if dated
                else ("highest" if descending else "lowest")
            )
            by = "" if plan.aggregates or dated else f" {label(_name(plan, profile, at))}"
            order = f", {first}{by} first"
    return order + (f", at most {plan.limit}" if plan.limit is not None else "")


def _name(plan: QueryPlan, profile: Profile, at: int) -> str:
    names = plan.columns or [column.name for column in profile.columns]
    return names[at]


def _is_date(profile: Profile, name: str) -> bool:
    return profile.column(name).type in {"date", "datetime"}


def _is_time(one: Filter, profile: Profile) -> bool:
    dated = _is_date(profile, one.column)
    return one.operator not in {"is_null", "not_null"} and (one.part is not None or dated)


def _windows(filters: list[Filter]) -> tuple[list[str], list[Filter]]:
    """Pairs "from day a, before day b" of one date column, as one phrase each; and the rest."""
    said, rest, skip = [], list(filters), False
    for low, high in itertools.pairwise(filters):
        pair = low.operator == "ge" and high.operator == "lt" and low.part is high.part is None
        if skip or not pair or low.column != high.column or not isinstance(low.values[0], str):
            skip = False
            continue
        phrase = _window(str(low.values[0]), str(high.values[0]))
        if phrase:
            said.append(phrase)
            rest = [f for f in rest if f not in (low, high)]
            skip = True
    return said, rest


def _months_of_years(filters: list[Filter], link: str) -> tuple[list[str], list[Filter]]:
    """A year and months of the same column as one phrase, "in July 2014"; and the rest."""
    years = [f for f in filters if f.part == "year" and f.operator == "eq"]
    for year in years:
        for month in filters:
            same = month.column == year.column and month.operator in {"eq", "in"}
            if same and month.part == "month_of_year":
                names = [part_name(month.part, value) for value in month.values]
                rest = [f for f in filters if f not in (year, month)]
                return [f"in {joined(names, link)} {year.values[0]}"], rest
    return [], filters


def _window(low: str, high: str) -> str | None:
    try:
        first = dt.date.fromisoformat(low)
        last = dt.date.fromisoformat(high) - dt.timedelta(days=1)
    except ValueError:
        return None
    if first == last:
        return f"on {first}"
    days = calendar.monthrange(first.year, first.month)[1]
    if first.day == 1 and last == first.replace(day=days):
        return f"in {calendar.month_name[first.month]} {first.year}"
    return f"from {first} to {last}"


def _time(one: Filter, link: str) -> str:
    values = [part_name(one.part, value) for value in one.values]
    if one.operator == "between":
        return f"between {joined(values)}"
    if one.operator in {"ne", "not_in"}:
        return f"not in {joined(values, 'or')}"
    if one.part == "day_of_week":
        return f"on {joined([f'{value}s' for value in values], link)}"
    if one.part is None and one.operator == "eq":
        return f"on {values[0]}"
    return f"{_TIMES[one.operator]} {joined(values, link)}"


def part_name(part: str | None, value: Any) -> str:
    """A date part as people say it: month 7 is July, weekday 1 Monday."""
    if part == "month_of_year":
        return calendar.month_name[int(value)]
    if part == "day_of_week":
        return calendar.day_name[int(value) - 1]
    return f"Q{value}" if part == "quarter" else str(value)


def _value(value: Any) -> str:
    """A value of a filter; long fractions, as of converted units, are cut."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{round(value, 2):,}"


def _condition(one: Filter, profile: Profile, link: str) -> str:
    column, said = label(one.column), [_value(value) for value in one.values]
    unit = profile.column(one.column).unit
    if unit and profile.column(one.column).type in {"integer", "number"}:
        said = [f"{value} {unit}" for value in said]
    simple = {
        "is_null": f"{column} is missing",
        "not_null": f"{column} is not missing",
        "between": f"{column} is between {joined(said)}",
        "in": f"{column} is {joined(said, link)}",
        "not_in": f"{column} is not {joined(said, 'or')}",
        "contains": f"{column} contains {joined(said)}",
    }
    if one.operator in simple:
        return simple[one.operator]
    if isinstance(one.values[0], str):
        return f"{column} {'is' if one.operator == 'eq' else 'is not'} {said[0]}"
    return f"{column} {_COMPARISONS[one.operator]} {said[0]}"
