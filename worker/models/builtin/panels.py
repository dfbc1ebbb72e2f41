"""Panels: conditions that a site meets at some of its times, "industries with a rate above 20"."""

from __future__ import annotations

from typing import Any

from worker.models.builtin.drafting import Draft, plan_of
from worker.models.builtin.frame import Abstention, Frame, period
from worker.models.builtin.totals import at_one_time
from worker.query.plan import Aggregate, Filter, GroupBy, QueryPlan, Summary


def at_some_time(frame: Frame) -> Draft | None:
    """Ask at which of its many times a site is to meet a condition; raises Abstention."""
    panel, vocab = frame.vocab.panel, frame.vocab
    asked = {*frame.mentions, frame.target.column if isinstance(frame.target, GroupBy) else ""}
    beyond = (frame.compare, frame.kept, frame.superlative, frame.limit, *frame.functions)
    if panel is None or panel not in asked or any(one is not None for one in beyond):
        return None
    varying = [one for one in frame.filters if _varies(frame, one)]
    if len(varying) != 1 or frame.groups or frame.any_of or at_one_time(vocab, plan_of(frame)):
        return None
    plans = _readings(frame, panel, varying[0])
    said = " ".join(token.text for token in frame.tokens)
    step = period(vocab.step or "year").removesuffix("_of_year")
    reason = f"Each {panel} has many {step}s: in any of them, in the latest, or on average?"
    choices = tuple(f"{said} {when}".replace("{step}", step) for when in plans)
    raise Abstention(reason, choices, frame.weight, plans=tuple(plans.values()))


def _varies(frame: Frame, one: Filter) -> bool:
    """Whether a condition is on what may be another at each time: a number, or a yes."""
    vocab = frame.vocab
    year = vocab.year_column
    if year is not None and one.column == year.name:
        return False
    return vocab.is_number(one.column) or vocab.says_yes(one.column)


def _readings(frame: Frame, panel: str, one: Filter) -> dict[str, QueryPlan]:
    """The plans that may be meant, by when the condition is to hold."""
    rest = [other for other in frame.filters if other != one]
    key = [GroupBy(column=panel)]
    counted: dict[str, Any] = {"summary": Summary(function="count")} if frame.has("count") else {}
    found = {"in any {step}": plan_of(frame, group_by=key, aggregates=[_number()], **counted)}
    newest = frame.vocab.date or frame.vocab.year_column
    if newest is not None and not any(other.column == newest.name for other in rest):
        latest = Filter(column=newest.name, operator="eq", values=[newest.maximum])
        rows = [*rest, one, latest]
        found["in the latest {step}"] = plan_of(
            frame, filters=rows, group_by=key, aggregates=[_number()], **counted
        )
    if frame.vocab.is_number(one.column) and one.operator in {"gt", "ge", "lt", "le"}:
        kept = {"output": 1, "operator": one.operator, "values": one.values}
        mean = Aggregate(function="mean", column=one.column)
        found["on average"] = plan_of(
            frame, filters=rest, group_by=key, aggregates=[mean], having=[kept], **counted
        )
    return found


def _number() -> Aggregate:
    return Aggregate(function="count")
