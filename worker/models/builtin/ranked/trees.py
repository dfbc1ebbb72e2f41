"""Boosted trees as plain numbers: a sum of leaves, found by comparing facts with thresholds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from worker.models.builtin.ranked.features import Features

#: A leaf's value, or [place of a fact, threshold, tree if at most that, tree if more].
Tree = Any


@dataclass(frozen=True)
class Trees:
    """An ensemble whose sum is the logit of a probability; a fact that is not told is 0."""

    facts: Sequence[str]
    trees: Sequence[Tree]

    def probability(self, told: Features) -> float:
        """How likely it is, 0..1."""
        row = [told.get(name, 0.0) for name in self.facts]
        total = 0.0
        for tree in self.trees:
            node = tree
            while type(node) is list:
                node = node[2] if row[node[0]] <= node[1] else node[3]
            total += node
        return 1.0 / (1.0 + math.exp(-total))
