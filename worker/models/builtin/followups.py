"""Follow-ups: "and in 2013?", "by month instead", "which ones?" as the last plan, changed.

A turn is one when it says so ("and ...", "... instead", "of those"), or when it names nothing but
conditions, groups or an order and has no plan by itself. What stands alone is never changed by
what came before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from shared.conversations import PastTurn
from shared.datasets import Profile
from worker.models.builtin.binding import Binding, Reading, readings
from worker.models.builtin.charting import named_chart
from worker.models.builtin.drafting import shown
from worker.models.builtin.edited_conditions import changed
from worker.models.builtin.edits import edited
from worker.models.builtin.fragments import Fragment, fragment_of
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.planner import Planned, plan_question
from worker.models.builtin.restating import choose, restated
from worker.models.builtin.slots import fill
from worker.models.builtin.vocabulary import Vocabulary, vocabulary
from worker.models.builtin.words import Token, tokenize
from worker.query.compile import compile_plan
from worker.query.errors import BadPlan
from worker.query.plan import QueryPlan, Sort

_LIKELY = 0.9
_TIE = 0.1
_GUESS = 0.8
_ROWS = 10
_MOST_WORDS = 30
_COMPARED = frozenset({"lt", "le", "gt", "ge", "eq", "ne", "between"})
#: What a fragment may consist of that has no mark of a follow-up.
_MODIFIERS = frozenset({
    "time", "value", "group", "every", "bucket", "column", "comparator", "number", "unit", "not",
    "filler", "function", "most", "adjective", "title",
})  # fmt: skip
_ASKING = re.compile(
    r"^(?:what|which|who|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|can|list|"
    r"show|tell|give|compare)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FollowUp:
    """A follow-up as a plan, and as the whole question it was read as; or why there is none."""

    dataset_id: str
    planned: Planned | None = None
    resolved_question: str | None = None
    abstention: Abstention | None = None


def chosen_reading(
    question: str, history: Sequence[PastTurn], datasets: Mapping[str, Profile]
) -> FollowUp | None:
    """One of the choices that the last turn offered, by its words or by its place."""
    if not history or history[-1].type != "clarification":
        return None
    choices = history[-1].choices
    said = _chosen(question, list(choices))
    plan = _valid(choices[said], datasets) if said is not None else None
    if said is None or plan is None:
        return None
    resolved = None if said == question.strip() else said
    return FollowUp(plan.dataset_id, Planned(plan, 1.0, bound=1), resolved)


_PLACES = {"first": 0, "former": 0, "second": 1, "latter": -1, "third": 2, "last": -1}
_PLACE = re.compile(r"^(?:the )?(\w+)(?: one| choice| option)?$", re.IGNORECASE)


def _chosen(question: str, choices: list[str]) -> str | None:
    if question.strip() in choices:
        return question.strip()
    place = _PLACE.match(question.strip(" .!?"))
    at = _PLACES.get(place[1].lower()) if place else None
    if at is not None and -len(choices) <= at < len(choices):
        return choices[at]
    said = {token.stem for token in tokenize(question)}
    words = [{token.stem for token in tokenize(choice)} for choice in choices]
    shared = set.intersection(*words) if words else set()
    own = [at for at, those in enumerate(words) if said <= those and said - shared]
    return choices[own[0]] if len(own) == 1 else None


def follow_up(
    question: str,
    history: Sequence[PastTurn],
    datasets: Mapping[str, Profile],
    dataset_id: str | None,
) -> FollowUp | None:
    """The question as a follow-up; None for one that stands alone, or has nothing before it."""
    fragment = fragment_of(question)
    last = next((turn for turn in reversed(history) if turn.plan), None)
    plan = _valid(last.plan, datasets) if last is not None else None
    if last is None or plan is None or dataset_id not in {None, plan.dataset_id}:
        return None
    profile = datasets[plan.dataset_id]
    alone = _alone(fragment.text if fragment.marked else question, profile)
    bare = fragment.pointing is not None or not fragment.text or _bare(fragment, plan, profile)
    if not (fragment.marked or bare) or (alone and not fragment.marked):
        return None
    try:
        planned = _planned(fragment, plan, profile, alone=None if bare or fragment.firm else alone)
        if last is not history[-1]:
            # What came in between has no answer; nobody knows whether it is meant.
            raise choose("Do you mean this?", [planned.plan], profile)
    except Abstention as reason:
        return FollowUp(profile.id, abstention=reason)
    if planned.plan == alone and _ASKING.match(fragment.text):
        return FollowUp(profile.id, planned)
    chart = fragment.chart or named_chart(last.resolved_question or last.question)
    said = restated(planned.plan, profile)
    if chart:
        said = f"{said.rstrip('?')}, as a {chart}{'?' if said.endswith('?') else ''}"
    return FollowUp(profile.id, planned, said)


def _valid(plan: Mapping[str, Any] | None, datasets: Mapping[str, Profile]) -> QueryPlan | None:
    """An earlier plan, if it still is one of a table that is there."""
    try:
        read = QueryPlan.model_validate(plan)
        compile_plan(read, datasets[read.dataset_id])
    except (ValidationError, BadPlan, KeyError):
        return None
    return read


def _alone(question: str, profile: Profile) -> QueryPlan | None:
    try:
        return plan_question(question, profile).plan
    except Abstention:
        return None


def _bare(fragment: Fragment, plan: QueryPlan, profile: Profile) -> bool:
    """Whether it names nothing but conditions, groups and an order."""
    tokens = tokenize(fragment.text)
    if not tokens or len(tokens) > _MOST_WORDS or _ASKING.match(fragment.text):
        return False
    for reading in readings(tokens, vocabulary(profile)):
        if {binding.kind for binding in reading} <= _MODIFIERS:
            try:
                _, frame = _framed(tokens, reading, vocabulary(profile), plan)
            except Abstention:
                continue
            named = bool(frame.filters or frame.groups or frame.functions or frame.superlative)
            if named and not (frame.measures or frame.mentions or frame.target):
                return True
    return False


def _planned(
    fragment: Fragment, plan: QueryPlan, profile: Profile, alone: QueryPlan | None
) -> Planned:
    """The plan that a fragment makes of the last one; raises Abstention.

    `alone` is the plan of a fragment that could as well stand by itself.
    """
    if fragment.pointing is not None:
        return Planned(_pointed_at(fragment, plan, vocabulary(profile)), _LIKELY, bound=1)
    if not fragment.text:
        return Planned(_drawn(fragment, plan), _LIKELY, bound=1)
    try:
        planned = _edited(fragment, plan, profile)
    except Abstention:
        if alone is None:
            raise
        return Planned(alone, _LIKELY, bound=1)
    # "And the total cost?" is of what was spoken of; "and total cost by year" may be of all.
    if alone is None or alone == planned.plan or fragment.text.lower().startswith("the "):
        return planned
    if _ASKING.match(fragment.text):
        return Planned(alone, _LIKELY, bound=1)
    raise choose("Of what the last answer was about, or of all?", [planned.plan, alone], profile)


def _drawn(fragment: Fragment, plan: QueryPlan) -> QueryPlan:
    """The same rows, if they make a chart."""
    one_row = bool(plan.aggregates) and not plan.group_by
    if not fragment.chart or one_row:
        raise Abstention("One number makes no chart." if fragment.chart else "What about it?",
                         bound=1)  # fmt: skip
    return plan


def _edited(fragment: Fragment, plan: QueryPlan, profile: Profile, depth: int = 0) -> Planned:
    vocab = vocabulary(profile)
    tokens = tokenize(fragment.text)
    if len(tokens) > _MOST_WORDS:
        raise Abstention("Please ask in one short sentence.")
    made: list[tuple[float, Planned]] = []
    reasons: list[Abstention] = []
    for reading in readings(tokens, vocab):
        try:
            read, frame = _framed(tokens, reading, vocab, plan)
            changed_plan = edited(plan, frame, adds=fragment.adds)
            compile_plan(changed_plan, profile)
        except Abstention as reason:
            reasons.append(reason)
            continue
        except BadPlan as error:
            reasons.append(Abstention(str(error), bound=1))
            continue
        score = math.prod(b.score for b in read) * _GUESS**frame.guesses
        typed = tuple((" ".join(t.text for t in frame.tokens[b.start : b.end]), b.said)
                      for b in read if b.typo)  # fmt: skip
        planned = Planned(changed_plan, round(_LIKELY * score, 2), frame.weight, typed)
        made.append((score, planned))
    if not made:
        raise _best_reason(fragment, plan, profile, reasons, depth)
    made.sort(key=lambda pair: -pair[0])
    best = made[0]
    rivals = {repr(p.plan): p.plan for score, p in made if best[0] - score < _TIE}
    if len(rivals) > 1:
        raise choose("That can be read in more than one way.", list(rivals.values()), profile)
    return best[1]


def _framed(
    tokens: list[Token], reading: Reading, vocab: Vocabulary, plan: QueryPlan
) -> tuple[Reading, Frame]:
    """The fragment's frame; a number without a column is of the one the last plan compares."""
    own = {one.column for one in plan.filters}
    read = tuple(_narrowed(binding, own) for binding in reading)
    try:
        return read, fill(tokens, read, vocab)
    except Abstention:
        compared = {one.column for one in plan.filters
                    if one.operator in _COMPARED and vocab.is_number(one.column)}  # fmt: skip
        named = any(b.kind == "column" for b in read)
        if len(compared) != 1 or named or not any(b.kind == "number" for b in read):
            raise
        column = [*tokenize(next(iter(compared)))]
        shift = len(column)
        moved = (
            Binding(0, shift, "column", next(iter(compared)), columns=tuple(compared)),
            *(replace(b, start=b.start + shift, end=b.end + shift) for b in read),
        )
        return moved, fill([*column, *tokens], moved, vocab)


