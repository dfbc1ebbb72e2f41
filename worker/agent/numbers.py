"""Numbers and cells as people read them."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from worker.query.condition_words import only_names

_PREFIX_UNITS = {"$", "€", "£"}
_PRECISE = 0.1


def number(value: float, unit: str | None = None) -> str:
    """A number with thousands separators, at most two decimals (more only below 0.1), and its unit.

    >>> number(1461.0), number(6.2345, "mm"), number(0.01234)
    ('1,461', '6.23 mm', '0.012')
    """
    if not math.isfinite(value):
        text = str(value)
    elif float(value).is_integer():
        text = f"{value:,.0f}"
    elif abs(value) < _PRECISE:
        text = f"{value:.2g}"
    else:
        decimals = 1 if abs(value) >= 10 else 2
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    if unit is None:
        return text
    if unit in _PREFIX_UNITS:
        return f"{unit}{text}"
    return f"{text}{unit}" if unit == "%" else f"{text} {unit}"


def cell(value: Any, unit: str | None = None, header: str = "") -> str:
    """Any cell of a result: numbers with their unit, dates without an empty time of day.

    Under a header that speaks of years or codes, 2014 is one, and no 2,014.
    """
    if value is None:
        return "no value"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and only_names(header):
        return str(value)
    if isinstance(value, int | float):
        return number(value, unit)
    if isinstance(value, dt.date | dt.datetime):
        value = value.isoformat()
    return str(value).removesuffix("T00:00:00").removesuffix(" 00:00:00")


def plural(count: int, noun: str) -> str:
    """A counted noun given in the plural: 1 day, 8 days."""
    return f"{count:,} {noun.removesuffix('s') if count == 1 else noun}"
