"""The ranked reading of one question: the likeliest plan, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from worker.models.builtin.ranked.candidate import Candidate
from worker.models.builtin.ranked.confidence import Judged, best_of, winning_facts
from worker.models.builtin.ranked.facts import Field, Tried, facts, shares
from worker.models.builtin.ranked.features import Features, Question, features, left_over
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.model import Model, model
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.rehearsal import Found, Rehearsal
from worker.models.builtin.ranked.table import word_table
from worker.models.builtin.ranked.unbound import unbound
from worker.query.plan import QueryPlan

#: How many of the candidates with the highest scores get a closer look.
SHORTLIST = 20


@dataclass(frozen=True)
class Ranked:
    """The likeliest plan; `answer` is the output that answers.

    `unbound` are the words that have no part in it and must have one; `tied` says that others come
    as high or as low as what it takes; `sure` is the probability, 0..1, that it is right.
    """

    plan: QueryPlan
    answer: int
    sure: float
    unbound: tuple[str, ...]
    tied: bool
    candidate: Candidate

    @property
    def trusted(self) -> bool:
        """Whether it may be answered: likely enough, and nothing of weight is passed over."""
        return self.sure >= model().threshold and not self.unbound and not self.tied


def tried_out(question: Question, rehearsal: Rehearsal, weights: Model) -> list[Tried]:
    """All candidates that find something, with their scores."""
    found: list[tuple[Candidate, Found, Features]] = []
    for candidate in candidates(question.links):
        own = rehearsal.found(candidate)
        if own.answers:
            scores = weights.scores(features(question, candidate, own.answers))
            found.append((candidate, own, scores))
    parts = shares([scores["score"] for _, _, scores in found])
    return [Tried(*one, part) for one, part in zip(found, parts, strict=True)]


def shortlist(question: Question, tried: list[Tried]) -> list[tuple[Tried, Features]]:
    """The candidates worth a closer look, with their facts."""
    if not tried:
        return []
    field = Field(question, tried)
    first = sorted(tried, key=lambda one: -one.share)[:SHORTLIST]
    return [(one, facts(question, one, field)) for one in first]


def read_ranked(text: str, rehearsal: Rehearsal) -> Ranked | None:
    """The likeliest plan for a question, however unlikely; None if nothing can be read."""
    weights = model()
    question = Question(link(text, word_table(rehearsal.profile)), weights.grams)
    entries = shortlist(question, tried_out(question, rehearsal, weights))
    if not entries:
        return None
    judged = [
        Judged(
            one.answers,
            told,
            left_over(question, one.candidate),
            weights.choice.probability(told),
        )
        for one, told in entries
    ]
    at = best_of(judged)
    best = entries[at][0].candidate
    told = winning_facts(judged, judged[at], weights.harm)
    return Ranked(
        plan=best.plan(rehearsal.profile.id),
        answer=best.answer,
        sure=weights.confidence.probability(told),
        unbound=unbound(question, entries[at][0], weights.kin),
        tied=entries[at][0].found.tied,
        candidate=best,
    )
