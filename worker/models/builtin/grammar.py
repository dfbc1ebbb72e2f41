"""Grammar: the operation a frame asks for, as a query plan.

Each operation looks at the frame and returns a draft, or None when the question is not of its
kind. The first that takes every word of the question wins; a word that no operation can use means
there is no plan.
"""

from __future__ import annotations

from collections.abc import Callable

from worker.models.builtin.across import (
    along,
    apart,
    columns_apart,
    correlation,
    kept_groups,
    share,
)
from worker.models.builtin.counting import count, missing
from worker.models.builtin.dating import is_dated
from worker.models.builtin.drafting import Draft, figure, keys, plan_of
from worker.models.builtin.evidence import passed_over
from worker.models.builtin.extremes import (
    best_groups_of_each,
    best_of_each,
    histogram,
    outliers,
)
from worker.models.builtin.figures import aggregate
from worker.models.builtin.frame import Abstention, Frame, unclear
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.listing import list_rows
from worker.models.builtin.lists import blurred_groups
from worker.models.builtin.panels import at_some_time
from worker.models.builtin.persons import asks_for_who_is_named, dates_a_state
from worker.models.builtin.phrasing import question_of
from worker.models.builtin.ranking import first_or_last, rank_groups, rank_rows
from worker.models.builtin.summaries import average_count, average_per, figure_of_figures
from worker.models.builtin.totals import at_one_time, senseless_total
from worker.models.builtin.vocabulary import Vocabulary
from worker.query.plan import Filter, GroupBy, QueryPlan, Sort

_OPERATIONS: tuple[Callable[[Frame], Draft | None], ...] = (
    kept_groups,
    average_count,
    average_per,
    figure_of_figures,
    share,
    along,
    apart,
    columns_apart,
    correlation,
    outliers,
    histogram,
    missing,
    at_some_time,
    best_of_each,
    best_groups_of_each,
    first_or_last,
    count,
    rank_groups,
    rank_rows,
    aggregate,
    list_rows,
)

# Figures that make one number of many.
_BLENDING = {"mean", "median", "sum", "std"}
# What ranks without saying by what, and how many columns to choose from are not too many.
_OPEN = {"high", "low", "top", "bottom"}
_MOST_CHOICES = 5


def draft(frame: Frame) -> Draft:
    """The plan of a frame; raises Abstention when no operation takes all of its words."""
    used = set(frame.used)
    for operation in _OPERATIONS:
        frame.used = set(used)
        made = operation(frame)
        if made is not None and not frame.left_over() and _says_all(frame, made.plan):
            _meaningful(frame, made.plan)
            return made
    frame.used = used
    raise _no_operation(frame)


def _says_all(frame: Frame, plan: QueryPlan) -> bool:
    """Whether the plan has what the slots took out of the words before any operation."""
    steps = [
        *(key.width for key in plan.group_by),
        *(a.over and a.over.size for a in plan.aggregates),
    ]
    return (
        (frame.kept is None or bool(plan.having))
        and (frame.place or 1) == (plan.place or 1)
        and (
            not any(b.said.lower().startswith("how") for b in frame.all("count"))
            or _counts(frame, plan)
        )
        and (frame.size is None or frame.size in steps)
        and (frame.percent is None or any(a.percent is not None for a in plan.aggregates))
        and (frame.compare is None or plan.compare is not None or bool(plan.calculate))
        and passed_over(frame, plan) is None
    )


def _counts(frame: Frame, plan: QueryPlan) -> bool:
    """Whether the plan has the number that "how many" asks for, if only as a cell of its row."""
    counted = any(a.function in {"count", "count_distinct", "sum"} for a in plan.aggregates)
    read = bool(plan.columns) and bool(frame.measures)
    return counted or read or plan.summary is not None


def _meaningful(frame: Frame, plan: QueryPlan) -> None:
    """Refuse totals that mean nothing: of prices for one, of people over the years."""
    vocab = frame.vocab
    if isinstance(frame.target, GroupBy) and "only" in frame.words and frame.kept is None:
        raise Abstention("I can't tell of what something holds “only”.", bound=frame.weight)
    if asks_for_who_is_named(frame, plan):
        raise Abstention("No column says “who”.", bound=frame.weight)
    if dates_a_state(frame, plan):
        raise Abstention("The dates say what happened, not how long it was so.", bound=frame.weight)
    _possible(frame, plan)
    if _counts_what_stays(frame, plan):
        raise Abstention("How many there are depends on when.", bound=frame.weight)
    if _counts_one(frame, plan):
        raise Abstention("Each name has one row: there is nothing to count.", bound=frame.weight)
    if frame.each_row and not plan.group_by and any(a.function == "sum" for a in plan.aggregates):
        raise Abstention("Each row has one such figure; a total is of many.", bound=frame.weight)
    for one in plan.aggregates:
        if one.column is not None and one.function in _BLENDING and _only_names(vocab, one.column):
            raise Abstention(f"Of “{one.column}” there is no average.", bound=frame.weight)
    senseless = senseless_total(vocab, plan) or blurred_groups(plan, vocab.profile)
    if senseless:
        raise Abstention(senseless, bound=frame.weight)


