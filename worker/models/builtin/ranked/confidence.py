"""Confidence: which candidate wins, and what tells whether it is right."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from worker.models.builtin.ranked.features import Features


@dataclass(frozen=True)
class Judged:
    """A candidate: its answers, its facts, how likely they make it.

    `left` are the stems of the words of weight that have no part in it.
    """

    answers: frozenset[str]
    told: Features
    left: Sequence[str]
    likely: float


def best_of(judged: Sequence[Judged]) -> int:
    """The place of the likeliest candidate."""
    return max(range(len(judged)), key=lambda at: judged[at].likely)


def winning_facts(judged: Sequence[Judged], best: Judged, harm: dict[str, float]) -> Features:
    """What tells whether the winner is right: its facts, its rivals, and what it leaves over."""
    by_answer: dict[frozenset[str], list[float]] = defaultdict(list)
    for one in judged:
        by_answer[one.answers].append(one.likely)
    own = by_answer.pop(best.answers)
    rivals = sorted((max(likely) for likely in by_answer.values()), reverse=True)
    known = [harm[stem] for stem in best.left if stem in harm]
    return best.told | {
        "likely": best.likely,
        "likely agreeing": sum(own),
        "likely rival": rivals[0] if rivals else 0.0,
        "likely rivals": sum(rivals),
        "likely third": rivals[1] if len(rivals) > 1 else 0.0,
        "likely margin": _logit(best.likely) - _logit(rivals[0] if rivals else 0.0),
        "worst left": max(known, default=0.0),
        "harm": sum(known),
        "unknown left": len(best.left) - len(known),
    }


def _logit(likely: float) -> float:
    return math.log((likely + 1e-4) / (1.0001 - likely))
