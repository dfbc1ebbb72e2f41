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
from worker.models.builtin.drafting import Draft
from worker.models.builtin.extremes import (
    best_groups_of_each,
    best_of_each,
    histogram,
    outliers,
)
from worker.models.builtin.figures import aggregate
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.listing import list_rows
from worker.models.builtin.ranking import first_or_last, rank_groups, rank_rows
from worker.models.builtin.summaries import average_count, figure_of_figures
from worker.query.plan import GroupBy, QueryPlan

_OPERATIONS: tuple[Callable[[Frame], Draft | None], ...] = (
    kept_groups,
    average_count,
    figure_of_figures,
    share,
    along,
    apart,
    columns_apart,
    correlation,
    outliers,
    histogram,
    missing,
    best_of_each,
    best_groups_of_each,
    first_or_last,
    count,
    rank_groups,
    rank_rows,
    aggregate,
    list_rows,
)


def draft(frame: Frame) -> Draft:
    """The plan of a frame; raises Abstention when no operation takes all of its words."""
    used = set(frame.used)
    for operation in _OPERATIONS:
        frame.used = set(used)
        made = operation(frame)
        if made is not None and not frame.left_over() and _says_all(frame, made.plan):
            _meaningful(frame, made.plan)
            return made
    raise _no_operation(frame)


def _says_all(frame: Frame, plan: QueryPlan) -> bool:
    """Whether the plan has what the slots took out of the words before any operation."""
    steps = [
        *(key.width for key in plan.group_by),
        *(a.over and a.over.size for a in plan.aggregates),
    ]
    return (
        (frame.kept is None or bool(plan.having))
        and frame.place == plan.place
        and (
            not any(b.said.lower().startswith("how") for b in frame.all("count"))
            or _counts(frame, plan)
        )
        and (frame.size is None or frame.size in steps)
        and (frame.percent is None or any(a.percent is not None for a in plan.aggregates))
        and (frame.compare is None or plan.compare is not None or bool(plan.calculate))
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
    _possible(frame, plan)
    timed = any(
        f.part is not None or f.operator == "eq" for f in plan.filters if _is_time(frame, f.column)
    )
    timed = (
        timed
        or plan.compare is not None
        or any(_is_time(frame, key.column) for key in plan.group_by)
    )
    for one in plan.aggregates:
        if one.function != "sum" or one.column is None:
            continue
        if vocab.is_rate(one.column):
            raise Abstention(f"A total of “{one.column}” would mean nothing.", bound=frame.weight)
        stock = bool(vocab.columns[one.column] & lexicon().stocks)
        if stock and vocab.panel is not None and not timed:
            raise Abstention(
                f"Of “{one.column}” there is a total at one time only.", bound=frame.weight
            )


def _possible(frame: Frame, plan: QueryPlan) -> None:
    """Refuse figures of rows that there cannot be: their number is told, and is none."""
    if any(one.function == "count" and one.column is None for one in plan.aggregates):
        return
    for one in plan.filters:
        known = frame.vocab.profile.column(one.column)
        low, high = known.minimum, known.maximum
        if one.negated or not (isinstance(low, int | float) and isinstance(high, int | float)):
            continue
        over = one.operator in {"gt", "ge", "between"} and one.values and one.values[0] > high
        under = one.operator in {"lt", "le"} and one.values and one.values[0] < low
        if over or under:
            said = f"“{one.column}” goes from {low:,} to {high:,}."
            raise Abstention(said, bound=frame.weight)


def _is_time(frame: Frame, column: str) -> bool:
    dated = frame.vocab.date or frame.vocab.year_column
    return dated is not None and dated.name == column


def _no_operation(frame: Frame) -> Abstention:
    measures = [name for b in frame.measures for name in b.columns]
    bare = len(set(measures)) == 1 and not frame.functions and frame.superlative is None
    if bare and not frame.has("count"):
        functions = ["mean", "max", "min"]
        if frame.vocab.is_additive(measures[0]):
            functions.insert(1, "sum")
        title = {"mean": "Average", "sum": "Total", "max": "Highest", "min": "Lowest"}
        words = " ".join(token.text for token in frame.tokens[frame.measures[0].start :])
        return Abstention(
            f"What about “{measures[0]}” would you like to know?",
            tuple(f"{title[name]} {words}" for name in functions),
            frame.weight,
        )
    return Abstention("I understand the words, but not what to work out.", bound=frame.weight)
