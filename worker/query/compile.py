"""Compile: a query plan as DuckDB SQL; identifiers are quoted, values are always bound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from shared.datasets import Profile
from worker.query.across import calculation, having, over_column, summarized
from worker.query.checks import check
from worker.query.conditions import NUMERIC, Bind, condition, known
from worker.query.errors import BadPlan
from worker.query.figures import Output, Selected, figure_columns, key_column, named
from worker.query.plan import Aggregate, Filter, GroupBy, QueryPlan
from worker.query.rows import Rows, counted, reasons, rows_of, timed, where, with_named
from worker.query.sql import quoted
from worker.query.wording import conditions as said
from worker.query.wording import label

_WHOLE = '"groups in all"'
GROUPED, FIGURES = '"grouped rows"', '"figures of groups"'


@dataclass(frozen=True)
class Query:
    """A compiled plan: SQL with `$1`, `$2` ... and the values they stand for.

    `counts_sql` counts with values of its own: see rows.counted. `timed` is the column whose oldest
    and newest dates it also finds. `whole` says that a last column, no output, counts the groups
    before the limit.
    """

    sql: str
    parameters: list[Any]
    outputs: list[Output]
    counts_sql: str
    counts_parameters: list[Any]
    measured: list[str]
    reasons: list[str]
    timed: str | None
    whole: bool


@dataclass(frozen=True)
class _Shape:
    """What a statement selects, from which relation, and where each output of the plan starts.

    `listed` says that it lists rows, so that all columns together make their order certain.
    """

    columns: list[Selected]
    starts: list[int]
    lines: list[str]
    named: list[str]
    group: str = ""
    listed: bool = False


def compile_plan(plan: QueryPlan, profile: Profile, *, counting: bool = True) -> Query:
    """The plan as a query over a table or view named by the profile's id; raises BadPlan.

    Without `counting`, it has no columns but its outputs.
    """
    parameters: list[Any] = []
    counted_by: list[Any] = []
    whole = counting and plan.limit is not None and bool(plan.group_by) and plan.per_group is None
    sql, outputs = _statement(plan, profile, _binder(parameters), whole=whole)
    measured = [name for one in plan.aggregates for name in (one.column, one.by) if name]
    measured = list(dict.fromkeys(measured))
    return Query(
        sql=sql,
        parameters=parameters,
        outputs=outputs,
        counts_sql=counted(plan, profile, measured, _binder(counted_by)),
        counts_parameters=counted_by,
        measured=measured,
        reasons=reasons(plan, profile),
        timed=timed(plan, profile),
        whole=whole,
    )


def display_sql(plan: QueryPlan, profile: Profile) -> str:
    """The same query to be read by people: every value stands in its place; raises BadPlan."""
    return _statement(plan, profile, _literal)[0]


def side_names(left: Filter, right: Filter, profile: Profile) -> tuple[str, str]:
    """What the two sides of a comparison are called: "in 2014" and "in 2015"."""
    return said([left], profile), said([right], profile)


def _binder(parameters: list[Any]) -> Bind:
    def bind(value: Any) -> str:
        parameters.append(value)
        return f"${len(parameters)}"

    return bind


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).upper() if isinstance(value, bool) else repr(value)


def _statement(
    plan: QueryPlan, profile: Profile, bind: Bind, *, whole: bool = False
) -> tuple[str, list[Output]]:
    check(plan)
    shape = _rows_listed(plan, profile, bind)
    if shape is None:
        shape = _groups(plan, profile, bind)
    outputs = [column.output for column in shape.columns]
    selected = ", ".join(f"{one.sql} AS {quoted(one.output.name)}" for one in shape.columns)
    selected += f", count(*) OVER () AS {_WHOLE}" if whole else ""
    lines = [*with_named(shape.named), f"SELECT {selected}", *shape.lines]
    lines += where([having(one, _firsts(shape), bind) for one in plan.having])
    lines += [shape.group] if shape.group else []
    each = _each(plan, profile, shape, bind)
    if plan.per_group is not None:
        ranked = ", ".join(_directed(plan, shape))
        within = ", ".join(each)
        most = bind(plan.per_group.limit)
        lines.append(f"QUALIFY rank() OVER (PARTITION BY {within} ORDER BY {ranked}) <= {most}")
    if plan.place is not None:
        ranked = ", ".join(_directed(plan, shape))
        lines.append(f"QUALIFY dense_rank() OVER (ORDER BY {ranked}) = {bind(plan.place)}")
    if plan.summary is not None:
        made = summarized(plan, _firsts(shape), profile)
        groups = "\n".join(lines)
        return f"SELECT {made.sql} AS {quoted(made.output.name)}\nFROM (\n{groups}\n)", [
            made.output
        ]
    order = _order(plan, shape, each)
    if order:
        lines.append("ORDER BY " + ", ".join(order))
    if plan.limit is not None:
        lines.append(f"LIMIT {bind(plan.limit)}")
    return "\n".join(lines), outputs


def _rows_listed(plan: QueryPlan, profile: Profile, bind: Bind) -> _Shape | None:
    """The shape of a plan that lists rows; None for one that makes groups of them."""
    if plan.aggregates or plan.group_by:
        return None
    names = plan.columns or [column.name for column in profile.columns]
    listed = [known(profile, name) for name in names]
    columns = [Selected(quoted(c.name), Output(label(c.name), c.type, unit=c.unit)) for c in listed]
    rows = rows_of(plan, profile, bind)
    starts = list(range(len(columns)))
    return _Shape(named(columns), starts, rows.lines, rows.named, listed=True)


def _groups(plan: QueryPlan, profile: Profile, bind: Bind) -> _Shape:
    """The shape of a plan with one row per group: in one step, or from the groups' own relation."""
    keys = [key_column(group, profile, bind) for group in plan.group_by]
    bases = [_figures(one, plan, profile, bind) for one in plan.aggregates]
    rows = rows_of(plan, profile, bind)
    group = f"GROUP BY {', '.join(str(at + 1) for at in range(len(keys)))}" if keys else ""
    flat = named([*keys, *chain(*bases)])
    across = plan.calculate or any(one.over for one in plan.aggregates)
    if not (across or plan.having or plan.per_group or plan.place):
        return _Shape(flat, _starts(len(keys), bases), rows.lines, rows.named, group)
    return _from_groups(plan, profile, flat, bases, rows, group)


