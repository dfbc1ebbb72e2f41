"""The planner: the best plan over all readings of a question, or why there is none."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from shared.datasets import Profile
from worker.models.builtin.binding import Reading, readings
from worker.models.builtin.charting import without_chart
from worker.models.builtin.drafting import Draft
from worker.models.builtin.ellipsis import spelled_out
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.grammar import draft
from worker.models.builtin.ordering import Order, names_rows_only, ordered, without_order
from worker.models.builtin.phrasing import question_of
from worker.models.builtin.ranked.reader import LikelyPlans
from worker.models.builtin.ranked.rehearsal import Rehearsal
from worker.models.builtin.slots import fill
from worker.models.builtin.vocabulary import vocabulary
from worker.models.builtin.words import tokenize
from worker.query.plan import Filter, QueryPlan

NAME = "built-in planner"
# Two plans whose scores differ by less are equally good: the person decides.
_TIE = 0.1
_GUESS = 0.8
_MOST_WORDS = 60


@dataclass(frozen=True)
class Planned:
    """A plan; `confidence` is 0..1; `corrections` are (as typed, as read).

    `bound` counts the words that mean something in the table.
    """

    plan: QueryPlan
    confidence: float
    bound: int
    corrections: tuple[tuple[str, str], ...] = ()


def plan_question(question: str, profile: Profile) -> Planned:
    """Plan a question about one table; raises Abstention with the reason and any choices."""
    vocab = vocabulary(profile)
    asked, order = without_order(without_chart(question)[0])
    tokens = spelled_out(tokenize(asked), vocab)
    if not tokens or len(tokens) > _MOST_WORDS:
        raise Abstention("Please ask in one short sentence.")
    planned: list[tuple[float, Planned]] = []
    abstained: list[Abstention] = []
    for reading in readings(tokens, vocab):
        try:
            frame = fill(tokens, reading, vocab)
            made = draft(frame) if order is None else _in_order(frame, order)
        except Abstention as reason:
            abstained.append(reason)
            continue
        score = made.fit * _score(reading) * _GUESS**frame.guesses
        corrected = tuple(
            (" ".join(t.text for t in tokens[b.start : b.end]), b.said) for b in reading if b.typo
        )
        planned.append((score, Planned(made.plan, round(score, 2), frame.weight, corrected)))
    if not planned:
        raise _best_reason(abstained)
    return _best_plan(planned, profile)


def _in_order(frame: Frame, order: Order) -> Draft:
    """The draft of a question that also says in which order its answer is to come."""
    if names_rows_only(frame):
        return Draft(ordered(QueryPlan(dataset_id=frame.vocab.profile.id), order, frame.vocab))
    made = draft(frame)
    return replace(made, plan=ordered(made.plan, order, frame.vocab))


def likely_reading(question: str, profile: Profile, rows: list[list[Any]]) -> LikelyPlans | None:
    """What a question that the grammar cannot read may mean; `rows` are the whole table.

    None if it says nothing, or is too long.
    """
    question = without_chart(question)[0]
    if not 0 < len(tokenize(question)) <= _MOST_WORDS:
        return None
    return LikelyPlans(question, Rehearsal(profile, rows))


def plan_likely(reading: LikelyPlans) -> Planned | None:
    """The plan that is most likely meant, if that is likely enough.

    A word may be left over if it is one of those that many questions have without meaning much by
    them.
    """
    ranked = reading.best()
    if ranked is None or not ranked.trusted:
        return None
    profile = reading.question.links.table.profile
    plan = _with_values(ranked.plan, ranked.candidate.answer, profile)
    return Planned(plan, round(ranked.sure, 2), len(ranked.candidate.uses))


def _with_values(plan: QueryPlan, answer: int, profile: Profile) -> QueryPlan:
    """The plan without rows that have no value to answer with, of rows that are only looked up."""
    if not plan.columns or not plan.filters or plan.sort:
        return plan
    asked = profile.column(plan.columns[answer])
    if not asked.nulls or any(one.column == asked.name for one in plan.filters):
        return plan
    filled = Filter(column=asked.name, operator="not_null")
    return plan.model_copy(update={"filters": [*plan.filters, filled]})


def plannable(question: str, profile: Profile) -> bool:
    """Whether the planner has a plan for this question."""
    try:
        plan_question(question, profile)
    except Abstention:
        return False
    return True


def _score(reading: Reading) -> float:
    """How sure all words are bound."""
    return math.prod(binding.score for binding in reading)


def _best_plan(planned: list[tuple[float, Planned]], profile: Profile) -> Planned:
    planned.sort(key=lambda pair: -pair[0])
    score, best = planned[0]
    rivals = {best.plan.model_dump_json(): best}
    for other_score, other in planned[1:]:
        if score - other_score < _TIE:
            rivals.setdefault(other.plan.model_dump_json(), other)
    if len(rivals) > 1:
        choices = tuple(question_of(rival.plan, profile) for rival in rivals.values())
        raise Abstention("That can be read in more than one way.", choices, bound=1)
    return best


def _best_reason(abstained: list[Abstention]) -> Abstention:
    """A choice to make is worth more than a refusal; then the one that understood most."""
    return max(abstained, key=lambda reason: (bool(reason.choices), reason.bound))
