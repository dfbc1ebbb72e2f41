"""Counting: how many rows, how many different values, how many are missing."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.drafting import (
    Draft,
    counted,
    counts_rows,
    keys,
    one_column,
    plan_of,
    sort,
)
from worker.models.builtin.frame import Frame
from worker.models.builtin.heads import names_all_of
from worker.models.builtin.selection import compares
from worker.query.plan import Aggregate, Filter, GroupBy, Sort

_ASKING = {"did", "does", "do", "is", "are", "was", "were", "has", "have"}


def missing(frame: Frame) -> Draft | None:
    """Rows in which a column has no value."""
    if not frame.has("missing") or frame.superlative:
        return None
    named = [*[one_column(frame, b) for b in frame.measures], *frame.mentions]
    if len(named) != 1:
        return None
    frame.use_all("missing")
    negated = frame.has("not")
    frame.use_all("not")
    empty = Filter(column=named[0], operator="not_null" if negated else "is_null")
    frame.filters = [*frame.filters, empty]
    if frame.has("list") and not frame.has("count"):
        return Draft(plan_of(frame))
    return counted(frame)


def count(frame: Frame) -> Draft | None:
    """How many rows, how many different values, or a sum of something that is counted."""
    implied = frame.has("spread") or _asks_whether(frame) or _names_rows_by_group(frame)
    if not frame.has("count") and not implied:
        return None
    if frame.functions not in ([], ["sum"]) or frame.superlative or frame.has("ends"):
        return None
    frame.use_all("spread", "function")
    if frame.measures:
        return None if counts_rows(frame) else _sum_of_counted(frame)
    if frame.has("spread") or not frame.has("count"):
        frame.groups += [GroupBy(column=name) for name in frame.mentions]
        return counted(frame) if frame.filters or frame.groups else None
    different = [*frame.mentions, *_target_columns(frame)]
    frame.use_all("distinct")
    if not different:
        return counted(frame)
    if any(b.kind == "column" and not names_all_of(frame, b) for b in _counted_nouns(frame)):
        return None  # "riders" are not the types of riders
    if len(different) > 1 or any(f.column == different[0] for f in frame.filters):
        return None
    date, panel = frame.vocab.date, frame.vocab.panel
    if date is not None and different[0] == date.name and panel is not None and frame.filters:
        return None  # the months in which one of the sites did so, or all of them?
    return Draft(
        plan_of(
            frame,
            group_by=frame.groups,
            aggregates=[Aggregate(function="count_distinct", column=different[0])],
            sort=[Sort(output=at) for at in range(len(frame.groups))],
        ),
        # "How many were returned" asks for those with a yes, not for how many answers there are.
        fit=0.8 if frame.vocab.says_yes(different[0]) else 1.0,
    )


def _counted_nouns(frame: Frame) -> list[Binding]:
    """What stands after "how many"."""
    after = [frame.after(count, "distinct") for count in frame.all("count")]
    return [one for one in after if one is not None]


def _target_columns(frame: Frame) -> list[str]:
    target = frame.target
    return [target.column] if isinstance(target, GroupBy) and target.bucket is None else []


def _asks_whether(frame: Frame) -> bool:
    return frame.words[0] in _ASKING and bool(frame.filters) and not compares(frame)


def _names_rows_by_group(frame: Frame) -> bool:
    """Whether only rows and groups are named, as in "strikes per year"."""
    named = any(frame.is_rows(b) for b in frame.reading if b.kind in {"entity", "bucket"})
    return named and bool(frame.groups) and not frame.measures and not frame.functions


def _sum_of_counted(frame: Frame) -> Draft | None:
    """A column that counts something is added up, as in "how many visitors"."""
    column = one_column(frame, frame.measures[0])
    if len(frame.measures) > 1 or frame.mentions or not frame.vocab.is_counted(column):
        return None
    if not frame.has("count"):
        return None
    by = keys(frame)
    return Draft(
        plan_of(
            frame,
            group_by=by,
            aggregates=[Aggregate(function="sum", column=column)],
            sort=sort(frame, outputs=len(by) + 1),
        ),
        fit=0.9,
    )
