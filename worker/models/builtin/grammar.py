"""Grammar: the operation a frame asks for, as a query plan.

Each operation looks at the frame and returns a draft, or None when the question is not of its
kind. The first that takes every word of the question wins; a word that no operation can use means
there is no plan.
"""

from __future__ import annotations

from collections.abc import Callable

from worker.models.builtin.counting import count, missing
from worker.models.builtin.drafting import Draft
from worker.models.builtin.figures import aggregate
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.listing import list_rows
from worker.models.builtin.ranking import first_or_last, rank_groups, rank_rows

_OPERATIONS: tuple[Callable[[Frame], Draft | None], ...] = (
    missing,
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
        if made is not None and not frame.left_over():
            return made
    raise _no_operation(frame)


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
