"""The ranked reading of one question: the likeliest plan, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.ranked.candidate import Candidate
from worker.models.builtin.ranked.confidence import Standing, best_of, shares, standing_features
from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.features import Question, covered, features
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.mentions import Links
from worker.models.builtin.ranked.model import Model, model
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.rehearsal import Rehearsal
from worker.models.builtin.ranked.table import word_table
from worker.query.plan import QueryPlan


@dataclass(frozen=True)
class Ranked:
    """The likeliest plan; `answer` is the output that answers.

    `unbound` are the words that have no part in it; `sure` is the probability, 0..1, that it is
    right.
    """

    plan: QueryPlan
    answer: int
    sure: float
    unbound: tuple[str, ...]
    candidate: Candidate

    @property
    def trusted(self) -> bool:
        """Whether it may be answered: likely enough, and every word of weight has its part."""
        return self.sure >= model().threshold and not self.unbound


def _light(links: Links, at: int, best: Candidate) -> bool:
    """Whether a word may be left over: it says little, or what the plan does anyway."""
    token, table = links.tokens[at], links.table
    if token.lower in cues("light") or token.stem in table.entity:
        return True
    if "difference" in best.operation and token.lower == "between":
        return True
    if best.operation == "count" and table.name is not None and token.stem in table.name.stems:
        return True
    sense = lexicon().sense([token])
    return sense is not None and sense.kind == "unit"


def standings(
    links: Links, rehearsal: Rehearsal, weights: Model
) -> tuple[list[Candidate], list[Standing]]:
    """All candidates that find something, with their features and scores."""
    question = Question(links, weights.grams)
    kept: list[Candidate] = []
    made: list[Standing] = []
    for candidate in candidates(links):
        answers = rehearsal.answers(candidate)
        if answers:
            own = features(question, candidate, answers)
            kept.append(candidate)
            made.append(Standing(own, weights.score(own), answers, candidate.operation))
    if not made:
        return [], []
    parts = shares([one.score for one in made])
    return kept, [
        Standing(one.features, one.score, one.answers, one.operation, part)
        for one, part in zip(made, parts, strict=True)
    ]


def read_ranked(text: str, rehearsal: Rehearsal) -> Ranked | None:
    """The likeliest plan for a question, however unlikely; None if nothing can be read."""
    weights = model()
    links = link(text, word_table(rehearsal.profile))
    kept, ranked = standings(links, rehearsal, weights)
    if not kept:
        return None
    at = best_of(ranked)
    best = kept[at]
    left = sorted(Question(links, weights.grams).content - covered(links, best))
    return Ranked(
        plan=best.plan(rehearsal.profile.id),
        answer=best.answer,
        sure=weights.sure(standing_features(ranked, at)),
        unbound=tuple(links.tokens[i].text for i in left if not _light(links, i, best)),
        candidate=best,
    )
