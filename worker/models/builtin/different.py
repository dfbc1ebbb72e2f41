"""Different: how many different values of a column, where that is what is asked."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.dating import happened
from worker.models.builtin.drafting import Draft, plan_of
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.heads import names_all_of
from worker.models.builtin.phrasing import row_noun
from worker.query.plan import Aggregate, Sort

_PASSIVE = {"were", "was", "are", "is"}
_AFTER_VERB = frozenset(
    {"in", "at", "by", "to", "from", "on", "during", "between", "since", "after", "before"}
)


def count_different(frame: Frame, different: list[str]) -> Draft | None:
    """How many different values, as in "how many authors"; raises Abstention to ask what of."""
    if any(b.kind == "column" and not names_all_of(frame, b) for b in after_count(frame)):
        return None  # "riders" are not the types of riders
    column = different[0]
    if len(different) > 1 or any(f.column == column for f in frame.filters):
        return None
    if frame.vocab.says_yes(column) and not frame.has("distinct"):
        return None  # "how many were returned" asks for those with a yes
    if _in_some_of_many(frame, column):
        return None
    if "only" in frame.words and not frame.vocab.is_unique(column):
        raise Abstention(
            f"I can't tell what is only so of “{column}”.", (), frame.weight, final=True
        )
    if frame.denies and not frame.vocab.is_unique(column):
        reason = f"Those of which no row is so, or of which one is not? “{column}” may have both."
        raise Abstention(reason, bound=frame.weight, final=True)
    if not frame.has("distinct"):
        _each_time(frame, column)
    return Draft(
        plan_of(
            frame,
            group_by=frame.groups,
            aggregates=[Aggregate(function="count_distinct", column=column)],
            sort=[Sort(output=at) for at in range(len(frame.groups))],
        )
    )


def _in_some_of_many(frame: Frame, column: str) -> bool:
    """Whether dates of a panel are asked for: those in which one of its sites did so, or all."""
    date = frame.vocab.date
    dated = date is not None and column == date.name
    return dated and frame.vocab.panel is not None and bool(frame.filters)


def after_count(frame: Frame) -> list[Binding]:
    """What stands after "how many"."""
    after = [frame.after(count, "distinct") for count in frame.all("count")]
    return [one for one in after if one is not None]


def _each_time(frame: Frame, column: str) -> None:
    """Ask of "how many books were loaned": the different ones, or each as often as it was."""
    noun = next((b for b in frame.all("column") if b.columns == (column,)), None)
    if noun is None or frame.vocab.is_unique(column) or not _is_done(frame, noun.end):
        return
    words = [token.text for token in frame.tokens]
    rows, asked = row_noun(frame.vocab.profile), frame.all("count")[0].end
    choices = (
        [*words[:asked], "different", *words[asked:]],
        [*words[: noun.start], rows, *words[noun.end :]],
    )
    reason = f"Do you mean different {noun.said}, or {rows}?"
    raise Abstention(reason, tuple(map(" ".join, choices)), frame.weight)


def _is_done(frame: Frame, at: int) -> bool:
    """Whether a passive goes on from a noun: "were loaned", "loaned in 2023", not "passed Law"."""
    said = frame.words[at : at + 1]
    if said and said[0] in _PASSIVE:
        at += 1
    if at >= len(frame.tokens) or not happened(frame.tokens[at]):
        return False
    return at + 1 == len(frame.tokens) or frame.words[at + 1] in _AFTER_VERB
