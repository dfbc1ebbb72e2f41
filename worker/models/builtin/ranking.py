"""Ranking: which group or row has the most, comes first or last."""

from __future__ import annotations

from collections.abc import Iterable

from worker.models.builtin.binding import Binding
from worker.models.builtin.dating import is_dated
from worker.models.builtin.drafting import (
    EXTREMES,
    Draft,
    counted,
    figure,
    keys,
    own_function,
    periods,
    plan_of,
    ranked_by,
    ranks_high,
    shown,
    sort,
    targets_date,
    usual_function,
)
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.phrasing import question_of
from worker.models.builtin.words import stem
from worker.query.plan import Aggregate, Filter, GroupBy, Sort

# What asks for the most of something in all, unless it says else.
_SUMMED = {"most", "least", "more", "less", "high", "low"}
# What says how popular something is.
_LIKED = frozenset(map(stem, ("rating", "star", "review", "score", "vote", "like", "popularity")))
# What is said of things by when they were made or built, not by what happened to them since.
_AGED = frozenset({"oldest", "newest"})
# What is there and adds up over different things, as a capacity need not.
_STORED = frozenset(map(stem, ("stock", "inventory")))
# What is better the lower it is, wherever it is said.
_PLACES = frozenset(map(stem, ("time", "rank", "place", "position", "lap")))
_RANKING_ROWS = 10


def first_or_last(frame: Frame) -> Draft | None:
    """The first or last rows by date: "When did it last snow?", "latest 5 days"."""
    ends, date = frame.all("ends"), frame.vocab.date
    if date is None and frame.vocab.panel is None:
        date = frame.vocab.year_column
    if any(b.said.lower() in _AGED for b in ends) and frame.vocab.years:
        date = frame.vocab.years[0] if len(frame.vocab.years) == 1 else None
    if not ends or date is None or frame.superlative or frame.groups or frame.functions:
        return None
    if frame.has("count") or not (frame.target in {"rows", None} or targets_date(frame)):
        return None
    period = frame.after(ends[0])
    if period is not None and period.kind == "bucket" and not frame.is_rows(period):
        return None  # "the last month" is a time, of which only today tells
    frame.use_all("ends")
    if len({b.name for b in ends}) > 1:
        both = [
            Aggregate(function="min", column=date.name),
            Aggregate(function="max", column=date.name),
        ]
        return Draft(plan_of(frame, aggregates=both))
    columns, years = shown(frame, date.name), date in frame.vocab.years
    return Draft(
        plan_of(
            frame,
            columns=columns,
            sort=[Sort(output=columns.index(date.name), descending=ends[0].name == "last")],
            limit=frame.limit or (None if years else 1),
            place=1 if years and not frame.limit else None,  # many may be of one year
        )
    )


def rank_groups(frame: Frame) -> Draft | None:
    """Which group has the most: all groups, ranked, so that the first answers."""
    by, best = keys(frame), frame.superlative
    if best is None or not by or frame.target == "rows" or _counts_first(frame, best):
        return None
    if frame.words[:2] == ["how", "much"] and "than" in frame.words:
        return None  # how much higher asks how far they are apart
    rows = all(map(frame.vocab.is_unique, frame.mentions))
    if (frame.mentions and not rows) or (
        len(by) > 1 and (frame.target is None or frame.has("group"))
    ):
        return None
    beside = frame.at(best.end)  # "highest average rating by genre" ranks the genres
    plain = beside is None or beside.kind != "function"
    if frame.target is None and plain and (best.name in EXTREMES or _of_measure(frame, best)):
        return None  # "highest wind by month" lists every month's highest
    columns = ranked_by(frame)
    if not is_best(frame, best, columns):
        return None
    frame.use_all("amount", "compare")
    if len(columns) > 1 or (best.name in {"common", "rare"} and columns):
        return None
    if not columns:
        return None if _is_vague(frame, best) else _most_rows(frame, by, best)
    by = periods(frame, columns[0], by)
    function = _ranking_function(frame, columns[0], by)
    if function is None or frame.has("count"):
        return None
    return Draft(
        plan_of(
            frame,
            group_by=by,
            aggregates=[figure(frame, function, columns[0])],
            sort=sort(frame, outputs=len(by) + 1),
            limit=frame.limit,
            place=frame.place,
        )
    )


