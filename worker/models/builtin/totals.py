"""Totals that mean nothing: of prices, or of people over several years."""

from __future__ import annotations

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.vocabulary import Vocabulary
from worker.query.plan import QueryPlan

# The periods of which each lies within one step of a table.
_AS_FINE = {"month": {"month", "week", "day"}, "day": {"day"}}


def senseless_total(vocab: Vocabulary, plan: QueryPlan) -> str:
    """Why a total of this plan would mean nothing; "" when there is no such total."""
    for one in plan.aggregates:
        if one.function != "sum" or one.column is None:
            continue
        if vocab.is_rate(one.column):
            return f"A total of “{one.column}” would mean nothing."
        stock = bool(vocab.columns[one.column] & lexicon().stocks)
        if stock and vocab.panel is not None and not at_one_time(vocab, plan):
            return f"Of “{one.column}” there is a total at one time only."
    return ""


def is_time(vocab: Vocabulary, column: str) -> bool:
    """Whether a column says when a row was: the date spoken of, or the years."""
    dated = vocab.date or vocab.year_column
    return dated is not None and dated.name == column


def at_one_time(vocab: Vocabulary, plan: QueryPlan) -> bool:
    """Whether each figure is of one of the table's own periods: of a month, if it is monthly."""
    sides = [plan.compare.left, plan.compare.right] if plan.compare else []
    chosen = [f for f in (*plan.filters, *sides) if is_time(vocab, f.column)]
    periods: set[str] = {f.part or "day" for f in chosen if f.operator in {"eq", "in"} or f.part}
    periods |= {key.bucket or "year" for key in plan.group_by if is_time(vocab, key.column)}
    if {"year", "month_of_year"} <= periods:
        periods.add("month")
    return bool(periods & _AS_FINE[vocab.step]) if vocab.step in _AS_FINE else bool(periods)
