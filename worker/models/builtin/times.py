"""Times: points in time and spans of it, as filters on a date column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from worker.query.plan import Filter


@dataclass(frozen=True)
class Point:
    """One time as named: any of year, months and day; or weekdays; or a quarter."""

    year: int | None = None
    months: tuple[int, ...] = ()
    day: int | None = None
    weekdays: tuple[int, ...] = ()
    quarter: int | None = None

    @property
    def shape(self) -> tuple[bool, ...]:
        """Which parts are named; points of one shape can stand in one list."""
        return tuple(
            bool(part) for part in (self.year, self.months, self.day, self.weekdays, self.quarter)
        )

    def bounds(self) -> tuple[dt.date, dt.date] | None:
        """First day, and the day after the last; None unless it is one unbroken period."""
        if self.year is None or self.weekdays or len(self.months) > 1:
            return None
        try:
            if self.quarter:
                return _months_from(self.year, 3 * self.quarter - 2, 3)
            if not self.months:
                return dt.date(self.year, 1, 1), dt.date(self.year + 1, 1, 1)
            if self.day is None:
                return _months_from(self.year, self.months[0], 1)
            first = dt.date(self.year, self.months[0], self.day)
        except ValueError:
            return None
        return first, first + dt.timedelta(days=1)


@dataclass(frozen=True)
class Time:
    """Times a question restricts itself to; `relation` is eq, gt, ge, lt, le, between or last.

    `window` is how many of which unit the last ones are; without a number ("the last quarter"),
    it is `open`: a calendar period and a span of as many days may differ.
    """

    points: tuple[Point, ...]
    relation: str = "eq"
    window: tuple[int, str] = (0, "")
    open: bool = False

    @property
    def years(self) -> set[int]:
        """The years it names."""
        return {point.year for point in self.points if point.year is not None}

    def filters(self, column: str) -> list[Filter] | None:
        """As filters on date column `column`; None if it cannot be said in a plan."""
        if self.relation == "last":
            return [Filter(column=column, operator="last", values=[*self.window])]
        if self.relation == "between":
            return _between(column, *self.points)
        if self.relation != "eq":
            return _one_sided(column, self.relation, self.points[0])
        return _one_of(column, self.points)


def _months_from(year: int, month: int, count: int) -> tuple[dt.date, dt.date]:
    end = month - 1 + count
    return dt.date(year, month, 1), dt.date(year + end // 12, end % 12 + 1, 1)


def _part(
    column: str, part: str, values: tuple[int | None, ...], operator: str | None = None
) -> Filter:
    operator = operator or ("eq" if len(values) == 1 else "in")
    return Filter.model_validate(
        {"column": column, "operator": operator, "values": list(values), "part": part}
    )


def _window(column: str, first: dt.date, end: dt.date) -> list[Filter]:
    return [
        Filter(column=column, operator="ge", values=[first.isoformat()]),
        Filter(column=column, operator="lt", values=[end.isoformat()]),
    ]


def _one_of(column: str, points: tuple[Point, ...]) -> list[Filter] | None:
    head = points[0]
    if head.day is not None:
        bounds = head.bounds()
        return _window(column, *bounds) if bounds and len(points) == 1 else None
    filters = []
    for name, part in (
        ("year", "year"),
        ("months", "month_of_year"),
        ("weekdays", "day_of_week"),
        ("quarter", "quarter"),
    ):
        named = [getattr(point, name) for point in points]
        if not any(named):
            continue
        flat = [v for value in named for v in (value if isinstance(value, tuple) else (value,))]
        filters.append(_part(column, part, tuple(dict.fromkeys(flat))))
    # Two points that differ in two parts (July 2012 or May 2014) are not a product of both lists.
    wide = [f for f in filters if f.operator == "in"]
    return filters if len(points) == 1 or len(wide) <= 1 else None


def _one_sided(column: str, relation: str, point: Point) -> list[Filter] | None:
    bounds = point.bounds()
    if bounds is None:
        return None
    if point == Point(year=point.year):
        return [_part(column, "year", (point.year,), relation)]
    first, end = bounds
    value, operator = {
        "gt": (end, "ge"),
        "ge": (first, "ge"),
        "lt": (first, "lt"),
        "le": (end, "lt"),
    }[relation]
    return [
        Filter.model_validate(
            {"column": column, "operator": operator, "values": [value.isoformat()]}
        )
    ]


def _between(column: str, low: Point, high: Point) -> list[Filter] | None:
    if low.year is None and high.year is not None and low.months:
        low = replace(low, year=high.year)
    low_bounds, high_bounds = low.bounds(), high.bounds()
    if low_bounds and high_bounds:
        if low_bounds[0] > high_bounds[0]:
            return None
        if low == Point(year=low.year) and high == Point(year=high.year):
            return [_part(column, "year", (low.year, high.year), "between")]
        return _window(column, low_bounds[0], high_bounds[1])
    if low.months and high.months and low.day is None and high.day is None:
        first, last = low.months[0], high.months[-1]
        months = range(first, last + 1 if last >= first else last + 13)
        return [_part(column, "month_of_year", tuple((m - 1) % 12 + 1 for m in months))]
    return None
