"""Across: figures that look from one group or selection at others.

Shares of a total, groups kept by their figure, running and moving figures, change, two columns or
selections set apart, and correlations.
"""

from __future__ import annotations

from worker.models.builtin.drafting import (
    Draft,
    counts_rows,
    figure,
    keys,
    one_column,
    parted,
    plan_of,
    usual_function,
)
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.sizes import calendar
from worker.query.plan import Calculation, Filter, GroupBy, Having, Over, Sort, Summary

_PAIR = 2
# Verbs between what is a whole and what is a part of it: "percentage of days that were foggy".
_PARTING = frozenset(
    [
        *("is", "are", "was", "were", "be", "been", "has", "have", "had"),
        *("go", "goes", "went", "won", "win", "ended", "end", "came", "come"),
        *("fell", "cost", "used", "with"),
    ]
)


def kept_groups(frame: Frame) -> Draft | None:
    """The groups whose figure compares with a number: "countries with more than 2 films"."""
    kept = frame.kept
    plain = not (frame.measures or frame.mentions or frame.functions or frame.superlative)
    if kept is None or not plain or frame.compare or frame.groups or frame.place is not None:
        return None
    by = keys(frame)
    if len(by) != 1:
        return None
    counting = frame.has("count")
    if counting and frame.vocab.profile.column(by[0].column).nulls:
        frame.filters = [*frame.filters, Filter(column=by[0].column, operator="not_null")]
    frame.use_all("distinct")
    having = Having.model_validate(
        {"output": 1, "operator": kept.operator, "values": list(kept.values)}
    )
    # Of "fewer than 3 returned orders", countries without any have fewer, too.
    few = kept.function == "count" and kept.operator in {"lt", "le", "eq"}
    own, rows = parted(frame) if few else ([], frame.filters)
    made = figure(frame, kept.function, kept.column, filters=own)
    order = [Sort(output=1, descending=kept.operator in {"gt", "ge"})]
    shown = {"summary": Summary(function="count")} if counting else {"sort": order}
    return Draft(
        plan_of(frame, filters=rows, group_by=by, aggregates=[made], having=[having], **shown)
    )


def share(frame: Frame) -> Draft | None:
    """Shares of a total, by group or of one selection."""
    shares = frame.all("share")
    if not shares or frame.superlative or frame.compare or frame.any_of:
        return None
    if not all(frame.vocab.is_unique(name) for name in frame.mentions):
        return None
    if frame.functions not in ([], ["sum"]) or len(frame.measures) > 1 or frame.limit is not None:
        return None
    column = one_column(frame, frame.measures[0]) if frame.measures else None
    if column is not None and not (frame.functions or frame.vocab.is_additive(column)):
        return None
    frame.use_all("share", "function", "count", "distinct")
    function = "count" if column is None else "sum"
    by = keys(frame)
    dated = {b.start for b in frame.all("time")}
    if column is None and not _names_whole(frame, by, shares[0].start):
        return None
    if by and not set(frame.starts) <= dated:
        return _share_within(frame, by, shares[0].start)
    if by:
        figures = [
            figure(frame, function, column),
            figure(frame, function, column, over=Over(kind="share")),
        ]
        return Draft(plan_of(frame, group_by=by, aggregates=figures, sort=_most(by)))
    part, whole = _parted(frame, shares[0].start)
    if not part:
        return None
    if any(one.operator == "in" for one in part) and "or" not in frame.words:
        return _each_share(frame, part, whole)
    figures = [figure(frame, function, column, filters=part), figure(frame, function, column)]
    percent = Calculation(operation="percent", left=0, right=1)
    return Draft(plan_of(frame, filters=whole, aggregates=figures, calculate=[percent]))


def _share_within(frame: Frame, by: list[GroupBy], start: int) -> Draft | None:
    """The share within each group: "percentage of flights that were cancelled, by carrier".

    Of "females by species" nobody knows whether the whole are the females, or the species.
    """
    part, whole = _parted(frame, start)
    verbs = [at for at, word in enumerate(frame.words) if at > start and word in _PARTING]
    if not part or not verbs or not _names_rows(frame) or frame.measures:
        return None
    figures = [figure(frame, "count", None, filters=part), figure(frame, "count", None)]
    percent = Calculation(operation="percent", left=0, right=1)
    order = [Sort(output=at) for at in range(len(by))]
    return Draft(plan_of(frame, filters=whole, group_by=by, aggregates=figures,
                         calculate=[percent], sort=order))  # fmt: skip


