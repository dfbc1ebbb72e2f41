"""Wording of conditions: the filters of a plan in plain English."""

from __future__ import annotations

import calendar
import datetime as dt
import itertools
import re
from typing import Any

from shared.datasets import Profile
from worker.query.plan import Cell, Filter, QueryPlan

_COMPARISONS = {
    "eq": "is exactly",
    "ne": "is not exactly",
    "lt": "is below",
    "le": "is at most",
    "gt": "is above",
    "ge": "is at least",
}
_OPPOSITES = {
    "eq": "ne", "lt": "ge", "le": "gt", "in": "not_in", "is_null": "not_null",
    "ne": "eq", "ge": "lt", "gt": "le", "not_in": "in", "not_null": "is_null",
}  # fmt: skip
_METHODS = {"iqr": "more than 1.5 IQR from the quartiles", "zscore": "more than 3 SD off the mean"}
_NAMING = re.compile(r"^(\w+ )?(year|id|no\.?|nr\.?|code)$", re.IGNORECASE)
_AVERAGES = {"mean": "average", "median": "the median"}
_TIMES = {"eq": "in", "in": "in", "lt": "before", "le": "until", "gt": "after", "ge": "since"}


def label(name: str) -> str:
    """A column's name as words: `temp_max` -> temp max, `Body Mass (g)` -> body mass."""
    words = (name.split("(", maxsplit=1)[0].strip(" $%") or name).replace("_", " ").split()
    return " ".join(w.lower() if w[1:] == w[1:].lower() else w for w in words)


def only_names(column: str) -> bool:
    """Whether whole numbers in a column name something, as years and codes do: 2014 is no 2,014."""
    return _NAMING.search(label(column)) is not None


def joined(items: list[str], link: str = "and") -> str:
    """A list as said: "a, b and c"."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} {link} {items[-1]}"


def conditions(filters: list[Filter], profile: Profile, link: str = "or") -> str:
    """All filters, each with its preposition: "where weather is snow in 2014"; "" without any.

    `link` stands between values of which any will do. Which of several dates a time is of is said.
    """
    where = [_condition(f, profile, link) for f in filters if not _is_time(f, profile)]
    said = [f"where {joined(where)}"] if where else []
    times = [f for f in filters if _is_time(f, profile)]
    several = sum(_is_date(profile, column.name) for column in profile.columns) > 1
    for column in dict.fromkeys(one.column for one in times):
        windows, rest = _windows([one for one in times if one.column == column])
        months, rest = _months_of_years(rest, link)
        said += [*(_time(one, link) for one in rest), *months, *windows]
        said += [f"({label(column)})"] if several else []
    return " ".join(said)


def chosen(plan: QueryPlan, profile: Profile, link: str = "or") -> str:
    """Which rows a plan takes: its filters, and of each list of alternatives any; "" for all."""
    said = conditions(plan.filters, profile, link)
    for alternatives in plan.any_of:
        either = [conditions([one], profile, link) for one in alternatives]
        start = "where either" if either[0].startswith("where ") else "either"
        rest = joined([one.removeprefix("where ") for one in either], "or")
        said = f"{said} and either {rest}" if said else f"{start} {rest}"
    return said


def _is_date(profile: Profile, name: str) -> bool:
    return profile.column(name).type in {"date", "datetime"}


def _is_time(one: Filter, profile: Profile) -> bool:
    dated = _is_date(profile, one.column) and one.cell is None
    return one.operator not in {"is_null", "not_null"} and (one.part is not None or dated)


def _windows(filters: list[Filter]) -> tuple[list[str], list[Filter]]:
    """Pairs "from day a, before day b" of one date column, as one phrase each; and the rest."""
    said, rest, skip = [], list(filters), False
    for low, high in itertools.pairwise(filters):
        pair = low.operator == "ge" and high.operator == "lt" and low.part is high.part is None
        pair = pair and not (low.negated or high.negated)
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
    plain = [f for f in filters if not f.negated]
    years = [f for f in plain if f.part == "year" and f.operator == "eq"]
    for year in years:
        for month in plain:
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
    if one.negated:
        return f"not {_time(one.model_copy(update={'negated': False}), link)}"
    if one.operator in {"last", "first"}:
        count, unit = one.values
        span = unit if count == 1 else f"{count:,} {unit}s"
        return f"in the {one.operator} {span} of the data"
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
    """A date part as people say it: month 7 is July, weekday 1 Monday; a name stays one."""
    if not str(value).isdigit():
        return str(value)
    if part == "month_of_year":
        return calendar.month_name[int(value)]
    if part == "day_of_week":
        return calendar.day_name[int(value) - 1]
    return f"Q{value}" if part == "quarter" else str(value)


def _value(value: Any, column: str) -> str:
    """A value of a filter; long fractions, as of converted units, are cut."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) or (isinstance(value, int) and only_names(column)):
        return str(value)
    return f"{int(value) if float(value).is_integer() else round(value, 2):,}"


def _condition(one: Filter, profile: Profile, link: str) -> str:
    if one.negated and one.operator in _OPPOSITES:
        opposite = {"operator": _OPPOSITES[one.operator], "negated": False}
        return _condition(one.model_copy(update=opposite), profile, link)
    if one.cell is not None:
        return _beside(one, one.cell, profile, link)
    column, said = label(one.column), [_value(value, one.column) for value in one.values]
    unit = profile.column(one.column).unit
    if unit and profile.column(one.column).type in {"integer", "number"}:
        said = [f"{value} {unit}" for value in said]
    phrases = _phrases(one, said, link)
    if one.operator in phrases:
        return f"{column} {phrases[one.operator]}"
    if isinstance(one.values[0], str | bool):
        return f"{column} {'is' if one.operator == 'eq' else 'is not'} {said[0]}"
    return f"{column} {_COMPARISONS[one.operator]} {said[0]}"


def _beside(one: Filter, cell: Cell, profile: Profile, link: str) -> str:
    """A comparison with a cell: "votes is above that where county is Alameda"."""
    other = "that" if cell.column == one.column else f"the {label(cell.column)}"
    rows = conditions(cell.filters, profile, link)
    comparison = _COMPARISONS[one.operator].replace(" exactly", "")
    if cell.offset:
        side = "more" if cell.offset > 0 else "less"
        comparison += f" {abs(cell.offset):,} {side} than"
    return f"{label(one.column)} {comparison} {other} {rows}".rstrip()


def _phrases(one: Filter, said: list[str], link: str) -> dict[str, str]:
    """What follows the column's name, for the operators that are said in one way only."""
    be = "is not" if one.negated else "is"
    how = str(one.values[0]) if one.values else ""
    return {
        "is_null": "is missing",
        "not_null": "is not missing",
        "between": f"{be} between {joined(said)}",
        "in": f"is {joined(said, link)}",
        "not_in": f"is not {joined(said, 'or')}",
        "contains": f"{_verb('contain', one)} {joined(said)}",
        "starts_with": f"{_verb('start', one)} with {joined(said)}",
        "ends_with": f"{_verb('end', one)} with {joined(said)}",
        "above": f"{be} above {_AVERAGES.get(how, how)}",
        "below": f"{be} below {_AVERAGES.get(how, how)}",
        "outlier": f"{'is no' if one.negated else 'is an'} outlier ({_METHODS.get(how, how)})",
    }


def _verb(verb: str, one: Filter) -> str:
    return f"does not {verb}" if one.negated else f"{verb}s"
