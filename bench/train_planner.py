#!/usr/bin/env python3
"""Learns the weights of the ranked reading from questions with answers, and writes them.

    .venv/bin/python bench/train_planner.py --questions TSV --tables DIR

The tables are dealt into folds: while the confidence is learned, no candidate is ranked by weights
that have seen its table. The threshold is the least confidence at which the answers given so far,
surest first, are right in the wanted share.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_CHECKOUT = Path(__file__).parent.parent
sys.path.insert(0, str(_CHECKOUT))

from bench.wiki.labels import Labelled, grams, label  # noqa: E402 - after the path is set
from bench.wiki.learning import Floats, Matrix, Sparse, logistic, rank  # noqa: E402
from bench.wiki.tables import questions  # noqa: E402
from worker.models.builtin.ranked.confidence import (  # noqa: E402
    Standing,
    best_of,
    shares,
    standing_features,
)

_WEIGHTS = _CHECKOUT / "worker/models/builtin/ranked/weights.json"
_LEAST_QUESTIONS = 5
_RANK_SHRINK, _SURE_SHRINK = 1.5e-4, 1e-3
_LEAST_WEIGHT = 0.03
_FOLDS = 4

Mask = npt.NDArray[np.bool_]


class Training:
    """All labelled questions as arrays."""

    def __init__(self, labelled: list[Labelled], sparse: Sparse) -> None:
        self.labelled = labelled
        self.names = list(sparse.names)
        self.sparse = sparse
        lengths = [len(one.rows) for one in labelled]
        self.ends = np.concatenate([[0], np.cumsum(lengths)])
        self.groups = np.repeat(np.arange(len(labelled)), lengths)
        self.right = np.array([row[0] for one in labelled for row in one.rows])
        self.fold = np.array([zlib.crc32(one.table.encode()) % _FOLDS for one in labelled])
        matrix = sparse.matrix()
        seen = np.unique(self.groups[matrix.rows] * matrix.width + matrix.columns) % matrix.width
        support = np.bincount(seen, minlength=matrix.width)
        self.matrix: Matrix = matrix.only(support >= _LEAST_QUESTIONS)

    def rank(self, chosen: Mask) -> Floats:
        """Weights learned from these questions, those without a right candidate apart."""
        solvable = np.bincount(self.groups, self.right, len(self.labelled)) > 0
        rows = (chosen & solvable)[self.groups]
        groups = np.unique(self.groups[rows], return_inverse=True)[1]
        weights = rank(self.matrix.slice(rows), groups, self.right[rows], shrink=_RANK_SHRINK)
        return np.where(np.abs(weights) >= _LEAST_WEIGHT, weights, 0.0)

    def winners(self, weights: Floats, chosen: Mask) -> Iterator[tuple[dict[str, float], bool]]:
        """The best candidate of each of these questions: how it stands, and whether it is right."""
        scores = self.matrix.times(weights)
        for at in np.flatnonzero(chosen):
            start, end = self.ends[at], self.ends[at + 1]
            if start == end:
                continue
            own = scores[start:end]
            ranked = [
                Standing(self._features(start + i), score, row[1], row[2], share)
                for i, (score, row, share) in enumerate(
                    zip(own, self.labelled[at].rows, shares(list(own)), strict=True)
                )
            ]
            best = best_of(ranked)
            yield standing_features(ranked, best), self.labelled[at].rows[best][0]

    def _features(self, row: int) -> dict[str, float]:
        ids, strengths = self.sparse.ids[row], self.sparse.strengths[row]
        return {self.names[i]: float(s) for i, s in zip(ids, strengths, strict=True)}


def confidence(training: Training) -> tuple[dict[str, float], Floats, Floats]:
    """Weights of the confidence; and each question's confidence and rightness, out of its fold."""
    sparse, right = Sparse(), []
    for fold in range(_FOLDS):
        weights = training.rank(training.fold != fold)
        for features, is_right in training.winners(weights, training.fold == fold):
            sparse.add(features)
            right.append(float(is_right))
    matrix, truth = sparse.matrix(), np.array(right)
    # Halves take turns, so that the threshold too is set on what was not learned from.
    half = np.arange(len(truth)) % 2 == 0
    sure = np.zeros(len(truth))
    for learned in (half, ~half):
        weights = logistic(matrix.slice(learned), truth[learned], shrink=_SURE_SHRINK)
        sure[~learned] = 1 / (1 + np.exp(-matrix.times(weights)[~learned]))
    weights = logistic(matrix, truth, shrink=_SURE_SHRINK)
    return dict(zip(sparse.names, weights, strict=True)), sure, truth


def threshold(sure: Floats, right: Floats, precision: float) -> tuple[float, float]:
    """The least confidence that still gives this precision, and the share answered with it."""
    order = np.argsort(-sure)
    precise = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precise >= precision)
    last = int(enough.max()) if len(enough) else 0
    return float(sure[order][last]), (last + 1) / len(order)


def _rounded(weights: dict[str, float], least: float) -> dict[str, float]:
    return {n: round(float(w), 3) for n, w in sorted(weights.items()) if abs(w) >= least}


def main() -> None:
    """Learn, and write the weights with where they come from."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--tables", type=Path, required=True)
    parser.add_argument("--precision", type=float, default=0.85)
    chosen = parser.parse_args()
    asked = questions(chosen.questions)
    known = grams(asked)
    training = Training(*label(asked, chosen.tables, known))
    learned = learn(training, known, chosen.precision, chosen.questions.name)
    _WEIGHTS.write_text(json.dumps(learned, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(learned["provenance"], indent=2))


def learn(
    training: Training, known: frozenset[str], precision: float, source: str
) -> dict[str, Any]:
    """The content of the file of weights."""
    sure_weights, sure, right = confidence(training)
    least, coverage = threshold(sure, right, precision)
    ranking = training.rank(np.ones(len(training.labelled), dtype=bool))
    return {
        "provenance": {
            "made_by": "bench/train_planner.py",
            "date": time.strftime("%Y-%m-%d"),
            "questions": f"WikiTableQuestions 1.0.2 (CC BY-SA 4.0), {source}",
            "number_of_questions": len(training.labelled),
            "right_out_of_fold": round(float(right.sum()) / len(training.labelled), 4),
            "precision_wanted": precision,
            "coverage_out_of_fold": round(coverage * len(right) / len(training.labelled), 4),
        },
        "threshold": round(least, 3),
        "grams": sorted(known),
        "confidence": _rounded(sure_weights, 1e-3),
        "rank": _rounded(dict(zip(training.names, ranking, strict=True)), _LEAST_WEIGHT),
    }


if __name__ == "__main__":
    main()
