"""Extremes of each group, outliers, and how values spread."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.drafting import (
    EXTREMES,
    RECURRING,
    Draft,
    counted,
    figure,
    keys,
    one_column,
    own_function,
    plan_of,
    ranked_by,
    ranks_high,
    shown,
    usual_function,
)
from worker.models.builtin.frame import Frame, period
from worker.models.builtin.sizes import steps_of
from worker.query.plan import Filter, GroupBy, PerGroup, Sort


def best_of_each(frame: Frame) -> Draft | None:
    """The first rows of each group: "hottest day of each year", "longest film per country"."""
    best, ends = frame.superlative, frame.all("ends")
    if frame.functions or frame.compare or frame.has("count") or frame.any_of:
        return None
    if not frame.groups or not frame.has("group"):
        return None
    if not (frame.target == "rows" or _are_rows(frame)) or (best is None) == (not ends):
        return None
    if best is not None:
        columns = ranked_by(frame)
        high = ranks_high(best)
    else:
        date = frame.vocab.date
        columns = [date.name] if date is not None and len(ends) == 1 else []
        high = bool(ends) and ends[0].name == "last"
        frame.use_all("ends")
    if len(columns) != 1 or any(key.column == columns[0] for key in frame.groups):
        return None
    if any(key.bucket in RECURRING for key in frame.groups):
        return None  # each March, or each month of the calendar?
    frame.use_all("amount")
    named = [key.column for key in frame.groups if key.bucket is None]
    listed = list(dict.fromkeys([*named, *shown(frame, columns[0])]))
    return Draft(
        plan_of(
            frame,
            columns=listed,
            sort=[Sort(output=listed.index(columns[0]), descending=high)],
            per_group=PerGroup(keys=frame.groups, limit=frame.limit or 1),
        )
    )


def _are_rows(frame: Frame) -> bool:
    """Whether the period asked for is that of the rows of each group, as in a panel."""
    target, vocab = frame.target, frame.vocab
    if not isinstance(target, GroupBy) or vocab.panel is None or vocab.step is None:
        return False
    return target.bucket in {vocab.step, period(vocab.step)} and any(
        key.column == vocab.panel for key in frame.groups
    )


def best_groups_of_each(frame: Frame) -> Draft | None:
    """The first groups of each group: "top 2 products by quantity in each category"."""
    best, target = frame.superlative, frame.target
    if best is None or not isinstance(target, GroupBy) or not frame.groups:
        return None
    if not frame.has("group"):
        return None
    if frame.mentions or frame.compare or len(frame.functions) > 1 or frame.any_of:
        return None
    if len(frame.groups) > 1 or target in frame.groups:
        return None
    columns = ranked_by(frame)
    if len(columns) > 1 or (not columns and not (frame.has("count") or _counts(frame, best))):
        return None
    by = keys(frame)
    column = columns[0] if columns else None
    function = "count" if column is None else usual_function(frame, column, by)
    if frame.functions:
        function = frame.functions[0]
    elif column is not None and best.name in EXTREMES:
        function = EXTREMES[best.name]
    frame.use_all("function", "amount")
    return Draft(
        plan_of(
            frame,
            group_by=by,
            aggregates=[figure(frame, function, column)],
            sort=[Sort(output=len(by), descending=ranks_high(best))],
            per_group=PerGroup(keys=frame.groups, limit=frame.limit or 1),
        )
    )


def _counts(frame: Frame, best: Binding) -> bool:
    """Whether the most rows are meant: "the most orders"."""
    after = frame.after(best)
    return after is not None and frame.is_rows(after)


def outliers(frame: Frame) -> Draft | None:
    """The rows with an outlier of one column, or how many they are."""
    if not frame.has("outlier") or len(frame.measures) != 1 or frame.functions or frame.any_of:
        return None
    if frame.superlative or frame.groups or frame.compare or frame.mentions:
        return None
    if isinstance(frame.target, GroupBy):
        return None
    column = one_column(frame, frame.measures[0])
    frame.use_all("outlier")
    frame.filters = [*frame.filters, Filter(column=column, operator="outlier", values=["iqr"])]
    if frame.has("count"):
        return counted(frame)
    listed = shown(frame, column)
    order = [Sort(output=listed.index(column), descending=True)]
    return Draft(plan_of(frame, columns=listed, sort=order))


def histogram(frame: Frame) -> Draft | None:
    """How many rows lie in each step of a column."""
    spread = [b for b in frame.all("spread") if b.said.lower() in {"histogram", "distribution"}]
    if not spread or len(frame.measures) != 1 or frame.functions or frame.superlative:
        return None
    if frame.groups or frame.mentions or frame.compare or isinstance(frame.target, GroupBy):
        return None
    if own_function(frame.measures[0]) and spread[0].said.lower() != "histogram":
        return None
    column = one_column(frame, frame.measures[0])
    frame.use_all("spread", "steps")
    key = GroupBy.model_validate({"column": column, **steps_of(frame)})
    frame.filters = [*frame.filters, Filter(column=column, operator="not_null")]
    made = figure(frame, "count", None)
    return Draft(plan_of(frame, group_by=[key], aggregates=[made], sort=[Sort(output=0)]))
