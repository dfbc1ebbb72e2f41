"""Learning: a log-linear model over all candidates, and boosted trees over the best of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_RATE = 0.06
_DECAY_1, _DECAY_2, _SMALL = 0.9, 0.999, 1e-8


@dataclass
class Sparse:
    """Rows of named strengths, collected one at a time."""

    names: dict[str, int] = field(default_factory=dict)
    ids: list[npt.NDArray[np.int32]] = field(default_factory=list)
    strengths: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def add(self, features: dict[str, float]) -> None:
        """One more row."""
        names = self.names
        own = [names.setdefault(name, len(names)) for name in features]
        self.ids.append(np.array(own, np.int32))
        self.strengths.append(np.fromiter(features.values(), np.float32, len(own)))

    def extend(self, other: Sparse) -> None:
        """The rows of another one, after these."""
        moved = np.array([self.names.setdefault(n, len(self.names)) for n in other.names], np.int32)
        self.ids += [moved[row] for row in other.ids]
        self.strengths += other.strengths

    def matrix(self) -> Any:
        """All rows so far, as a matrix in compressed rows."""
        ends = np.concatenate([[0], np.cumsum([len(row) for row in self.ids])])
        content = (np.concatenate(self.strengths), np.concatenate(self.ids), ends)
        return csr_matrix(content, shape=(len(self.ids), len(self.names)))

    def row(self, at: int, names: Sequence[str]) -> dict[str, float]:
        """One row by names; `names` are those of all columns in order."""
        pairs = zip(self.ids[at], self.strengths[at], strict=True)
        return {names[i]: float(strength) for i, strength in pairs}


def softmax(scores: Floats, groups: Ints, count: int) -> Floats:
    """Each row's share among the rows of its group."""
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, groups, scores)
    raised = np.exp(scores - highest[groups])
    return np.asarray(raised / np.bincount(groups, raised, count)[groups])


def rank(matrix: Any, groups: Ints, right: Mask, *, shrink: float, steps: int = 120) -> Floats:
    """Weights under which right candidates have the largest share of their question, by Adam.

    Questions without a right candidate teach nothing here and must be left out.
    """
    count, columns = int(groups.max()) + 1, matrix.T.tocsr()
    weights, mean, square = (np.zeros(matrix.shape[1]) for _ in range(3))
    for step in range(1, steps + 1):
        scores = matrix @ weights
        good = softmax(np.where(right, scores, -1e9), groups, count)
        error = softmax(scores, groups, count) - good
        slope = (columns @ error) / count + shrink * weights
        mean = _DECAY_1 * mean + (1 - _DECAY_1) * slope
        square = _DECAY_2 * square + (1 - _DECAY_2) * slope**2
        size = _RATE * (1 - _DECAY_2**step) ** 0.5 / (1 - _DECAY_1**step)
        weights = weights - size * mean / (np.sqrt(square) + _SMALL)
    return np.asarray(weights)


def boosted(rows: Any, right: Mask, settings: dict[str, Any], weights: Floats | None = None) -> Any:
    """Trees whose sum is the logit of being right (LightGBM, of one thread: the same each time)."""
    chosen = {
        "objective": "binary", "num_threads": 1, "deterministic": True, "seed": 1, "verbosity": -1,
        "use_missing": False, "bagging_freq": 1, "max_bin": 63, **settings,
    }  # fmt: skip
    rounds = chosen.pop("rounds")
    data = lightgbm.Dataset(rows, right.astype(float), weight=weights)
    return lightgbm.train(chosen, data, num_boost_round=rounds)


def as_numbers(booster: Any, names: Sequence[str]) -> dict[str, Any]:
    """The trees as `worker.models.builtin.ranked.trees` reads them, with the facts they look at."""
    used = [
        name for name, splits in zip(names, booster.feature_importance(), strict=True) if splits
    ]
    place = {at: used.index(name) for at, name in enumerate(names) if name in used}

    def node(raw: dict[str, Any]) -> Any:
        if "leaf_value" in raw:
            return round(raw["leaf_value"], 4)
        sides = (node(raw["left_child"]), node(raw["right_child"]))
        return [place[raw["split_feature"]], float(f"{raw['threshold']:.5g}"), *sides]

    trees = [node(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    return {"facts": used, "trees": trees}


def common(rows: Iterable[set[str]], least: int) -> frozenset[str]:
    """The names that occur in at least so many of these sets."""
    counts: dict[str, int] = {}
    for names in rows:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return frozenset(name for name, count in counts.items() if count >= least)