def _each_share(frame: Frame, part: list[Filter], whole: list[Filter]) -> Draft | None:
    """The shares of "slight, serious and fatal", where there are no others."""
    known = frame.vocab.profile.column(part[0].column)
    if len(part) > 1 or frame.measures or len(part[0].values) != known.distinct:
        return None  # those of each, or of all together?
    by = [GroupBy(column=known.name)]
    figures = [
        figure(frame, "count", None),
        figure(frame, "count", None, over=Over(kind="share")),
    ]
    return Draft(plan_of(frame, filters=whole, group_by=by, aggregates=figures, sort=_most(by)))


def _names_whole(frame: Frame, by: list[GroupBy], start: int) -> bool:
    """Whether it is said of what there are shares: of rows, or "of the desserts" that are so."""
    if _names_rows(frame) or frame.mentions:
        return True
    if by and not frame.filters:
        _share_of_what(frame, by[0].column)
        return True
    return not by and all(_parted(frame, start))


def _share_of_what(frame: Frame, group: str) -> None:
    """Ask of what the groups have a share, if the table has more than its rows to add up."""
    vocab = frame.vocab
    added = [column.name for column in vocab.profile.columns if vocab.is_additive(column.name)]
    if added:
        choices = tuple(f"Share of {what} by {group}" for what in ("rows", *added))
        raise Abstention("Shares of what?", choices, frame.weight)


def _most(by: list[GroupBy]) -> list[Sort]:
    if by[0].bucket is not None:
        return [Sort(output=at) for at in range(len(by))]
    return [Sort(output=len(by), descending=True)]


def _parted(frame: Frame, start: int) -> tuple[list[Filter], list[Filter]]:
    """The filters of the part, and those of the whole, which stand before the verb.

    Times are those of the whole, unless they are all that is said of the part. Of two filters of
    the part that neither "and" joins nor their place one may be of the whole: "female on Biscoe".
    """
    if len(frame.starts) != len(frame.filters):
        return [], []
    placed = list(zip(frame.starts, frame.filters, strict=True))
    verbs = [at for at, word in enumerate(frame.words) if at > start and word in _PARTING]
    verb = next((at for at in verbs if any(own > at for own, _ in placed)), None)
    dated = {b.start for b in frame.all("time")}
    said = verb is not None
    if verb is None:
        verb = _rows_between(frame, [at for at in frame.starts if at not in dated])
    starts = [at for at in frame.starts if at > verb and at not in dated]
    as_one = said and bool(starts) and max(starts) - min(starts) < len(starts)
    if len(starts) > 1 and not as_one and "and" not in frame.words:
        return [], []  # "female on Biscoe": one of them may be of the whole
    part = [f for at, f in placed if at in starts]
    if not part and verb >= 0:
        return [f for at, f in placed if at > verb], [f for at, f in placed if at < verb]
    return part, [f for at, f in placed if at < verb or at in dated]


def _rows_between(frame: Frame, starts: list[int]) -> int:
    """Where the rows are named that some conditions precede and others follow, or else -1.

    The "admissions" of "emergency admissions that died": those before are the whole.
    """
    named = [b.start for b in frame.all("entity")]
    return next((at for at in named if starts and min(starts) < at < max(starts)), -1)


