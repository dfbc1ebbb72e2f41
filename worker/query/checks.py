"""Checks: whether the parts of a plan go together, before anything is compiled."""

from __future__ import annotations

from collections.abc import Iterator

from worker.query.errors import BadPlan
from worker.query.plan import QueryPlan


def check(plan: QueryPlan) -> None:
    """Raise BadPlan if a part of the plan stands beside one that it cannot stand beside."""
    for wrong, why in (*_rows(plan), *_shown(plan)):
        if wrong:
            raise BadPlan(why)


def _rows(plan: QueryPlan) -> Iterator[tuple[bool, str]]:
    """What may be wrong with the rows chosen, and what is made of them."""
    beside = bool(plan.calculate or plan.having or plan.per_group)
    yield (
        plan.compare is not None and not plan.aggregates,
        "Groups and comparisons need a figure to show for each.",
    )
    yield (
        plan.compare is not None and beside,
        "A comparison shows its two sides and their difference, and nothing else.",
    )
    yield (
        bool(plan.group_by and plan.columns),
        "A plan lists columns or groups rows, not both.",
    )
    yield (
        bool(plan.calculate or plan.having) and not plan.aggregates,
        "Calculations, and groups to keep, need figures.",
    )
    yield not all(plan.any_of), "A list of alternatives is empty."


def _shown(plan: QueryPlan) -> Iterator[tuple[bool, str]]:
    """What may be wrong with what is shown of them."""
    each, cut = plan.per_group, plan.limit is not None or plan.per_group or plan.compare
    if plan.limit is not None:
        yield plan.limit < 0, f"A result cannot have {plan.limit} rows."
    if each is not None:
        yield (
            not (each.keys and plan.sort),
            "The first of each group need keys, and a sort to be first in.",
        )
        yield each.limit < 1, f"Of each group, {each.limit} cannot be shown."
    if plan.place is not None:
        yield (
            plan.place < 1 or not plan.sort,
            "A place is counted from 1, in the order of a sort.",
        )
        yield bool(cut), "What comes in one place takes no limit, groups or comparison besides."
    if plan.summary is not None:
        yield (
            not (plan.group_by and plan.aggregates),
            "A summary is of the figures of groups.",
        )
        yield (
            bool(cut),
            "A summary is of all groups that are kept, without a limit or a comparison.",
        )
