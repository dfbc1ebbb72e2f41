"""Counting: how many rows, how many different values, how many are missing."""

from __future__ import annotations

from worker.models.builtin.dating import is_dated
from worker.models.builtin.different import after_count, count_different
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
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.named_columns import SYNONYM
from worker.models.builtin.selection import compares
from worker.query.plan import Aggregate, Filter, GroupBy

_TIMES = frozenset({"date", "dates", "day", "days", "month", "months", "time", "times", "year",
                    "years"})  # fmt: skip
_HAVING = frozenset({"has", "have", "had", "with"})
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
    if frame.mentions and not (frame.has("spread") or frame.has("count") or frame.groups):
        return None  # "is any song explicit" asks for no groups
    if frame.has("spread") or not frame.has("count"):
        named = [name for name in frame.mentions if not frame.vocab.is_unique(name)]
        frame.groups += [GroupBy(column=name) for name in named]
        return counted(frame) if frame.filters or frame.groups else None
    different = _different(frame)
    frame.use_all("distinct")
    return count_different(frame, different) if different else counted(frame)


def _different(frame: Frame) -> list[str]:
    """The columns of which different values are counted; none if rows are."""
    if all(map(frame.vocab.is_unique, frame.mentions)) and not frame.has("distinct"):
        frame.mentions = []  # each has one row
    named = _target_columns(frame)
    yes = any(map(frame.vocab.says_yes, frame.mentions))
    dated = bool(frame.mentions) and all(is_dated(frame.vocab, name) for name in frame.mentions)
    # "How many members left" are those that have such a date, "have a sponsor" those that have one.
    told = frame.filters or dated or bool(_HAVING & set(frame.words))
    often = any(b.said.lower().startswith("how often") for b in frame.all("count"))
    often = often or (dated and not _says_times(frame))
    if yes or frame.has("distinct") or not (often or (counts_rows(frame) and told)):
        return [*frame.mentions, *named]
    # "Enrolments of students older than 40" are enrolments.
    empty = [name for name in frame.mentions if frame.vocab.profile.column(name).nulls]
    frame.filters += [Filter(column=name, operator="not_null") for name in empty]
    return named


def _says_times(frame: Frame) -> bool:
    """Whether dates themselves are counted: the "exams" of an "Exam date" are no days."""
    said = {token.lower for b in after_count(frame) for token in frame.tokens[b.start : b.end]}
    return bool(said & _TIMES)


def _target_columns(frame: Frame) -> list[str]:
    target = frame.target
    return [target.column] if isinstance(target, GroupBy) and target.bucket is None else []


def _asks_whether(frame: Frame) -> bool:
    return frame.words[0] in _ASKING and bool(frame.filters) and not compares(frame)


def _names_rows_by_group(frame: Frame) -> bool:
    """Whether only rows and groups are named, as in "strikes per year"."""
    named = any(frame.is_rows(b) for b in frame.reading if b.kind in {"entity", "bucket"})
    named = named or (bool(frame.mentions) and all(map(frame.vocab.is_unique, frame.mentions)))
    return named and bool(frame.groups) and not frame.measures and not frame.functions


def _sum_of_counted(frame: Frame) -> Draft | None:
    """A column that counts something is added up, as in "how many visitors"."""
    column = one_column(frame, frame.measures[0])
    told = any(set(b.columns) == {column} for b in after_count(frame)) and bool(frame.filters)
    # "Bottles of wine", "nights that German guests stayed".
    each = told or all(map(frame.vocab.is_unique, frame.mentions))
    if len(frame.measures) > 1 or not each or not frame.vocab.is_counted(column):
        return None
    if any(b.columns and column not in b.columns for b in after_count(frame)):
        return None  # "how many nations have gold" counts nations
    said = {lexicon().canon(token.stem) for token in frame.tokens}
    if frame.measures[0].score < SYNONYM and frame.vocab.heads[column] not in said:
        return None  # "home wins" are no home goals
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
