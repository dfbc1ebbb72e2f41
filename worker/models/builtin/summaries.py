"""Summaries: one figure of the figures of groups, "average of the daily totals"."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.drafting import EXTREMES, Draft, figure, keys, one_column, plan_of
from worker.models.builtin.frame import Frame
from worker.models.builtin.sizes import calendar
from worker.query.plan import Summary

_OUTER = {"mean", "median", "max", "min"}
_INNER = {"sum", "mean", "count"}


def average_count(frame: Frame) -> Draft | None:
    """How many rows the groups have on average: "average number of orders per country"."""
    functions, counts = frame.all("function"), frame.all("count")
    if len(functions) != 1 or len(counts) != 1 or functions[0].end != counts[0].start:
        return None
    rows = frame.at(counts[0].end)
    named = rows is not None and (rows.kind == "title" or frame.is_rows(rows))
    if not named or functions[0].name not in _OUTER:
        return None
    by = keys(frame)
    column = frame.vocab.profile.column(by[0].column) if len(by) == 1 else None
    if column is None or column.nulls or not _plain(frame) or frame.measures:
        return None
    if frame.filters or frame.any_of:
        return None  # do groups without any such row count as none?
    if by[0].bucket is not None:
        return None  # a day without rows: is it a day with none?
    frame.use(*functions, *counts)
    made = figure(frame, "count", None)
    return Draft(
        plan_of(frame, group_by=by, aggregates=[made],
                summary=Summary.model_validate({"function": functions[0].name, "output": 1}))
    )  # fmt: skip


def figure_of_figures(frame: Frame) -> Draft | None:
    """A figure of the figures of periods: "average of the daily total fares", "highest monthly"."""
    every = frame.all("every")
    if len(every) != 1 or len(frame.measures) != 1 or not _plain(frame):
        return None
    outer, inner = _outer(frame, every[0]), frame.after(every[0])
    if outer is None or inner is None or inner.kind != "function" or inner.name not in _INNER:
        return None
    if len(frame.functions) != 1 + (outer.kind == "function"):
        return None
    by = [calendar(key) for key in keys(frame)]
    if len(by) != 1 or by[0].bucket is None:
        return None
    function = EXTREMES.get(outer.name, outer.name)
    made = figure(frame, inner.name, one_column(frame, frame.measures[0]))
    frame.use(outer, inner)
    summary = Summary.model_validate({"function": function, "output": 1})
    return Draft(plan_of(frame, group_by=by, aggregates=[made], summary=summary))


def _plain(frame: Frame) -> bool:
    """Whether nothing else is asked of the groups."""
    beyond = (frame.compare, frame.kept, frame.limit, frame.place, frame.percent, frame.size)
    return not frame.mentions and all(one is None for one in beyond)


def _outer(frame: Frame, every: Binding) -> Binding | None:
    """What is made of the figures: the function, or the extreme, right before the period."""
    outer = frame.before(every)
    if outer is None:
        return None
    return outer if outer.name in (_OUTER if outer.kind == "function" else EXTREMES) else None
