"""Confidence: which candidate wins, and what tells whether it is right."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from worker.models.builtin.ranked.features import Features
from worker.models.builtin.ranked.remains import KINDS, Left
from worker.models.builtin.ranked.usage import Usage

_NEARLY_AS_LIKELY = 0.3
#: What is told of a kind of words of which none is left over.
_FITS = 9.0


@dataclass(frozen=True)
class Judged:
    """A candidate: its answers, its facts, the words it leaves over, how likely all make it."""

    answers: frozenset[str]
    told: Features
    left: Sequence[Left]
    likely: float


def best_of(judged: Sequence[Judged], blocked: Callable[[int], bool]) -> tuple[int, bool]:
    """The place of the likeliest candidate, and whether it is blocked.

    If the likeliest is blocked, another takes its place that answers the same, is not blocked, and
    is nearly as likely.
    """
    best = max(range(len(judged)), key=lambda at: judged[at].likely)
    if not blocked(best):
        return best, False
    least = _NEARLY_AS_LIKELY * judged[best].likely
    agreeing = (
        at
        for at, one in enumerate(judged)
        if at != best and one.answers == judged[best].answers and one.likely >= least
    )
    free = [at for at in agreeing if not blocked(at)]
    return (max(free, key=lambda at: judged[at].likely), False) if free else (best, True)


def winning_facts(
    judged: Sequence[Judged], best: Judged, usage: Usage, columns: Collection[str]
) -> Features:
    """What tells whether the winner is right: its facts, its rivals, and what it leaves over.

    `columns` are the stems of all names of columns.
    """
    by_answer: dict[frozenset[str], list[float]] = defaultdict(list)
    for one in judged:
        by_answer[one.answers].append(one.likely)
    own = by_answer.pop(best.answers)
    rivals = sorted((max(likely) for likely in by_answer.values()), reverse=True)
    told = best.told | {
        "likely": best.likely,
        "likely agreeing": sum(own),
        "likely rival": rivals[0] if rivals else 0.0,
        "likely rivals": sum(rivals),
        "likely third": rivals[1] if len(rivals) > 1 else 0.0,
        "likely margin": _logit(best.likely) - _logit(rivals[0] if rivals else 0.0),
    }
    _passed_over(best.left, usage, columns, told)
    return told


def _passed_over(
    left: Sequence[Left], usage: Usage, columns: Collection[str], told: Features
) -> None:
    """How much the words matter that are left over, in all and by kind."""
    harm = [usage.word(one.stem).harm for one in left]
    told["worst left"] = max(harm, default=0.0)
    told["harm"] = sum(harm)
    told["unknown left"] = sum(one.stem not in usage.words for one in left)
    for kind in KINDS:
        own = [one.stem for one in left if one.kind == kind]
        told[f"{kind} left"] = len(own)
        if kind != "light":
            words = [usage.word(stem) for stem in own]
            told[f"{kind} fit"] = min((usage.fit(s, columns) for s in own), default=_FITS)
            told[f"{kind} needed"] = max((word.needed for word in words), default=0.0)
            told[f"{kind} tables"] = min((math.log1p(word.tables) for word in words), default=_FITS)
            told[f"{kind} harm"] = max((word.harm for word in words), default=0.0)
    heavy = [one.stem for one in left if one.kind != "light"]
    told["least fit"] = min((usage.fit(stem, columns) for stem in heavy), default=_FITS)
    told["most needed"] = max((usage.word(stem).needed for stem in heavy), default=0.0)


def _logit(likely: float) -> float:
    return math.log((likely + 1e-4) / (1.0001 - likely))
