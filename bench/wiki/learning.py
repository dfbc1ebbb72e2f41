"""Learning to rank: a log-linear model over candidates, and a logistic one over the best of each.

Plain numpy: all candidates of all questions are one sparse matrix in rows of (feature, strength).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_RATE = 0.06
_DECAY_1, _DECAY_2, _SMALL = 0.9, 0.999, 1e-8


@dataclass
class Sparse:
    """Rows of named features, collected one at a time."""

    names: dict[str, int] = field(default_factory=dict)
    ids: list[npt.NDArray[np.int32]] = field(default_factory=list)
    strengths: list[npt.NDArray[np.float32]] = field(default_factory=list)

    def add(self, features: dict[str, float]) -> None:
        """One more row."""
        names = self.names
        own = [names.setdefault(name, len(names)) for name in features]
        self.ids.append(np.array(own, np.int32))
        self.strengths.append(np.fromiter(features.values(), np.float32, len(own)))

    def matrix(self) -> Matrix:
        """All rows so far."""
        lengths = np.array([len(row) for row in self.ids])
        return Matrix(
            np.repeat(np.arange(len(lengths)), lengths),
            np.concatenate(self.ids).astype(np.int64),
            np.concatenate(self.strengths).astype(np.float64),
            len(lengths),
            len(self.names),
        )


@dataclass
class Matrix:
    """A sparse matrix by coordinates."""

    rows: Ints
    columns: Ints
    values: Floats
    height: int
    width: int

    def times(self, weights: Floats) -> Floats:
        """Each row's sum of strengths by weights."""
        sums = np.bincount(self.rows, self.values * weights[self.columns], self.height)
        return np.asarray(sums, np.float64)

    def back(self, errors: Floats) -> Floats:
        """What errors of the rows mean for the weights."""
        sums = np.bincount(self.columns, self.values * errors[self.rows], self.width)
        return np.asarray(sums, np.float64)

    def only(self, kept: npt.NDArray[np.bool_]) -> Matrix:
        """The same rows with only the kept columns' entries."""
        entry = kept[self.columns]
        return Matrix(
            self.rows[entry], self.columns[entry], self.values[entry], self.height, self.width
        )

    def slice(self, chosen: npt.NDArray[np.bool_]) -> Matrix:
        """Only the chosen rows, numbered anew."""
        number = np.cumsum(chosen) - 1
        entry = chosen[self.rows]
        return Matrix(
            number[self.rows[entry]],
            self.columns[entry],
            self.values[entry],
            int(chosen.sum()),
            self.width,
        )


def softmax(scores: Floats, groups: Ints, count: int) -> Floats:
    """Each row's share among the rows of its group."""
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, groups, scores)
    raised = np.exp(scores - highest[groups])
    return np.asarray(raised / np.bincount(groups, raised, count)[groups])


def _descend(width: int, steps: int, gradient: object) -> Floats:
    """Weights after so many steps of Adam."""
    weights, mean, square = np.zeros(width), np.zeros(width), np.zeros(width)
    for step in range(1, steps + 1):
        slope = gradient(weights)  # type: ignore[operator]
        mean = _DECAY_1 * mean + (1 - _DECAY_1) * slope
        square = _DECAY_2 * square + (1 - _DECAY_2) * slope**2
        size = _RATE * (1 - _DECAY_2**step) ** 0.5 / (1 - _DECAY_1**step)
        weights = weights - size * mean / (np.sqrt(square) + _SMALL)
    return np.asarray(weights)


def rank(
    matrix: Matrix, groups: Ints, right: npt.NDArray[np.bool_], *, shrink: float, steps: int = 160
) -> Floats:
    """Weights under which right candidates have the largest share of their question.

    Questions without a right candidate teach nothing here and must be left out.
    """
    count = int(groups.max()) + 1

    def gradient(weights: Floats) -> Floats:
        scores = matrix.times(weights)
        shares = softmax(scores, groups, count)
        good = softmax(np.where(right, scores, -1e9), groups, count)
        return matrix.back(shares - good) / count + shrink * weights

    return _descend(matrix.width, steps, gradient)


def logistic(
    matrix: Matrix, right: npt.NDArray[np.bool_], *, shrink: float, steps: int = 600
) -> Floats:
    """Weights of a logistic regression."""

    def gradient(weights: Floats) -> Floats:
        sure = 1 / (1 + np.exp(-matrix.times(weights)))
        return matrix.back(sure - right) / matrix.height + shrink * weights

    return _descend(matrix.width, steps, gradient)


def common(rows: Iterable[set[str]], least: int) -> frozenset[str]:
    """The names that occur in at least so many of these sets."""
    counts: dict[str, int] = {}
    for names in rows:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return frozenset(name for name, count in counts.items() if count >= least)