def _is_vague(frame: Frame, best: Binding) -> bool:
    """Whether it ranks by what nobody says: the best, the largest, the most visited."""
    done = frame.at(best.end)
    if done is not None and done.kind == "filler" and done.said.endswith("ed"):
        return True
    if best.said.lower() in {"best", "worst"} or best.name in {"high", "low"}:
        return True
    counted = frame.has("count") or frame.has("entity")
    if best.name in {"top", "bottom"} and not counted:
        return True  # "top 3 students"
    extreme = best.name in EXTREMES and not frame.has("count")
    unmeasured = best.kind == "adjective" and not best.values
    return extreme or unmeasured or _may_be_measured(frame, best)


def _most_rows(frame: Frame, by: list[GroupBy], best: Binding) -> Draft:
    """The groups by how many rows they have."""
    beside = (frame.before(best), frame.after(best, "distinct"))
    counts_values = any(b is not None and b.kind == "value" for b in beside)
    _leave_out_missing(frame, by, best)
    return Draft(counted(frame).plan, fit=0.8 if counts_values else 1.0)


def _may_be_measured(frame: Frame, best: Binding) -> bool:
    """Whether other columns may tell what is busy or popular: passengers, stars."""
    vocab = frame.vocab
    told = (
        name for name in vocab.numbers
        if vocab.columns[name] & _LIKED or (vocab.is_additive(name) and not vocab.is_money(name))
    )  # fmt: skip
    return best.said.lower() in {"busiest", "most popular", "least popular"} and any(told)


def _leave_out_missing(frame: Frame, by: list[GroupBy], best: Binding) -> None:
    """No name at all is not the most common name."""
    for key in by:
        if best.name in {"common", "rare"} and frame.vocab.profile.column(key.column).nulls:
            frame.filters = [*frame.filters, Filter(column=key.column, operator="not_null")]


def is_best(frame: Frame, best: Binding, columns: list[str]) -> bool:
    """Whether the highest is the best, if that is said: of ranks, times and prices it is not."""
    spelled = {word for name in columns for word in frame.vocab.spelled[name]}
    words = {lexicon().canon(stem(word)) for word in spelled if word != "rating"}  # no rate
    people = any(frame.vocab.columns[name] & lexicon().persons for name in columns)
    if best.name in {"top", "bottom"} and people and "by" not in frame.words:
        return False  # where the most teachers are there need not be the best one
    if best.name == "top" and words & _PLACES and "by" not in frame.words:
        return False  # "top 10 times": the highest are the slowest
    return best.said.lower() not in {"best", "worst"} or not words & lexicon().lower_is_better


def _of_measure(frame: Frame, best: Binding) -> bool:
    """Whether it is said of a column: "longest handling time per team"."""
    after = frame.after(best)
    return best.kind == "adjective" and after is not None and after.kind == "column"


def _counts_first(frame: Frame, best: Binding) -> bool:
    """Whether it counts ("how many days had most rain"), not ranks ("most rain days")."""
    return any(count.start < best.start for count in frame.all("count"))


def _ranking_function(frame: Frame, column: str, by: list[GroupBy]) -> str | None:
    if len(frame.functions) > 1:
        return None
    frame.use_all("function")
    if frame.functions:
        return frame.functions[0]
    if frame.measures and own_function(frame.measures[0]) == "sum":
        return "sum"
    best = frame.superlative
    judged = best is not None and best.said.lower() in {"best", "worst"}
    judged = judged and bool(frame.vocab.spelled[column] & lexicon().scores)
    if best is not None and (best.name in EXTREMES or judged):
        return _of_extreme(frame, best, column, by)
    things = frame.vocab.counts_things(column) and not _one_each(frame, by)
    if (
        best is not None
        and best.name in _SUMMED
        and (things or not frame.vocab.is_additive(column))
    ):
        _total_or_average(frame, best, column, by)
    priced = best is not None and best.kind == "adjective" and frame.vocab.is_money(column)
    return "mean" if priced else usual_function(frame, column, by)  # the dearest plan


