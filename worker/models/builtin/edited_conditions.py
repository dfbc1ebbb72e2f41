"""Edited conditions: a plan with other filters, each for those it cannot stand beside."""

from __future__ import annotations

from collections.abc import Iterable

from shared.datasets import Profile
from worker.models.builtin.frame import Abstention
from worker.models.builtin.restating import choose
from worker.query.plan import Filter, QueryPlan

_SIDES = {"gt": "above", "ge": "above", "lt": "below", "le": "below"}
_SEASONS = frozenset({"quarter", "month_of_year"})
_DENIED = frozenset({"ne", "not_in"})


def changed(plan: QueryPlan, **parts: object) -> QueryPlan:
    """The plan with other parts, checked as any plan is."""
    return QueryPlan.model_validate({**plan.model_dump(), **parts})


def filtered(plan: QueryPlan, new: Iterable[Filter], profile: Profile, *, adds: bool) -> QueryPlan:
    """The plan with these conditions, each in the place of those it cannot stand beside."""
    new = list(new)
    old = list(plan.filters)
    sides = [plan.compare.left, plan.compare.right] if plan.compare else []
    elsewhere = {one.column for one in [*sides, *(o for each in plan.any_of for o in each)]}
    for one in new:
        if one.column in elsewhere and one.part is None:
            raise Abstention(f"I can't tell what to change about “{one.column}”.", bound=1)
    for one in new:
        kept = [other for other in old if other not in new]
        own = [other for other in kept if other.column == one.column]
        if any(other.cell is not None or other.negated for other in own):
            raise Abstention(f"I can't tell what to change about “{one.column}”.", bound=1)
        replaced = _replaced(one, own, new, plan, profile, adds=adds)
        old = [other for other in old if other not in replaced]
        old.append(_any_of([*replaced, one]) if adds else one)
    return changed(plan, filters=old)


def _any_of(filters: list[Filter]) -> Filter:
    """One condition for the values of several, as far as they name values."""
    last = filters[-1]
    if any(one.operator not in {"eq", "in"} or one.part is not None for one in filters):
        return last
    values = list(dict.fromkeys(value for one in filters for value in one.values))
    return Filter(column=last.column, operator="in" if len(values) > 1 else "eq", values=values)


def _replaced(
    one: Filter,
    own: list[Filter],
    new: list[Filter],
    plan: QueryPlan,
    profile: Profile,
    *,
    adds: bool,
) -> list[Filter]:
    """The conditions on the same column that a new one takes the place of."""
    kind = profile.column(one.column).type
    if kind in {"date", "datetime"}:
        return _other_time(one, own, new, plan, profile)
    if kind in {"text", "boolean"} or one.operator in {"is_null", "not_null"}:
        denied = one.operator in _DENIED
        said = [other for other in own if other.operator not in _DENIED]
        if denied and said:
            raise Abstention(f"The last answer has only some of “{one.column}” already.", bound=1)
        if denied and own and not adds:
            plans = [
                changed(plan, filters=[*[f for f in plan.filters if f not in gone], one])
                for gone in (own, [])
            ]
            raise choose("In place of what was left out, or besides?", plans, profile)
        return own if not denied else []
    side = _SIDES.get(one.operator)
    across = [other for other in own if side and _SIDES.get(other.operator) not in {side, None}]
    if across and not any(other in new for other in across):
        rest = [f for f in plan.filters if f not in own]
        plans = [changed(plan, filters=[*rest, one]), changed(plan, filters=[*plan.filters, one])]
        raise choose("In place of the last condition, or besides it?", plans, profile)
    return own


def _other_time(
    one: Filter, own: list[Filter], new: list[Filter], plan: QueryPlan, profile: Profile
) -> list[Filter]:
    """A year takes the place of a year, a month that of a month, a window that of all of them."""
    if one.part == "day_of_week":
        return [other for other in own if other.part == one.part]
    if one.part is None:
        return [other for other in own if other.part != "day_of_week"]
    windows = [other for other in own if other.part is None]
    whole = {other.part for other in new} >= {"year", "month_of_year"}
    if windows and not whole:
        rest = [f for f in plan.filters if f not in windows]
        shifted = _shifted(one, windows)
        plans = [changed(plan, filters=[*rest, *new])]
        plans += [changed(plan, filters=[*rest, *shifted])] if shifted else []
        raise choose("Do you mean all of that time?", plans, profile)
    parts = _SEASONS if one.part in _SEASONS else {one.part}
    return [*windows, *[other for other in own if other.part in parts]]


def _shifted(year: Filter, windows: list[Filter]) -> list[Filter]:
    """The same days of another year; nothing where a window does not lie in one."""
    ends = [str(value) for one in windows for value in one.values]
    if year.part != "year" or year.operator != "eq" or len({end[:4] for end in ends}) != 1:
        return []
    if any(end[4:10] == "-02-29" for end in ends):
        return []
    return [
        one.model_copy(update={"values": [f"{year.values[0]}{str(v)[4:]}" for v in one.values]})
        for one in windows
    ]
