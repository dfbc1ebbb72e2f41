"""Several: the plans between which a ranked reading cannot decide, to ask about."""

from __future__ import annotations

from worker.models.builtin.ranked.model import model
from worker.models.builtin.ranked.reader import LikelyPlans, is_true
from worker.models.builtin.vocabulary import vocabulary
from worker.query.plan import QueryPlan

_MOST = 3
#: How likely the likeliest must be to ask at all, and any other to be one of the choices.
_FIRST, _OTHER = 0.12, 0.06
#: How much a word may matter, as learned, that a choice leaves over; how often it may be needed.
_HARM, _NEEDED = 0.65, 0.6


def several_likely(reading: LikelyPlans) -> list[QueryPlan]:
    """Two or three plans with unlike answers, likeliest first; none if no such few are likely."""
    profile = reading.question.links.table.profile
    found: dict[str, QueryPlan] = {}
    answers: set[frozenset[str]] = set()
    for at in sorted(range(len(reading.tried)), key=lambda at: -reading.judged[at].likely):
        chance, one = reading.judged[at].likely, reading.tried[at]
        if chance < (_OTHER if found else _FIRST) or len(found) == _MOST:
            break
        plan = one.candidate.plan(profile.id)
        turned = plan.model_copy(update={"sort": []}).model_dump_json()  # highest or lowest
        if turned not in found and one.answers not in answers and _may_be_meant(reading, at):
            found[turned] = plan
            answers.add(one.answers)
    return list(found.values()) if len(found) > 1 else []


def _may_be_meant(reading: LikelyPlans, at: int) -> bool:
    """Whether a candidate passes over no word of weight, and ranks by no number of a row."""
    question, one = reading.question, reading.tried[at]
    profile, measure = question.links.table.profile, one.candidate.measure
    if measure is not None and measure.shown.name in vocabulary(profile).identifiers:
        return False
    if any(_matters(word.stem) for word in reading.judged[at].left):
        return False
    return is_true(question, one, profile)


def _matters(stem: str) -> bool:
    word = model().usage.words.get(stem)
    return word is None or word.harm > _HARM or word.needed > _NEEDED
