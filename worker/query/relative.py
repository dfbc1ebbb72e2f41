"""Relative conditions: what "the last 30 days" and "above average" mean in this table."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from shared.datasets import Column
from worker.query.errors import BadPlan
from worker.query.plan import Filter

_AVERAGES = {"mean": "avg", "median": "median"}
_IQR_FENCE = 1.5
_Z_FENCE = 3
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_MOST = 100_000


def relative(one: Filter, name: str, chosen: str) -> str:
    """A condition on the quoted column `name` against all rows of `chosen`; raises BadPlan."""
    how = str(one.values[0])
    if one.operator in {"above", "below"}:
        if how not in _AVERAGES:
            raise BadPlan(f'"{one.operator}" takes "mean" or "median", not "{how}".')
        sign = ">" if one.operator == "above" else "<"
        return f"{name} {sign} {_over(chosen, f'{_AVERAGES[how]}({name})')}"
    if how == "zscore":
        spread = _over(chosen, f"stddev_samp({name})")
        return f"abs({name} - {_over(chosen, f'avg({name})')}) > {_Z_FENCE} * {spread}"
    if how != "iqr":
        raise BadPlan(f'"outlier" takes "iqr" or "zscore", not "{how}".')
    low, high = (f"quantile_cont({name}, {share})" for share in (0.25, 0.75))
    reach = f"{_IQR_FENCE} * ({high} - {low})"
    lowest, highest = _over(chosen, f"{low} - {reach}"), _over(chosen, f"{high} + {reach}")
    return f"({name} < {lowest} OR {name} > {highest})"


def window_edge(one: Filter, column: Column) -> str:
    """Where a `last` or `first` window begins or ends, not itself in it, as ISO 8601 text.

    The window is counted from the newest (oldest) value of the column, and holds it: of a column
    that ends on 31 January, the last 31 days are January. Raises BadPlan.
    """
    if column.type not in {"date", "datetime"}:
        raise BadPlan(f'"{column.name}" is {column.type}: it has no {one.operator} days.')
    end = column.maximum if one.operator == "last" else column.minimum
    if end is None:
        raise BadPlan(f'"{column.name}" has no values.')
    count, unit = _count(one.values[0]), str(one.values[1])
    sign = -1 if one.operator == "last" else 1
    moment = dt.datetime.fromisoformat(str(end))
    try:
        if unit == "hour" and column.type == "datetime":
            return (moment + sign * dt.timedelta(hours=count)).isoformat(sep=" ")
        if unit in _MONTHS:
            return _months_from(moment.date(), sign * count * _MONTHS[unit]).isoformat()
        if unit in _DAYS:
            return (moment.date() + sign * dt.timedelta(days=count * _DAYS[unit])).isoformat()
    except (ValueError, OverflowError):
        raise BadPlan(f"{count:,} {unit}s reach out of the calendar.") from None
    raise BadPlan(f'"{column.name}" is {column.type}: a window of it has no {unit}s.')


def _over(chosen: str, expression: str) -> str:
    return f"(SELECT {expression} FROM {chosen})"  # noqa: S608 - names are quoted


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST:
        raise BadPlan(f"A window is 1 to {_MOST:,} units long, not {value!r}.")
    return value


def _months_from(day: dt.date, months: int) -> dt.date:
    """The same day some months away; the last of a month stays the last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    last = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, length if last else min(day.day, length))
