"""Stages of learning: the first ranking, the choice among the best, the confidence in it.

Each stage learns from what the one before it says of tables that it has not seen: the tables are
dealt into folds.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.wiki.labels import Counted, Labelled
from bench.wiki.learning import Floats, Mask, Sparse, boosted, rank
from worker.models.builtin.ranked.confidence import Judged, best_of, winning_facts

FOLDS = 5
_LEAST_QUESTIONS = 5
_LEAST_WEIGHT = 0.03
_LEAST_ROWS = 200
_RANK_SHRINK = 1.5e-4
_CHOICE: dict[str, Any] = {
    "rounds": 250, "num_leaves": 31, "learning_rate": 0.05, "min_data_in_leaf": 60,
    "feature_fraction": 0.4, "bagging_fraction": 0.7, "lambda_l2": 5.0,
}  # fmt: skip
_CONFIDENCE: dict[str, Any] = {
    "rounds": 300, "num_leaves": 12, "learning_rate": 0.02, "min_data_in_leaf": 40,
    "feature_fraction": 0.3, "bagging_fraction": 0.7, "lambda_l2": 10.0,
}  # fmt: skip
_LEAST_LEFT = 6
_LEAST_TABLES, _MORE_THAN_USUAL = 3, 1.5
_PRIOR = 8.0

Harm = dict[str, float]


def fold_of(table: str) -> int:
    """The fold of a table."""
    return zlib.crc32(table.encode()) % FOLDS


class Rows:
    """What was tried for all questions, one row each."""

    def __init__(self, labelled: Labelled) -> None:
        lengths = np.array([len(tried) for tried in labelled.tried])
        self.labelled = labelled
        self.ends = np.concatenate([[0], np.cumsum(lengths)])
        self.groups = np.repeat(np.arange(len(lengths)), lengths)
        self.right: Mask = np.array([one.right for tried in labelled.tried for one in tried])
        self.folds = np.array([fold_of(table) for table in labelled.tables])

    def of(self, questions: Mask) -> Mask:
        """The rows of these questions."""
        return np.asarray(questions[self.groups])


def ranking(rows: Rows) -> list[dict[str, float]]:
    """The weights of the first ranking: without each fold in turn, and at last from all."""
    matrix, names = _supported(rows)
    solvable = np.bincount(rows.groups, rows.right, len(rows.folds)) > 0
    learned = []
    for fold in [*range(FOLDS), None]:
        chosen = rows.of(solvable & (rows.folds != fold))
        groups = np.unique(rows.groups[chosen], return_inverse=True)[1]
        weights = rank(matrix[chosen], groups, rows.right[chosen], shrink=_RANK_SHRINK)
        learned.append(rounded(dict(zip(names, weights, strict=True)), _LEAST_WEIGHT))
    return learned


def _supported(rows: Rows) -> tuple[Any, list[str]]:
    """The features that enough questions have."""
    matrix = rows.labelled.sparse.matrix()
    width = matrix.shape[1]
    questions = np.repeat(rows.groups, np.diff(matrix.indptr)).astype(np.int64)
    seen = np.unique(questions * width + matrix.indices) % width
    kept = np.flatnonzero(np.bincount(seen, minlength=width) >= _LEAST_QUESTIONS)
    names = list(rows.labelled.sparse.names)
    return matrix[:, kept], [names[at] for at in kept]


def rounded(weights: dict[str, float], least: float = 0.0) -> dict[str, float]:
    """Weights of at least so much, by name, with three digits."""
    return {n: round(float(w), 3) for n, w in sorted(weights.items()) if abs(w) >= least}


def kin_of(counts: Iterable[Counted]) -> dict[str, list[str]]:
    """By the stem of what is counted, the columns that go with it.

    They are in some tables that it is counted in, and there more often than in others.
    """
    tables: dict[str, set[str]] = defaultdict(set)
    columns: dict[str, set[str]] = defaultdict(set)
    pairs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in counts:
        tables[one.noun].add(one.table)
        for stem in one.columns:
            columns[stem].add(one.table)
            pairs[one.noun, stem].add(one.table)
    every = len(set().union(*tables.values()))
    kin: dict[str, list[str]] = defaultdict(list)
    for (noun, stem), both in sorted(pairs.items()):
        usual = len(tables[noun]) * len(columns[stem]) / every
        if stem != noun and len(both) >= _LEAST_TABLES and len(both) >= _MORE_THAN_USUAL * usual:
            kin[noun].append(stem)
    return dict(kin)


@dataclass(frozen=True)
class Winner:
    """The candidate chosen for a question: its row and rivals, and whether it is right.

    `blocked` says that it leaves over a word that keeps it from being answered.
    """

    row: int
    judged: Sequence[Judged]
    best: Judged
    right: bool
    blocked: bool
    fold: int


class Choice:
    """Trees that say of each candidate on a shortlist how likely it is the right one."""

    def __init__(self, rows: Rows) -> None:
        matrix = rows.labelled.sparse.matrix()
        kept = np.flatnonzero(matrix.getnnz(axis=0) >= _LEAST_ROWS)
        names = list(rows.labelled.sparse.names)
        self.rows = rows
        self.names = [names[at] for at in kept]
        self.facts = matrix[:, kept].toarray()
        self.trees = boosted(self.facts, rows.right, _CHOICE)

    def winners(self) -> list[Winner]:
        """The best candidates by trees that have not seen their tables."""
        likely = np.zeros(len(self.facts))
        for fold in range(FOLDS):
            unseen = self.rows.of(self.rows.folds == fold)
            trees = boosted(self.facts[~unseen], self.rows.right[~unseen], _CHOICE)
            likely[unseen] = trees.predict(self.facts[unseen])
        return [self._winner(int(at), likely) for at in np.flatnonzero(np.diff(self.rows.ends))]

    def _winner(self, at: int, likely: Floats) -> Winner:
        start, end = self.rows.ends[at : at + 2]
        judged = [
            Judged(one.answers, {}, one.left, float(p))
            for one, p in zip(self.rows.labelled.tried[at], likely[start:end], strict=True)
        ]
        best = best_of(judged)
        row = int(start) + best
        tried = self.rows.labelled.tried[at][best]
        fold = int(self.rows.folds[at])
        return Winner(row, judged, judged[best], tried.right, tried.blocked, fold)


def harm_of(winners: Iterable[Winner]) -> Harm:
    """How often an answer was wrong that left a word over, by stem; drawn to what is usual."""
    seen: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    chosen = list(winners)
    for one in chosen:
        seen.update(one.best.left)
        if not one.right:
            wrong.update(one.best.left)
    usual = sum(not one.right for one in chosen) / len(chosen)
    return rounded(
        {
            stem: (wrong[stem] + _PRIOR * usual) / (times + _PRIOR)
            for stem, times in seen.items()
            if times >= _LEAST_LEFT
        }
    )


class Confidence:
    """Trees that say how likely a winner is right."""

    def __init__(self, choice: Choice, winners: list[Winner]) -> None:
        self._choice, self._winners = choice, winners
        self.harm = harm_of(winners)
        self.names: list[str] = []
        self.trees = self._trees(range(FOLDS))

    def unseen(self) -> tuple[Floats, Mask]:
        """Each winner's confidence by trees that have not seen its table; and whether it is right.

        The confidence in one that is blocked counts as 0.
        """
        sure, right = [], []
        for fold in range(FOLDS):
            others = [other for other in range(FOLDS) if other != fold]
            harm = harm_of(one for one in self._winners if one.fold != fold)
            rows, truth = self._rows(fold, harm)
            blocked = [one.blocked for one in self._winners if one.fold == fold]
            sure.append(np.where(blocked, 0.0, self._trees(others).predict(rows)))
            right.append(truth)
        return np.concatenate(sure), np.concatenate(right)

    def _trees(self, folds: Sequence[int]) -> Any:
        """Trees of these folds; each one's harm is counted in the others."""
        parts = []
        for fold in folds:
            others = set(folds) - {fold}
            harm = harm_of(one for one in self._winners if one.fold in others)
            parts.append(self._rows(fold, harm))
        rows, right = zip(*parts, strict=True)
        return boosted(np.vstack(rows), np.concatenate(right), _CONFIDENCE)

    def _rows(self, fold: int, harm: Harm) -> tuple[Any, Mask]:
        own = [one for one in self._winners if one.fold == fold]
        sparse = Sparse()
        for one in own:
            sparse.add(winning_facts(one.judged, one.best, harm))
        facts = np.hstack([self._choice.facts[[one.row for one in own]], sparse.matrix().toarray()])
        self.names = [*self._choice.names, *sparse.names]
        return facts, np.array([one.right for one in own])


def threshold(sure: Floats, right: Mask, precision: float) -> tuple[float, float]:
    """The least confidence that still gives this precision, and the share answered with it."""
    order = np.argsort(-sure)
    precise = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precise >= precision)
    last = int(enough.max()) if len(enough) else 0
    return float(sure[order][last]), (last + 1) / len(order)
