"""Confidence: how likely the best candidate is right, by what sets it apart from the others."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from worker.models.builtin.ranked.features import Features

_KEPT = (
    "left", "how=", "unused=", "target score", "measure score", "target less", "op=", "filters=",
    "other meaning", "options", "target asked", "measure less", "target filtered", "negated",
    "joined", "measure gap", "target name", "filtered column", "answers=", "numeric=", "answer in",
    "answer all", "answer 0", "answer 1",
)  # fmt: skip
_NEAREST = 6


@dataclass(frozen=True)
class Standing:
    """One candidate among all: its features, score, answers, and share of all the weight."""

    features: Features
    score: float
    answers: tuple[str, ...]
    operation: str
    share: float = 0.0


def shares(scores: Sequence[float]) -> list[float]:
    """Scores as shares of 1."""
    highest = max(scores)
    raised = [math.exp(score - highest) for score in scores]
    total = sum(raised)
    return [one / total for one in raised]


def best_of(ranked: Sequence[Standing]) -> int:
    """The place of the winner: the likeliest candidate of the answer that has most weight."""
    weight: dict[frozenset[str], float] = defaultdict(float)
    for one in ranked:
        weight[frozenset(one.answers)] += one.share
    winner = max(weight, key=lambda answers: weight[answers])
    places = [i for i, one in enumerate(ranked) if frozenset(one.answers) == winner]
    return max(places, key=lambda i: ranked[i].share)


def standing_features(ranked: Sequence[Standing], at: int) -> Features:
    """What tells whether the candidate at this place is right."""
    best = ranked[at]
    order = sorted(ranked, key=lambda one: -one.share)
    others = [one for one in order if one is not best]
    answers = frozenset(best.answers)
    agreeing = sum(one.share for one in ranked if frozenset(one.answers) == answers)
    rivals: dict[frozenset[str], float] = defaultdict(float)
    for one in order[:_NEAREST]:
        if frozenset(one.answers) != answers:
            rivals[frozenset(one.answers)] += one.share
    found: Features = {
        "bias": 1.0,
        "share": best.share,
        "log share": math.log(best.share + 1e-6),
        "margin": best.share - (others[0].share if others else 0.0),
        "score": best.score / 10,
        "agreeing": agreeing,
        "log disagreeing": math.log(1.001 - agreeing),
        "rival": max(rivals.values(), default=0.0),
        "same operation": sum(o.share for o in ranked if o.operation == best.operation),
        "number": math.log(len(ranked)) / 5,
    }
    for name, strength in best.features.items():
        if name.startswith(_KEPT):
            found[f"of {name}"] = strength
            if name.startswith("op="):
                found[f"share of {name}"] = best.share
    return found
