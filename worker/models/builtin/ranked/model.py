"""The model: learned weights of the features, kept in a file with where they come from."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from worker.models.builtin.ranked.features import Features


@dataclass(frozen=True)
class Model:
    """Weights to rank candidates by, and to tell how sure the best one is.

    `grams` are the words and pairs of words whose presence is a feature; an answer with less
    confidence than `threshold` is not given.
    """

    grams: frozenset[str]
    rank: dict[str, float]
    confidence: dict[str, float]
    threshold: float

    def score(self, features: Features) -> float:
        """How likely a candidate is, as a logarithm without a base line."""
        return _sum(self.rank, features)

    def sure(self, features: Features) -> float:
        """The probability, 0..1, that what has these features is right."""
        return 1.0 / (1.0 + math.exp(-_sum(self.confidence, features)))


def _sum(weights: dict[str, float], features: Features) -> float:
    return sum(weights.get(name, 0.0) * strength for name, strength in features.items())


@lru_cache(maxsize=1)
def model() -> Model:
    """The model that ships with Tailrace, read once."""
    text = resources.files(__package__).joinpath("weights.json").read_text(encoding="utf-8")
    raw = json.loads(text)
    return Model(frozenset(raw["grams"]), raw["rank"], raw["confidence"], raw["threshold"])