def _from_groups(
    plan: QueryPlan,
    profile: Profile,
    flat: list[Selected],
    bases: list[list[Selected]],
    rows: Rows,
    group: str,
) -> _Shape:
    """The shape of a plan that looks across its groups, which `flat` are the columns of."""
    selected = ", ".join(f"{one.sql} AS {quoted(one.output.name)}" for one in flat)
    inner = "\n".join([f"SELECT {selected}", *rows.lines, *([group] if group else [])])
    relations = [*rows.named, f"{GROUPED} AS (\n{inner}\n)"]
    count = len(plan.group_by)
    starts = _starts(count, bases)
    outputs = [one.output for one in flat]
    of = [
        outputs[start : start + len(base)]
        for start, base in zip(starts[count:], bases, strict=True)
    ]
    made = [
        [over_column(one, base[0], plan, outputs[:count], profile)] if one.over else _same(base)
        for one, base in zip(plan.aggregates, of, strict=True)
    ]
    made += [[calculation(one, plan, of, profile)] for one in plan.calculate]
    columns = named([*_same(outputs[:count]), *chain(*made)])
    inner = ", ".join(f"{one.sql} AS {quoted(one.output.name)}" for one in columns)
    relations.append(f"{FIGURES} AS (\nSELECT {inner}\nFROM {GROUPED}\n)")
    final = _same([one.output for one in columns])
    return _Shape(final, _starts(count, made), [f"FROM {FIGURES}"], relations)


def _same(outputs: list[Output]) -> list[Selected]:
    """Columns of a relation, taken as they are."""
    return [Selected(quoted(one.name), one) for one in outputs]


def _starts(keys: int, figures: list[list[Selected]]) -> list[int]:
    """Where each output of the plan starts among the columns, from 0."""
    starts = list(range(keys))
    for columns in figures:
        starts.append(keys)
        keys += len(columns)
    return starts


def _firsts(shape: _Shape) -> list[Output]:
    """The column of each output of the plan; of those with several, the first."""
    return [shape.columns[start].output for start in shape.starts]


def _each(plan: QueryPlan, profile: Profile, shape: _Shape, bind: Bind) -> list[str]:
    """The keys of `per_group` as SQL."""
    if plan.per_group is None:
        return []
    keys: list[GroupBy] = plan.per_group.keys
    if shape.listed:
        return [key_column(key, profile, bind).sql for key in keys]
    for key in keys:
        if key not in plan.group_by:
            raise BadPlan("The first of each group need keys that the plan groups by.")
    return [shape.columns[plan.group_by.index(key)].sql for key in keys]


def _directed(plan: QueryPlan, shape: _Shape) -> list[str]:
    """The sort as expressions."""
    return [
        f"{shape.columns[_start(sort.output, shape)].sql} "
        f"{'DESC' if sort.descending else 'ASC'} NULLS LAST"
        for sort in plan.sort
    ]


def _start(output: int, shape: _Shape) -> int:
    if not 0 <= output < len(shape.starts):
        raise BadPlan(f"There is no output {output} to sort by.")
    return shape.starts[output]


def _order(plan: QueryPlan, shape: _Shape, each: list[str]) -> list[str]:
    """The sort, then whatever makes the order certain: the group keys, or the other columns."""
    order: dict[int | str, str] = {key: f"{key} ASC NULLS LAST" for key in each}
    for sort in plan.sort:
        at = _start(sort.output, shape) + 1
        order.setdefault(at, f"{at} {'DESC' if sort.descending else 'ASC'} NULLS LAST")
    certain = len(plan.group_by)
    if shape.listed:
        certain = len(shape.columns) if plan.sort else 0
    for at in range(1, certain + 1):
        order.setdefault(at, f"{at} ASC NULLS LAST")
    return list(order.values())


def _figures(one: Aggregate, plan: QueryPlan, profile: Profile, bind: Bind) -> list[Selected]:
    """An aggregate; in a comparison, its two sides and how much the right is above the left."""
    columns = figure_columns(one, profile, bind)
    if plan.compare is None:
        return columns
    if len(columns) > 1 or one.filters or one.over or columns[0].output.type not in NUMERIC:
        raise BadPlan(f"The {columns[0].output.name} of two selections have no difference.")
    sql, output = columns[0].sql, columns[0].output
    left, right = (
        f"{sql} FILTER (WHERE {condition(side, profile, bind)})"
        for side in (plan.compare.left, plan.compare.right)
    )
    names = side_names(plan.compare.left, plan.compare.right, profile)
    sides = [
        Selected(side, replace(output, name=f"{output.name} {called}"))
        for side, called in zip((left, right), names, strict=True)
    ]
    apart = replace(output, name=f"difference in {output.name}")
    return [*sides, Selected(f"{right} - {left}", apart)]
