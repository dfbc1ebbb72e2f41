"""The ranked reading of one question: what it may mean, the likeliest plan, and how sure it is."""

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
    """The likeliest plan; `answer` is the output that answers, of every row.

    `sure` is the probability, 0..1, that it is right; `blocked` says that something keeps it from
    being answered all the same.
    """

    candidate: Candidate
    plan: QueryPlan
    sure: float
    blocked: bool

    @property
    def answer(self) -> int:
        """The output that answers."""
        return self.candidate.answer

    @property
    def trusted(self) -> bool:
        """Whether it may be answered: likely enough, and nothing of weight is passed over."""
        return self.sure >= model().threshold and not self.blocked


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


def is_true(question: Question, one: Tried, profile: Profile) -> bool:
    """Whether a candidate cuts off no equals and shows every word that turns what is meant."""
    candidate, found = one.candidate, one.found
    plan, agreed = candidate.plan(profile.id), candidate.selection.joined and len(one.answers) == 1
    if found.tied or not _has_signs(question.text, plan):
        return False
    words = tokenize(question.text)
    return faithful(words, plan, profile, candidate.answer, agreed=agreed)


def _has_signs(text: str, plan: QueryPlan) -> bool:
    """Whether values that end in a sign, which words have not, are written so: "O-" is no O+."""
    signed = [str(v) for one in plan.filters for v in one.values if str(v).endswith(("+", "-"))]
    return all(value.lower() in text.lower() for value in signed)


def is_blocked(question: Question, one: Tried, left: Sequence[Left], profile: Profile) -> bool:
    """Whether something keeps a candidate from being an answer, however likely it is."""
    return bool(barred(question, one, left)) or not is_true(question, one, profile)


class LikelyPlans:
    """What a question may mean of a table: candidates, each with how likely all make it."""

    def __init__(self, text: str, rehearsal: Rehearsal) -> None:
        weights, self._profile = model(), rehearsal.profile
        self.question = Question(text, link(text, word_table(self._profile)), weights.grams)
        entries = shortlist(self.question, tried_out(self.question, rehearsal, weights))
        remains = Remains(self.question)
        self.tried = [one for one, _ in entries]
        self.judged = [
            Judged(one.answers, told, remains.of(one), weights.choice.probability(told))
            for one, told in entries
        ]

    def best(self) -> Ranked | None:
        """The likeliest plan, however unlikely; None if nothing can be read."""
        if not self.tried:
            return None
        usage, columns = model().usage, column_stems(self.question.links)
        at, blocked = best_of(self.judged, self._is_blocked)
        candidate, winner = self.tried[at].candidate, self.judged[at]
        told = winning_facts(self.judged, winner, usage, columns)
        return Ranked(
            candidate=candidate,
            plan=candidate.plan(self._profile.id),
            sure=model().confidence.probability(told),
            blocked=blocked or bool(foreign(winner.left, usage, columns)),
        )

    def _is_blocked(self, at: int) -> bool:
        return is_blocked(self.question, self.tried[at], self.judged[at].left, self._profile)