def along(frame: Frame) -> Draft | None:
    """Running totals, moving averages and changes from one period to the next."""
    said = [*frame.all("along"), *frame.all("change")]
    if len(said) != 1 or frame.superlative or frame.compare or frame.mentions or frame.any_of:
        return None
    by = [calendar(key) for key in keys(frame)]
    if len(by) != 1 or not _is_time(frame, by[0]) or len(frame.measures) > 1:
        return None
    if len(frame.functions) > 1 or (not frame.measures and not _names_rows(frame)):
        return None
    kind = said[0].name
    column = one_column(frame, frame.measures[0]) if frame.measures else None
    function = frame.functions[0] if frame.functions else "count"
    if column is not None and not frame.functions:
        function = "sum" if kind == "running" else usual_function(frame, column, by)
    if kind == "running" and function not in {"sum", "count"}:
        return None
    if (kind == "moving") != (frame.size is not None):
        return None
    frame.use_all("along", "change", "function", "count")
    over = Over.model_validate({"kind": kind, "size": int(frame.size) if frame.size else None})
    figures = [figure(frame, function, column), figure(frame, function, column, over=over)]
    return Draft(plan_of(frame, group_by=by, aggregates=figures, sort=[Sort(output=0)]))


def _is_time(frame: Frame, key: GroupBy) -> bool:
    year = frame.vocab.year_column
    return key.bucket in {"year", "quarter", "month", "week", "day"} or (
        year is not None and key.column == year.name
    )


def _names_rows(frame: Frame) -> bool:
    named = (b for b in frame.reading if b.kind in {"entity", "bucket", "title"})
    return any(b.kind == "title" or frame.is_rows(b) for b in named)


def apart(frame: Frame) -> Draft | None:
    """How far two selections are apart: a change between two times, "how many more"."""
    changed, best = frame.all("change"), frame.superlative
    more = best is not None and best.name in {"more", "less"}
    unlike = not all(map(frame.vocab.is_unique, frame.mentions))
    if frame.compare is None or not (changed or more) or keys(frame) or unlike:
        return None
    if len(frame.measures) > 1 or len(frame.functions) > 1 or frame.any_of:
        return None
    if not frame.measures and not (frame.has("count") or _names_rows(frame)):
        return None
    if frame.measures and counts_rows(frame):
        return None
    column = one_column(frame, frame.measures[0]) if frame.measures else None
    function = frame.functions[0] if frame.functions else "count" if column is None else None
    if function is None and column is not None:
        function = "sum" if more else usual_function(frame, column, [])
    frame.use_all("change", "function", "count", "amount", "compare")
    if changed and changed[0].name == "percent_change":
        sides = (frame.compare.right, frame.compare.left)
        figures = [figure(frame, function or "", column, filters=[side]) for side in sides]
        percent = Calculation(operation="percent_change", left=0, right=1)
        return Draft(plan_of(frame, compare=None, aggregates=figures, calculate=[percent]))
    return Draft(plan_of(frame, aggregates=[figure(frame, function or "", column)]))


def columns_apart(frame: Frame) -> Draft | None:
    """The difference between the figures of two columns."""
    words = frame.all("compare")
    differ = bool(words) and all(b.said.lower().startswith("differ") for b in words)
    if not differ or frame.compare is not None or frame.superlative or frame.mentions:
        return None
    if len(frame.measures) != _PAIR or len(frame.functions) != 1 or frame.target is not None:
        return None
    columns = [one_column(frame, binding) for binding in frame.measures]
    frame.use_all("compare", "function")
    frame.use(*[b for b in frame.free("comparator") if b.name == "between"])
    by = keys(frame)
    figures = [figure(frame, frame.functions[0], column) for column in columns]
    gap = Calculation(operation="difference", left=0, right=1)
    order = [Sort(output=at) for at in range(len(by))]
    return Draft(plan_of(frame, group_by=by, aggregates=figures, calculate=[gap], sort=order))


def correlation(frame: Frame) -> Draft | None:
    """How strongly two columns are correlated."""
    said = frame.all("relation")
    if not said or len(frame.measures) != _PAIR or frame.mentions or frame.superlative:
        return None
    if frame.functions or frame.compare or frame.target is not None or frame.any_of:
        return None
    first, second = (one_column(frame, binding) for binding in frame.measures)
    if first == second:
        return None
    frame.use_all("relation", "amount")
    links = {"over"} if said[0].name == "trend" else {"between"}
    frame.use(*[b for b in frame.free("comparator") if b.said.lower() in links])
    by = keys(frame)
    made = figure(frame, said[0].name, first, by=second)
    order = [Sort(output=at) for at in range(len(by))]
    return Draft(plan_of(frame, group_by=by, aggregates=[made], sort=order))