def _narrowed(binding: Binding, own: set[str]) -> Binding:
    """A value that several columns have is of the one that the last plan selects by."""
    values = tuple(value for value in binding.values if value.column in own)
    columns = {value.column for value in values}
    return replace(binding, values=values) if len(columns) == 1 else binding


def _best_reason(
    fragment: Fragment, plan: QueryPlan, profile: Profile, reasons: list[Abstention], depth: int
) -> Abstention:
    """The reason that says most; choices of words become choices of whole questions."""
    best = max(reasons, key=lambda one: (one.final, bool(one.choices), one.bound),
               default=Abstention("I can't read that."))  # fmt: skip
    if best.final or best.plans or not best.choices or depth:
        return best
    plans = []
    for choice in best.choices:
        try:
            plans.append(_edited(replace(fragment, text=choice), plan, profile, depth=1).plan)
        except Abstention:
            continue
    return choose(best.reason, plans, profile) if plans else Abstention(best.reason, bound=1)


def _pointed_at(fragment: Fragment, plan: QueryPlan, vocab: Vocabulary) -> QueryPlan:
    """The rows that a count counted, the row of a highest value, the group that leads."""
    frame = Frame(vocab, [], (), filters=list(plan.filters))
    plain = not (plan.compare or plan.calculate or plan.having or plan.group_by)
    one = plan.aggregates[0] if len(plan.aggregates) == 1 and plain else None
    if one is not None and one.function == "count" and one.column is None and not one.filters:
        columns = shown(frame)
        date = vocab.date.name if vocab.date else None
        sort = [Sort(output=columns.index(date))] if date in columns else []
        return changed(plan, aggregates=[], columns=columns, sort=sort)
    if one is not None and one.function in {"max", "min"} and one.column and not one.filters:
        columns = shown(frame, one.column)
        at = Sort(output=columns.index(one.column), descending=one.function == "max")
        return changed(plan, aggregates=[], columns=columns, sort=[at], limit=_ROWS)
    keys = len(plan.group_by)
    in_order = not plan.sort or plan.sort[0].output < keys
    if keys and len(plan.aggregates) == 1 and in_order and fragment.pointing == "one":
        ends = [changed(plan, sort=[Sort(output=keys, descending=high)]) for high in (True, False)]
        raise choose("The one with the highest, or the lowest?", ends, vocab.profile)
    raise Abstention("I can't tell which rows of the last answer you mean.", bound=1)
