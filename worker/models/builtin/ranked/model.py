"""The model: what was learned, kept in a file with where it comes from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from worker.models.builtin.ranked.features import Features
from worker.models.builtin.ranked.trees import Trees
from worker.models.builtin.ranked.usage import Usage, Word

#: Parts of the score that are facts of their own.
GROUPS = ("words", "words of target", "words of measure", "rest", "words of values")


def group_of(feature: str) -> int:
    """The place of a feature's group in GROUPS."""
    if "*" in feature:
        return 4
    if "~" in feature:
        return 1
    if "^" in feature and not feature.startswith("^"):
        return 2
    return 3 if "=" in feature or "&" not in feature else 0


@dataclass(frozen=True)
class Model:
    """What candidates are chosen by.

    `grams` are the words and rows of words whose presence is a feature, `rank` the weights that
    choose the candidates worth a closer look, each with its group. Of those, `choice` tells which
    is right, and `confidence` how sure that is: an answer with less than `threshold` is not given.
    `usage` tells how much a word matters that it leaves over.
    """

    grams: frozenset[str]
    rank: dict[str, tuple[float, int]]
    choice: Trees
    confidence: Trees
    usage: Usage
    threshold: float

    def scores(self, features: Features) -> Features:
        """How likely a candidate is, as a logarithm without a base line, and by groups."""
        sums = [0.0] * len(GROUPS)
        for name, strength in features.items():
            weighed = self.rank.get(name)
            if weighed is not None:
                sums[weighed[1]] += weighed[0] * strength
        by_group = {f"score of {name}": one for name, one in zip(GROUPS, sums, strict=True)}
        return {"score": sum(sums), **by_group}


def grouped(weights: dict[str, float]) -> dict[str, tuple[float, int]]:
    """Weights with their groups."""
    return {name: (weight, group_of(name)) for name, weight in weights.items()}


def model_of(raw: dict[str, Any]) -> Model:
    """The model that the content of a file of weights says."""
    return Model(
        grams=frozenset(raw["grams"]),
        rank=grouped(raw["rank"]),
        choice=Trees(raw["choice"]["facts"], raw["choice"]["trees"]),
        confidence=Trees(raw["confidence"]["facts"], raw["confidence"]["trees"]),
        usage=_usage(raw["usage"]),
        threshold=raw["threshold"],
    )


def _usage(raw: dict[str, Any]) -> Usage:
    return Usage({stem: Word(*word) for stem, word in raw["words"].items()}, Word(*raw["unknown"]))


@lru_cache(maxsize=1)
def model() -> Model:
    """The model that ships with Tailrace, read once."""
    text = resources.files(__package__).joinpath("weights.json").read_text(encoding="utf-8")
    return model_of(json.loads(text))
