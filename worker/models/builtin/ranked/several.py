"""Several: the plans between which a ranked reading cannot decide, to ask about."""

from __future__ import annotations

from collections.abc import Sequence

from worker.models.builtin.faithful import faithful
from worker.models.builtin.ranked.facts import Tried
from worker.models.builtin.ranked.features import Question
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.model import model
from worker.models.builtin.ranked.reader import shortlist, tried_out
from worker.models.builtin.ranked.rehearsal import Rehearsal
from worker.models.builtin.ranked.remains import Left, Remains
from worker.models.builtin.ranked.table import word_table
from worker.models.builtin.vocabulary import vocabulary
from worker.models.builtin.words import tokenize
from worker.query.plan import QueryPlan

_MOST = 3
#: How likely the likeliest must be to ask at all, and any other to be one of the choices.
_FIRST, _OTHER = 0.12, 0.06
#: How much a word may matter, as learned, that a choice leaves over; how often it may be needed.
_HARM, _NEEDED = 0.65, 0.6


def several_likely(text: str, rehearsal: Rehearsal) -> list[QueryPlan]:
    """Two or three plans with unlike answers, likeliest first; none if no such few are likely."""
    weights, profile = model(), rehearsal.profile
    question = Question(text, link(text, word_table(profile)), weights.grams)
    remains = Remains(question)
    entries = shortlist(question, tried_out(question, rehearsal, weights))
    likely = sorted(
        ((weights.choice.probability(told), one) for one, told in entries),
        key=lambda pair: -pair[0],
    )
    found: dict[str, QueryPlan] = {}
    answers: set[frozenset[str]] = set()
    for chance, one in likely:
        if chance < (_OTHER if found else _FIRST) or len(found) == _MOST:
            break
        plan = one.candidate.plan(profile.id)
        turned = plan.model_copy(update={"sort": []}).model_dump_json()  # highest or lowest
        if (
            turned not in found
            and one.answers not in answers
            and _is_true(question, one, remains.of(one))
        ):
            found[turned] = plan
            answers.add(one.answers)
    return list(found.values()) if len(found) > 1 else []


def _is_true(question: Question, one: Tried, left: Sequence[Left]) -> bool:
    """Whether a candidate passes over no word of weight, and ranks by no number of a row."""
    profile, measure = question.links.table.profile, one.candidate.measure
    if measure is not None and measure.shown.name in vocabulary(profile).identifiers:
        return False
    if one.found.tied or any(_matters(word.stem) for word in left):
        return False
    plan = one.candidate.plan(profile.id)
    return faithful(tokenize(question.text), plan, profile, one.candidate.answer)


def _matters(stem: str) -> bool:
    word = model().usage.words.get(stem)
    return word is None or word.harm > _HARM or word.needed > _NEEDED
