"""Cells: values of a query as JSON, under the names people use.

Only the standard library is imported here: the query helper loads this module.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_RECURRING: dict[str, Callable[[int], str]] = {
    "quarter_of_year": lambda number: f"Q{number}",
    "month_of_year": lambda number: MONTHS[number - 1],
    "day_of_week": lambda number: DAYS[number - 1],
    "hour_of_day": lambda number: f"{number:02}:00",
}


def plain(value: Any) -> Any:
    """A value as JSON: dates as ISO 8601 text, NaN and infinities as None, numbers untouched."""
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="auto")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def bucketed(value: Any, bucket: str | None) -> Any:
    """A group key as people write it: 2012-03, 2012-Q1, 2012-W05, March, Monday, 14:00."""
    if bucket is None or value is None:
        return plain(value)
    if bucket in _RECURRING:
        return _RECURRING[bucket](value)
    match bucket:
        case "year":
            return f"{value.year:04}"
        case "quarter":
            return f"{value.year:04}-Q{(value.month + 2) // 3}"
        case "month":
            return f"{value.year:04}-{value.month:02}"
        case "week":
            year, week, _ = value.isocalendar()
            return f"{year:04}-W{week:02}"
        case "day":
            return f"{value.year:04}-{value.month:02}-{value.day:02}"
        case _:
            return value.isoformat(sep=" ", timespec="minutes")
