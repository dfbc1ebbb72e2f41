"""Across the groups: shares, running and moving values, changes, and two figures set together.

All expressions here are over the columns of a relation that has one row per group.
"""

from __future__ import annotations

from dataclasses import replace

from shared.datasets import Profile
from worker.query.conditions import DATED, NUMERIC, Bind
from worker.query.errors import BadPlan
from worker.query.figures import Output, Selected
from worker.query.plan import Aggregate, Calculation, Having, Over, QueryPlan
from worker.query.sql import quoted
from worker.query.wording import calculated, figure, summary_name

_CALENDAR = frozenset({"year", "quarter", "month", "week", "day", "hour"})
_COMPARED = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_SUMMARIES = {"mean": "avg", "median": "median", "sum": "sum", "min": "min", "max": "max"}
_PERCENT = "%"
_MOST_GROUPS = 10_000


def over_column(
    one: Aggregate, base: Output, plan: QueryPlan, keys: list[Output], profile: Profile
) -> Selected:
    """What `one.over` makes of the column `base`; raises BadPlan."""
    over = one.over
    assert over is not None  # noqa: S101 - the caller's condition
    if base.type not in NUMERIC:
        raise BadPlan(f"The {base.name} is {base.type}: it has no {over.kind}.")
    if not keys:
        raise BadPlan(f'"{over.kind}" needs groups to look across.')
    if (over.size is not None) != (over.kind == "moving"):
        raise BadPlan('"moving" needs a size, and nothing else takes one.')
    if over.kind in {"share", "rank"}:
        sql = _among(over, quoted(base.name), keys)
    else:
        sql = _along(over, quoted(base.name), plan, keys)
    output = replace(base, name=figure(one, profile=profile))
    if over.kind in {"share", "percent_change"}:
        output = replace(output, type="number", unit=_PERCENT)
    elif over.kind == "moving":
        output = replace(output, type="number")
    elif over.kind == "rank":
        output = replace(output, type="integer", unit=None)
    return Selected(sql, output)


def _among(over: Over, name: str, keys: list[Output]) -> str:
    if any(not 0 <= at < len(keys) for at in over.within):
        raise BadPlan(f"There is no group key {over.within} to stay within.")
    within = ", ".join(quoted(keys[at].name) for at in over.within)
    partition = f"PARTITION BY {within}" if within else ""
    if over.kind == "share":
        return f"100.0 * {name} / nullif(sum({name}) OVER ({partition}), 0)"
    order = f"ORDER BY {name} DESC NULLS LAST"
    return f"rank() OVER ({' '.join(part for part in (partition, order) if part)})"


def _along(over: Over, name: str, plan: QueryPlan, keys: list[Output]) -> str:
    times = [at for at, group in enumerate(plan.group_by) if group.bucket in _CALENDAR]
    along = times[0] if times else 0
    rest = ", ".join(quoted(key.name) for at, key in enumerate(keys) if at != along)
    order = f"ORDER BY {quoted(keys[along].name)} NULLS LAST"
    window = f"PARTITION BY {rest} {order}" if rest else order
    if over.kind == "running":
        return f"sum({name}) OVER ({window} ROWS UNBOUNDED PRECEDING)"
    before = f"lag({name}) OVER ({window})"
    if over.kind == "change":
        return f"{name} - {before}"
    if over.kind == "percent_change":
        return f"100.0 * ({name} - {before}) / nullif(abs({before}), 0)"
    size = over.size or 0
    if not 2 <= size <= _MOST_GROUPS:
        raise BadPlan(f"A moving average is over 2 to {_MOST_GROUPS:,} groups, not {size:,}.")
    frame = f"{window} ROWS {size - 1} PRECEDING"
    # The first groups have too few before them: no average is better than one of fewer.
    return f"CASE WHEN count({name}) OVER ({frame}) = {size} THEN avg({name}) OVER ({frame}) END"


def calculation(
    one: Calculation, plan: QueryPlan, bases: list[list[Output]], profile: Profile
) -> Selected:
    """Two figures set together; `bases` are the columns of each aggregate. Raises BadPlan."""
    for at in (one.left, one.right):
        if not 0 <= at < len(bases):
            raise BadPlan(f"There is no figure {at} to calculate with.")
        if plan.aggregates[at].over is not None:
            raise BadPlan("Calculations are made of plain figures.")
    left, right = bases[one.left][0], bases[one.right][0]
    name, (a, b) = calculated(one, plan, profile), (quoted(left.name), quoted(right.name))
    if one.operation == "difference" and {left.type, right.type} <= DATED:
        return Selected(f"date_diff('day', {b}, {a})", Output(name, "integer", unit="days"))
    for each in (left, right):
        if each.type not in NUMERIC:
            raise BadPlan(f"The {each.name} is {each.type}: it cannot be calculated with.")
    if one.operation == "difference":
        whole = left.type == right.type == "integer"
        unit = left.unit if left.unit == right.unit else None
        return Selected(f"{a} - {b}", Output(name, "integer" if whole else "number", unit=unit))
    if one.operation == "ratio":
        return Selected(f"{a} / nullif({b}, 0)", Output(name, "number", unit=_per(left, right)))
    above = a if one.operation == "percent" else f"({a} - {b})"
    below = b if one.operation == "percent" else f"abs({b})"
    sql = f"100.0 * {above} / nullif({below}, 0)"
    return Selected(sql, Output(name, "number", unit=_PERCENT))


def _per(left: Output, right: Output) -> str | None:
    """The unit of a ratio: none for a like unit, that of the left over a bare number."""
    if left.unit == right.unit:
        return None
    return f"{left.unit or ''}/{right.unit}" if right.unit else left.unit


def having(one: Having, columns: list[Output], bind: Bind) -> str:
    """A condition on one of the output columns; raises BadPlan."""
    if not 0 <= one.output < len(columns):
        raise BadPlan(f"There is no output {one.output} to keep groups by.")
    column = columns[one.output]
    wanted = {"is_null": 0, "not_null": 0, "between": 2}.get(one.operator, 1)
    if len(one.values) != wanted:
        raise BadPlan(f'"{one.operator}" takes {wanted} values, not {len(one.values)}.')
    name = quoted(column.name)
    if wanted == 0:
        return f"{name} IS {'NOT ' if one.operator == 'not_null' else ''}NULL"
    if column.type not in NUMERIC:
        raise BadPlan(f"The {column.name} is {column.type}: it cannot be compared with a number.")
    values = [bind(value) for value in one.values]
    if wanted == 2:
        return f"{name} BETWEEN {values[0]} AND {values[1]}"
    return f"{name} {_COMPARED[one.operator]} {values[0]}"


def summarized(plan: QueryPlan, columns: list[Output], profile: Profile) -> Selected:
    """The plan's summary, over a relation with one row for each group that is kept.

    Raises BadPlan.
    """
    one = plan.summary
    assert one is not None  # noqa: S101 - the caller's condition
    name = summary_name(plan, profile)
    if one.function == "count":
        return Selected("count(*)", Output(name, "integer"))
    if not len(plan.group_by) <= one.output < len(columns):
        raise BadPlan(f"There is no figure {one.output} to summarize.")
    of = columns[one.output]
    if of.type not in NUMERIC:
        raise BadPlan(f"The {of.name} is {of.type}: it has no {one.function}.")
    kind = of.type if one.function in {"sum", "min", "max"} else "number"
    sql = f"{_SUMMARIES[one.function]}({quoted(of.name)})"
    return Selected(sql, Output(name, kind, unit=of.unit))
