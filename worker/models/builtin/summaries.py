"""Summaries: one figure of the figures of groups, "average of the daily totals"."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.dating import is_dated
from worker.models.builtin.drafting import EXTREMES, Draft, figure, keys, one_column, plan_of
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.phrasing import question_of
from worker.models.builtin.sizes import calendar
from worker.query.plan import GroupBy, Sort, Summary

_OUTER = {"mean", "median", "max", "min"}
_INNER = {"sum", "mean", "count"}
_APIECE = frozenset({"per", "each", "every", "for each", "for every"})
# The periods that follow one another, and how many groups are few enough to be listed.
_ONCE = frozenset({"day", "week", "month_of_year", "quarter"})
_FEW = 20


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


def average_per(frame: Frame) -> Draft | None:
    """What there is of something for each on average: "average revenue per day".

    It is the average of the totals, which is told for periods; of many other groups the person may
    want to see the average of each.
    """
    said, by = frame.all("group"), keys(frame)
    if len(said) != 1 or said[0].said.lower() not in _APIECE or frame.functions != ["mean"]:
        return None
    if len(frame.measures) != 1 or len(by) != 1 or not _plain(frame) or frame.superlative:
        return None
    column, key = one_column(frame, frame.measures[0]), by[0]
    if not frame.vocab.is_additive(column) or frame.any_of or frame.has("every"):
        return None
    things = frame.vocab.counts_things(column) and frame.vocab.panel is not None
    if things and is_dated(frame.vocab, key.column):
        return _of_panel(frame, column, key)
    many = frame.vocab.profile.column(key.column).distinct > _FEW
    if frame.vocab.step is not None or not (key.bucket in _ONCE or (many and not key.bucket)):
        return None
    frame.use_all("function", "count", "amount")
    total = plan_of(frame, group_by=[calendar(key)], aggregates=[figure(frame, "sum", column)],
                    summary=Summary(function="mean", output=1))  # fmt: skip
    if key.bucket:
        return Draft(total)
    each = plan_of(frame, group_by=by, aggregates=[figure(frame, "mean", column)],
                   sort=[Sort(output=0)])  # fmt: skip
    choices = (
        f"The average of the totals of each {key.column}",
        question_of(each, frame.vocab.profile),
    )
    reason = f"One average of all, or that of each “{key.column}”?"
    raise Abstention(reason, choices, frame.weight, plans=(total, each))


def _of_panel(frame: Frame, column: str, key: GroupBy) -> Draft | None:
    """What there is on average in each year of one place that is picked; of all, nobody knows."""
    picked = [one for one in frame.filters if one.column == frame.vocab.panel]
    if key.bucket is not None:
        return None
    if len(picked) != 1 or picked[0].operator != "eq":
        raise Abstention("Of all in a year, or of each row?", bound=frame.weight)
    frame.use_all("function", "count", "amount")
    frame.each_row = True
    return Draft(plan_of(frame, aggregates=[figure(frame, "mean", column)]))


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
