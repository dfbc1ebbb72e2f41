"""Rows: which rows of its table a plan takes, as the relation that everything else reads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from shared.datasets import Profile
from worker.query.conditions import DATED, RELATIVE, Bind, condition
from worker.query.figures import key_column, rank_columns
from worker.query.plan import Filter, QueryPlan
from worker.query.sql import quoted
from worker.query.wording import chosen

# Ids of datasets have no spaces, so these names are free.
CHOSEN, RANKED = '"chosen rows"', '"ranked rows"'


@dataclass(frozen=True)
class Rows:
    """`FROM source WHERE every one of conditions`, after the relations of `named`."""

    source: str
    conditions: list[str]
    named: list[str]

    @property
    def lines(self) -> list[str]:
        """FROM and WHERE."""
        return [f"FROM {self.source}", *where(self.conditions)]


def where(conditions: list[str]) -> list[str]:
    """The WHERE of conditions that must all hold; nothing without any."""
    return ["WHERE " + "\n  AND ".join(conditions)] if conditions else []


def rows_of(plan: QueryPlan, profile: Profile, bind: Bind) -> Rows:
    """The rows that pass all filters; raises BadPlan.

    Relative filters look at what the others leave, so that stands in a relation of its own, and so
    do the ranks that rank correlations are of.
    """
    absolute = [condition(one, profile, bind) for one in plan.filters if not _is_relative(one)]
    absolute += [_either(alternatives, profile, bind) for alternatives in plan.any_of]
    if plan.compare is not None:
        absolute.append(_either([plan.compare.left, plan.compare.right], profile, bind))
    relative = [condition(one, profile, bind, CHOSEN) for one in plan.filters if _is_relative(one)]
    ranked = [one for one in plan.aggregates if one.function == "rank_correlation"]
    table = quoted(profile.id)
    if not relative and not ranked:
        return Rows(table, absolute, [])
    inner = "\n".join(["SELECT *", f"FROM {table}", *where(absolute)])
    named = [f"{CHOSEN} AS NOT MATERIALIZED (\n{inner}\n)"]
    if not ranked:
        return Rows(CHOSEN, relative, named)
    keys = [key_column(group, profile, bind).sql for group in plan.group_by]
    ranks = [column for one in ranked for column in rank_columns(one, keys)]
    columns = {quoted(column.output.name): column.sql for column in ranks}
    added = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    inner = "\n".join([f"SELECT *, {added}", f"FROM {CHOSEN}", *where(relative)])
    return Rows(RANKED, [], [*named, f"{RANKED} AS (\n{inner}\n)"])


def timed(plan: QueryPlan, profile: Profile) -> str | None:
    """The date column that the plan is about: one that it filters or groups by, else the first."""
    dated = [column.name for column in profile.columns if column.type in DATED]
    sides = [plan.compare.left, plan.compare.right] if plan.compare else []
    filters = [*plan.filters, *chain(*plan.any_of), *sides]
    named = [*(one.column for one in filters), *(group.column for group in plan.group_by)]
    return next((name for name in [*named, *dated] if name in dated), None)


def counted(plan: QueryPlan, profile: Profile, measured: list[str], bind: Bind) -> str:
    """SQL that counts rows; "" when nothing is filtered.

    In this order: those that passed, those of them without a value in each of `measured`, the
    oldest and newest of their dates if there are any, and how many were left after each of
    `reasons` but the last.
    """
    steps = _steps(plan)
    if not steps:
        return ""
    rows = rows_of(plan, profile, bind)
    missing = [f"count(*) - count({quoted(name)})" for name in measured]
    date = timed(plan, profile)
    ends = [f"CAST({end}({quoted(date)}) AS VARCHAR)" for end in ("min", "max")] if date else []
    table, left = quoted(profile.id), []
    for at in range(1, len(steps)):
        passed = where(_passed(steps[:at], profile, bind))
        left.append(f"(SELECT count(*) FROM {table} {' '.join(passed)})")  # noqa: S608 - quoted
    select = f"SELECT {', '.join(['count(*)', *missing, *ends, *left])}"
    return "\n".join([*with_named(rows.named), select, *rows.lines])


def with_named(named: list[str]) -> list[str]:
    """The WITH of named relations; nothing without any."""
    return ["WITH " + ", ".join(named)] if named else []


def reasons(plan: QueryPlan, profile: Profile) -> list[str]:
    """What rows had to be to pass, one phrase for each step of `counted`."""
    return [chosen(step, profile) for step in _steps(plan)]


def _steps(plan: QueryPlan) -> list[QueryPlan]:
    """The plan's conditions one by one, as plans of their own; relative ones come last, as one."""
    bare = QueryPlan(dataset_id=plan.dataset_id)
    steps = [
        bare.model_copy(update={"filters": [one]}) for one in plan.filters if not _is_relative(one)
    ]
    either = [*plan.any_of]
    if plan.compare is not None:
        either.append([plan.compare.left, plan.compare.right])
    steps += [bare.model_copy(update={"any_of": [each]}) for each in either]
    relative = [one for one in plan.filters if _is_relative(one)]
    return [*steps, bare.model_copy(update={"filters": relative})] if relative else steps


def _passed(steps: list[QueryPlan], profile: Profile, bind: Bind) -> list[str]:
    return [one for step in steps for one in rows_of(step, profile, bind).conditions]


def _either(alternatives: list[Filter], profile: Profile, bind: Bind) -> str:
    return f"({' OR '.join(condition(one, profile, bind) for one in alternatives)})"


def _is_relative(one: Filter) -> bool:
    return one.operator in RELATIVE
