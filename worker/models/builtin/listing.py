"""Listing: rows as they are, or the values that occur among them."""

from __future__ import annotations

from itertools import takewhile

from worker.models.builtin.drafting import Draft, counted, keys, plan_of, shown
from worker.models.builtin.frame import Frame
from worker.models.builtin.heads import names_all_of
from worker.query.plan import Filter, GroupBy, QueryPlan, Sort

_PARTS_OF = {"day": 3, "month": 2, "year": 1}


def list_rows(frame: Frame) -> Draft | None:
    """Rows as they are, or the different values of a column among some rows."""
    if frame.functions or frame.superlative or frame.groups or frame.compare:
        return None
    if frame.has("count") and not (_one_row(frame) and len(frame.measures) == 1):
        return None
    if _lists_values(frame):
        frame.use_all("distinct")
        empty = [key.column for key in keys(frame) if frame.vocab.profile.column(key.column).nulls]
        frame.filters = [*frame.filters, *(Filter(column=c, operator="not_null") for c in empty)]
        return counted(frame)
    dated = one_time(frame)
    if _one_row(frame):
        frame.use_all("amount")
    if isinstance(frame.target, GroupBy) and not dated:
        return None
    if frame.has("list") and (frame.filters or frame.limit):
        return Draft(_rows(frame, [] if not frame.measures else shown(frame)))
    named = any(frame.is_rows(b) for b in frame.reading if b.kind in {"entity", "bucket"})
    named = named or bool(frame.mentions and frame.vocab.is_unique(frame.mentions[0]))
    named = named or _begins_with_values(frame)
    wanted = frame.target == "rows" or dated or (named and not frame.measures)
    if not (wanted and frame.filters):
        return None
    # "With a scholarship" asks for those who have one, rather than to see the column.
    fit = 0.8 if any(frame.vocab.says_yes(name) for name in frame.mentions) else 1.0
    return Draft(_rows(frame, shown(frame)), fit)


def _lists_values(frame: Frame) -> bool:
    """Whether the values of one column are asked for, not rows: "which species", "list islands"."""
    if frame.measures or one_time(frame):
        return False
    if isinstance(frame.target, GroupBy):
        several = not frame.vocab.is_unique(frame.target.column)
        denied = frame.denies and several  # of a nation with one row, once is always
        if denied or any(_of_groups(one, frame.target) for one in frame.filters):
            return False
        wanted = bool(frame.filters) or frame.has("distinct") or "which" in frame.words
        wanted = wanted or frame.words[-2:] == ["are", "there"]
        return wanted and not frame.mentions
    if len(frame.mentions) == 1 and _heads(frame, frame.mentions[0]):
        key = GroupBy(column=frame.mentions[0])
        if frame.denies or any(_of_groups(one, key) for one in frame.filters):
            return False
        frame.groups = [key]
        return True
    return False


def _heads(frame: Frame, name: str) -> bool:
    """Whether the question is a list of a column's values: "list islands", "books by Ann"."""
    if (frame.has("list") or frame.has("distinct")) and not frame.filters:
        return True
    first = next(b for b in frame.reading if b.kind not in {"filler", "title", "list"})
    if first.kind != "column" or frame.vocab.is_unique(name) or frame.vocab.says_yes(name):
        return False
    if {token.stem for token in frame.tokens[first.start : first.end]} & frame.vocab.title:
        return False  # the "rounds" of "Startup rounds" are rows, though a column is so called
    return bool(frame.filters) and first.columns == (name,) and names_all_of(frame, first)


def _of_groups(one: Filter, target: GroupBy) -> bool:
    """Whether a condition may be meant of groups: "which months had over 100 mm"."""
    amount = one.part is None and bool(one.values) and isinstance(one.values[0], int | float)
    return target.bucket is not None and amount


def _begins_with_values(frame: Frame) -> bool:
    """Whether rows are called by a value of theirs: "Thai desserts with more than 400 kcal"."""
    said = [b for b in frame.reading if b.kind not in {"filler", "title"}]
    first = list(takewhile(lambda b: b.kind in {"value", "not"}, said))
    more = len(first) < len(said) or len(first) > 1
    return bool(first) and more and first[-1].said.lower().endswith("s")


def one_time(frame: Frame) -> bool:
    """Whether the question names one row, or one date: a day, or a month of monthly data."""
    if _one_row(frame):
        return True
    for binding in frame.all("time"):
        time, step = binding.time, frame.vocab.step
        if time is None or time.relation != "eq" or len(time.points) > 1:
            continue
        point = time.points[0]
        named = (point.year is not None) + (len(point.months) == 1) + (point.day is not None)
        if named >= _PARTS_OF[step or "day"]:
            return True
    return False


def _one_row(frame: Frame) -> bool:
    """Whether the conditions leave one row: a name, or a name and a year of a panel."""
    vocab = frame.vocab
    named = {f.column for f in frame.filters if f.operator == "eq" and f.part is None}
    if any(vocab.is_unique(name) for name in named):
        return True
    years = vocab.year_column if vocab.date is None else None
    return vocab.panel in named and years is not None and years.name in named


def _rows(frame: Frame, columns: list[str]) -> QueryPlan:
    date = frame.vocab.date
    at = columns.index(date.name) if date and date.name in columns else None
    sort = [Sort(output=at)] if at is not None else []
    return plan_of(frame, columns=columns, sort=sort, limit=frame.limit)