def _counts_one(frame: Frame, plan: QueryPlan) -> bool:
    """Whether rows are counted that a name picks one of, and how many it has is told elsewhere."""
    counted = [one.function == "count" and one.column is None for one in plan.aggregates] == [True]
    names = {c.name for c in frame.vocab.of_type("text") if frame.vocab.is_unique(c.name)}
    picked = any(one.operator == "eq" and one.column in names for one in plan.filters)
    told = any(frame.vocab.is_counted(name) for name in frame.vocab.numbers)
    return counted and picked and told and not plan.group_by


def _counts_what_stays(frame: Frame, plan: QueryPlan) -> bool:
    """Whether what there is each year is added up over the years: the hospitals of a region."""
    summed = [one.column for one in plan.aggregates if one.function == "sum" and one.column]
    staying = frame.vocab.panel is not None and any(map(frame.vocab.counts_things, summed))
    said = {"are", "there"} <= set(frame.words)
    return staying and said and not at_one_time(frame.vocab, plan)


def _only_names(vocab: Vocabulary, column: str) -> bool:
    """Whether the numbers of a column only name something: years, codes."""
    return is_dated(vocab, column) or bool(vocab.columns[column] & lexicon().labels)


def _possible(frame: Frame, plan: QueryPlan) -> None:
    """Refuse figures of rows that there cannot be: their number is told, and is none."""
    empty = {one.column for one in plan.filters if one.operator == "is_null"}
    if any(one.column in empty for one in plan.filters if one.operator != "is_null"):
        raise Abstention(
            "What has no date or value is at no time and of no size.", bound=1, final=True
        )
    if any(one.function == "count" and one.column is None for one in plan.aggregates):
        return
    for one in plan.filters:
        known = frame.vocab.profile.column(one.column)
        low, high = known.minimum, known.maximum
        if one.negated or not (isinstance(low, int | float) and isinstance(high, int | float)):
            continue
        over = one.operator in {"gt", "ge", "between"} and one.values and one.values[0] > high
        under = one.operator in {"lt", "le"} and one.values and one.values[0] < low
        said = f"“{one.column}” goes from {low:,} to {high:,}."
        if over or under or _bounds_nothing(one, low, high, plan):
            raise Abstention(said, bound=frame.weight)


def _bounds_nothing(one: Filter, low: float, high: float, plan: QueryPlan) -> bool:
    """Whether a second bound of a column is far off it: "more than 3 bedrooms under 500,000"."""
    if one.operator not in {"lt", "le", "gt", "ge"} or not isinstance(one.values[0], int | float):
        return False
    again = any(other.column == one.column and other != one for other in plan.filters)
    above = one.operator in {"lt", "le"} and one.values[0] > high
    return again and (above or (one.operator in {"gt", "ge"} and one.values[0] < low))


def _no_operation(frame: Frame) -> Abstention:
    """Why there is no plan: with what to choose from, where one thing was left open."""
    choices = _figures(frame) or _measures(frame)
    if choices is not None:
        return choices
    return Abstention("I understand the words, but not what to work out.", bound=frame.weight)


def _figures(frame: Frame) -> Abstention | None:
    """Which figure of the one column that is named."""
    if len(frame.measures) != 1 or frame.functions or frame.superlative or frame.has("count"):
        return None
    measure = frame.measures[0]
    if len(measure.columns) > 1:
        asked = unclear(frame, measure, measure.columns)
        return Abstention(asked.reason, tuple(f"Average {c}" for c in asked.choices), asked.bound)
    if frame.left_over() or frame.compare or frame.any_of or frame.kept or frame.limit:
        return None
    functions = ["mean", "max", "min"]
    if frame.vocab.is_additive(measure.columns[0]):
        functions.insert(1, "sum")
    by = keys(frame)
    figures = [figure(frame, name, measure.columns[0]) for name in functions]
    order = [Sort(output=at) for at in range(len(by))]
    plans = [plan_of(frame, group_by=by, aggregates=[one], sort=order) for one in figures]
    return Abstention(
        f"What about “{measure.columns[0]}” would you like to know?",
        tuple(question_of(plan, frame.vocab.profile) for plan in plans),
        frame.weight,
        plans=tuple(plans),
    )


def _measures(frame: Frame) -> Abstention | None:
    """By which column the largest or best are meant, if nobody says."""
    best = frame.superlative
    if best is None or best.name not in _OPEN or frame.measures or frame.functions:
        return None
    said = " ".join(token.text for token in frame.tokens)
    year = frame.vocab.year_column
    named = [c.name for c in frame.vocab.profile.columns if frame.vocab.is_number(c.name)
             and c != year]  # fmt: skip
    if "by" in frame.words:
        return None
    if not 1 < len(named) <= _MOST_CHOICES or frame.has("count"):
        return None
    return Abstention(
        f"“{best.said}”: by what?", tuple(f"{said} by {name}" for name in named), frame.weight
    )
