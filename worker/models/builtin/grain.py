"""Grain: how the rows of a table follow each other in time."""

from __future__ import annotations

import datetime as dt

from shared.datasets import Column, Profile

_MONTH_DAYS = range(28, 32)
_YEAR_DAYS = range(365, 367)
# The share of days that has to be there: a day may be missing now and then.
_DAILY = 0.9


def step_of(date: Column | None) -> str | None:
    """The period between two dates of a column, if they are evenly spaced."""
    if date is None or date.distinct <= 1 or date.nulls:
        return None
    first, last = (dt.date.fromisoformat(str(v)[:10]) for v in (date.minimum, date.maximum))
    days = (last - first).days
    if date.type == "date" and date.distinct >= _DAILY * (days + 1):
        return "day"
    step_days = round(days / (date.distinct - 1))
    if step_days in _MONTH_DAYS:
        return "month"
    return "year" if step_days in _YEAR_DAYS else None


def within_a_year(date: Column) -> bool:
    """Whether all dates are of one calendar year, so that no month comes twice."""
    return str(date.minimum)[:4] == str(date.maximum)[:4]


def panel_of(profile: Profile, dated: Column | None) -> str | None:
    """The text column of which every value has one row per date: a location, an industry."""
    dates = dated.distinct if dated else 0
    for column in profile.columns:
        whole = column.type == "text" and not column.nulls
        if dates and whole and column.distinct * dates == profile.rows:
            return column.name
    return None