def _total_or_average(frame: Frame, best: Binding, column: str, by: list[GroupBy]) -> None:
    """Ask of what is counted, but nobody says that it adds up: "the most reviews"."""
    own, vocab = frame.vocab.columns[column], frame.vocab
    stock = own & lexicon().stocks and (vocab.panel is not None or not own & _STORED)
    if stock or vocab.is_rate(column) or own & lexicon().uncounted or len(by) > 1:
        return
    raise _which_figure(frame, best, column, by, "in total, or on average", ("sum", "mean"))


def _one_each(frame: Frame, by: list[GroupBy]) -> bool:
    """Whether each group has one row: each region of a table of regions by year, in one year."""
    picked = any(is_dated(frame.vocab, f.column) and f.operator == "eq" for f in frame.filters)
    return picked and [key.column for key in by] == [frame.vocab.panel]


def _of_extreme(frame: Frame, best: Binding, column: str, by: list[GroupBy]) -> str:
    """What "the highest" is of: of money that comes in, and of any period, the total.

    Of scores it is the average, or a single one: all groups may have a five.
    """
    own, vocab = frame.vocab.columns[column], frame.vocab
    flows = own & lexicon().flows or any(is_dated(vocab, key.column) for key in by)
    flows = flows or lexicon().trading & set(frame.words)  # "sold the highest quantity"
    if flows and vocab.is_additive(column):
        return usual_function(frame, column, by)
    single = "max" if ranks_high(best) else "min"
    if vocab.spelled[column] & lexicon().scores and not all(
        vocab.is_unique(key.column) for key in by
    ):
        raise _which_figure(frame, best, column, by, "on average, or the single", ("mean", single))
    return single


def _which_figure(
    frame: Frame, best: Binding, column: str, by: list[GroupBy], said: str, functions: Iterable[str]
) -> Abstention:
    """The question back, which figure of a column ranks the groups."""
    end = "highest" if ranks_high(best) else "lowest"
    plans = [
        plan_of(
            frame,
            group_by=by,
            aggregates=[figure(frame, function, column)],
            sort=[Sort(output=len(by), descending=end == "highest")],
            limit=frame.limit,
            place=frame.place,
        )
        for function in functions
    ]
    told = (question_of(plan, frame.vocab.profile) for plan in plans)
    choices = tuple(one.replace(f"the {end} {end} ", f"the {end} single ") for one in told)
    reason = f"The {end} “{column}” {said}?"
    return Abstention(reason, choices, frame.weight, plans=tuple(plans))


def _sets_rows_apart(frame: Frame) -> bool:
    """Whether two rows are compared by name: "which had a higher rating, Ember or Copper Sky"."""
    unique = all(key.bucket is None and frame.vocab.is_unique(key.column) for key in frame.groups)
    return bool(frame.groups) and unique and frame.target == "rows" and not frame.has("group")


def rank_rows(frame: Frame) -> Draft | None:
    """The rows with the highest value: "hottest day", "top 5 days by wind"."""
    best = frame.superlative
    if _sets_rows_apart(frame):
        frame.groups = []
    if best is None or frame.groups or frame.functions or frame.has("count") or frame.compare:
        return None
    if frame.target not in {"rows", None} and not targets_date(frame):
        return None
    placed = frame.limit is not None or frame.place is not None
    if (
        frame.target is None
        and not placed
        and (best.kind != "adjective" or _of_measure(frame, best))
    ):
        return None  # "longest delay" is a figure
    columns = ranked_by(frame)
    if len(columns) != 1 or not is_best(frame, best, columns):
        return None
    frame.use_all("amount")
    listed = shown(frame, columns[0])
    return Draft(
        plan_of(
            frame,
            columns=listed,
            sort=[Sort(output=listed.index(columns[0]), descending=ranks_high(best))],
            limit=None if frame.place is not None else frame.limit or _RANKING_ROWS,
            place=frame.place,
        )
    )
