"""The ranked reading of one question: the likeliest plan, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.datasets import Profile
from worker.models.builtin.faithful import faithful
from worker.models.builtin.ranked.candidate import Candidate
from worker.models.builtin.ranked.confidence import Judged, best_of, winning_facts
from worker.models.builtin.ranked.facts import Field, Tried, facts, shares
from worker.models.builtin.ranked.features import Features, Question, features
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.model import Model, model
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.rehearsal import Found, Rehearsal
from worker.models.builtin.ranked.remains import Left, Remains, column_stems
from worker.models.builtin.ranked.table import word_table
from worker.models.builtin.ranked.unbound import barred, foreign
from worker.models.builtin.words import tokenize
from worker.query.plan import QueryPlan

#: How many of the candidates with the highest scores get a closer look.
SHORTLIST = 20


@dataclass(frozen=True)
class Ranked:
    """The likeliest plan; `answer` is the output that answers.

    `unbound` are the words that have no part in it and must have one; `tied` says that others come
    as high or as low as what it takes; `faithful`, that it is true to every word that turns what
    is meant. `sure` is the probability, 0..1, that it is right.
    """

    plan: QueryPlan
    answer: int
    sure: float
    unbound: tuple[str, ...]
    tied: bool
    faithful: bool
    candidate: Candidate

    @property
    def trusted(self) -> bool:
        """Whether it may be answered: likely enough, and nothing of weight is passed over."""
        blocked = self.unbound or self.tied or not self.faithful
        return self.sure >= model().threshold and not blocked


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


def is_blocked(question: Question, one: Tried, left: Sequence[Left], profile: Profile) -> bool:
    """Whether something keeps a candidate from being an answer, however likely it is."""
    return (
        one.found.tied
        or bool(barred(question, one, left))
        or not _is_faithful(question, one.candidate, profile)
    )


def _is_faithful(question: Question, candidate: Candidate, profile: Profile) -> bool:
    plan = candidate.plan(profile.id)
    return faithful(tokenize(question.text), plan, profile, candidate.answer)


def read_ranked(text: str, rehearsal: Rehearsal) -> Ranked | None:
    """The likeliest plan for a question, however unlikely; None if nothing can be read."""
    weights, profile = model(), rehearsal.profile
    question = Question(text, link(text, word_table(profile)), weights.grams)
    entries = shortlist(question, tried_out(question, rehearsal, weights))
    if not entries:
        return None
    remains = Remains(question)
    judged = [
        Judged(one.answers, told, remains.of(one), weights.choice.probability(told))
        for one, told in entries
    ]
    at = best_of(judged, lambda at: is_blocked(question, entries[at][0], judged[at].left, profile))
    best, winner = entries[at][0], judged[at]
    columns = column_stems(question.links)
    unbound = barred(question, best, winner.left) + foreign(winner.left, weights.usage, columns)
    return Ranked(
        plan=best.candidate.plan(profile.id),
        answer=best.candidate.answer,
        sure=weights.confidence.probability(winning_facts(judged, winner, weights.usage, columns)),
        unbound=unbound,
        tied=best.found.tied,
        faithful=_is_faithful(question, best.candidate, profile),
        candidate=best.candidate,
    )
