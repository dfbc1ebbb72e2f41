"""Phrasing: a plan as a question that this planner would plan the same way."""

from __future__ import annotations

from shared.datasets import Profile
from worker.models.builtin.vocabulary import Vocabulary, vocabulary
from worker.models.builtin.words import tokenize
from worker.query.plan import QueryPlan
from worker.query.wording import conditions, figure, joined, key, label


def row_noun(profile: Profile) -> str:
    """What the rows of a table are called, in the plural: days, penguins, rows."""
    vocab = vocabulary(profile)
    if vocab.grain:
        return f"{vocab.grain}s"
    for name in (profile.title, profile.id):
        tokens = tokenize(name)
        if tokens and tokens[-1].stem in vocab.entity and tokens[-1].lower.endswith("s"):
            return tokens[-1].lower
    return "rows"


def question_of(plan: QueryPlan, profile: Profile) -> str:
    """The plan as a question, with a capital and a question mark where it is one."""
    vocab = vocabulary(profile)
    said = _rows(plan, vocab) if not plan.aggregates else _figures(plan, vocab)
    return said[0].upper() + said[1:]


def _figures(plan: QueryPlan, vocab: Vocabulary) -> str:
    profile, rows = vocab.profile, row_noun(vocab.profile)
    where = conditions(plan.filters, profile, "and")
    keys = [key(group) for group in plan.group_by]
    ranked = bool(keys) and bool(plan.sort) and plan.sort[0].output >= len(keys)
    first = plan.aggregates[0]
    counted = len(plan.aggregates) == 1 and first.column is None
    if ranked:
        end = "highest" if plan.sort[0].descending else "lowest"
        if counted:
            end = "most" if plan.sort[0].descending else "least"
        what = rows if counted else figure(first, rows)
        return _asked(f"which {keys[0]} has the {end} {what}", where, "?")
    by = f"by {joined(keys)}" if keys else ""
    if counted:
        return _asked(f"how many {rows}", f"{where} {by}", "?")
    if first.function == "count_distinct":
        return _asked(f"how many different {label(first.column or '')}", f"{where} {by}", "?")
    return _asked(joined([figure(a, rows) for a in plan.aggregates]), f"{by} {where}", "")


def _rows(plan: QueryPlan, vocab: Vocabulary) -> str:
    profile, rows = vocab.profile, row_noun(vocab.profile)
    where = conditions(plan.filters, profile, "and")
    if not plan.sort:
        return _asked(f"list all {rows}", where, "")
    names = plan.columns or [column.name for column in profile.columns]
    name = names[plan.sort[0].output]
    if profile.column(name).type in {"date", "datetime"}:
        if plan.limit is None:
            return _asked(f"list all {rows}", where, "")
        return _asked(f"{'latest' if plan.sort[0].descending else 'earliest'} {rows}", where, "")
    end = "highest" if plan.sort[0].descending else "lowest"
    return _asked(f"top {plan.limit or ''} {rows} with the {end} {label(name)}", where, "")


def _asked(head: str, tail: str, mark: str) -> str:
    return " ".join(f"{head} {tail}".split()) + mark
