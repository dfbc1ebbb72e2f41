"""Stages of learning: the first ranking, the choice among the best, the confidence in it.

Each stage learns from what the one before it says of tables that it has not seen: the tables are
dealt into folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.wiki.labels import Labelled, Said
from bench.wiki.learning import Floats, Mask, Sparse, boosted, rank
from bench.wiki.tables import FOLDS, fold_of
from bench.wiki.words import Told, usage_of
from worker.models.builtin.ranked.confidence import Judged, best_of, winning_facts
from worker.models.builtin.ranked.remains import Left
from worker.models.builtin.ranked.unbound import foreign

_LEAST_QUESTIONS = 5
_LEAST_WEIGHT = 0.03
_LEAST_ROWS = 200
_RANK_SHRINK = 1.5e-4
_CHOICE: dict[str, Any] = {
    "rounds": 250, "num_leaves": 31, "learning_rate": 0.05, "min_data_in_leaf": 60,
    "feature_fraction": 0.4, "bagging_fraction": 0.7, "lambda_l2": 5.0,
}  # fmt: skip
_CONFIDENCE: dict[str, Any] = {
    "rounds": 450, "num_leaves": 20, "learning_rate": 0.015, "min_data_in_leaf": 30,
    "feature_fraction": 0.3, "bagging_fraction": 0.7, "lambda_l2": 10.0,
}  # fmt: skip
_WEIGHT_WITHOUT = 0.15


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


@dataclass(frozen=True)
class Winner:
    """The candidate chosen for a question: its facts, its rivals, and whether it is right.

    `meant` is what the right plan leaves over that leaves over least; None if none is right.
    `blocked` says that something keeps the winner from being answered.
    """

    table: str
    said: Said
    facts: Floats
    judged: Sequence[Judged]
    best: Judged
    right: bool
    blocked: bool
    meant: Sequence[Left] | None

    @property
    def fold(self) -> int:
        """The fold of its table."""
        return fold_of(self.table)

    @property
    def told(self) -> Told:
        """What it tells of words."""
        return Told(self.table, self.said, self.meant, self.best.left, self.right)


class Choice:
    """Trees that say of each candidate on a shortlist how likely it is the right one."""

    def __init__(self, rows: Rows) -> None:
        matrix = rows.labelled.sparse.matrix()
        kept = np.flatnonzero(matrix.getnnz(axis=0) >= _LEAST_ROWS)
        names = list(rows.labelled.sparse.names)
        self.names = [names[at] for at in kept]
        self._rows, self._facts = rows, matrix[:, kept].toarray()
        self.trees = boosted(self._facts, rows.right, _CHOICE)
        self._by_fold = [
            boosted(self._facts[seen], rows.right[seen], _CHOICE)
            for seen in (rows.of(rows.folds != fold) for fold in range(FOLDS))
        ]

    def winners(self, others: Rows) -> tuple[list[Winner], list[Winner]]:
        """The best candidates for the questions learned from, and for others.

        Both by trees that have not seen their tables.
        """
        names = list(others.labelled.sparse.names)
        matrix = others.labelled.sparse.matrix()
        place = {name: at for at, name in enumerate(names)}
        facts = np.zeros((matrix.shape[0], len(self.names)))
        for at, name in enumerate(self.names):
            if name in place:
                facts[:, at] = matrix[:, [place[name]]].toarray()[:, 0]
        return self._winners(self._rows, self._facts), self._winners(others, facts)

    def _winners(self, rows: Rows, facts: Floats) -> list[Winner]:
        likely = np.zeros(len(facts))
        for fold, trees in enumerate(self._by_fold):
            unseen = rows.of(rows.folds == fold)
            if unseen.any():
                likely[unseen] = trees.predict(facts[unseen])
        found = np.flatnonzero(np.diff(rows.ends))
        return [_winner(rows, int(at), likely, facts) for at in found]


def _winner(rows: Rows, at: int, likely: Floats, facts: Floats) -> Winner:
    labelled, tried = rows.labelled, rows.labelled.tried[at]
    start, end = (int(row) for row in rows.ends[at : at + 2])
    judged = [
        Judged(one.answers, {}, one.left, float(p))
        for one, p in zip(tried, likely[start:end], strict=True)
    ]
    best, blocked = best_of(judged, lambda own: tried[own].blocked)
    meant = min((one.left for one in tried if one.right), key=len, default=None)
    return Winner(
        table=labelled.tables[at],
        said=labelled.said[at],
        facts=facts[start + best],
        judged=judged,
        best=judged[best],
        right=tried[best].right,
        blocked=blocked,
        meant=meant,
    )


class Confidence:
    """Trees that say how likely a winner is right.

    They also see winners for questions without an answer, which are never right, at less weight.
    """

    def __init__(self, names: Sequence[str], winners: list[Winner], without: list[Winner]) -> None:
        self._facts_of_choice = names
        self._winners, self._without = winners, without
        self.names: list[str] = []
        self.usage = usage_of(one.told for one in winners)
        self._parts = [self._part(fold) for fold in range(FOLDS)]
        self.trees = self._trees(range(FOLDS))

    def unseen(self) -> tuple[Floats, Mask, Floats]:
        """Each winner's confidence by trees that have not seen its table; and whether it is right.

        Then the confidences in winners for questions without an answer. That in one that is blocked
        counts as 0.
        """
        sure, right, without = [], [], []
        for fold, part in enumerate(self._parts):
            trees = self._trees([other for other in range(FOLDS) if other != fold])
            given = np.where(part.blocked, 0.0, trees.predict(part.facts))
            sure.append(given[part.real])
            right.append(part.right[part.real])
            without.append(given[~part.real])
        return np.concatenate(sure), np.concatenate(right), np.concatenate(without)

    def _trees(self, folds: Sequence[int]) -> Any:
        parts = [self._parts[fold] for fold in folds]
        facts, right, real = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("facts", "right", "real")
        )
        return boosted(facts, right, _CONFIDENCE, np.where(real, 1.0, _WEIGHT_WITHOUT))

    def _part(self, fold: int) -> _Part:
        """The winners of a fold; what is told of words comes from the others."""
        usage = usage_of(one.told for one in self._winners if one.fold != fold)
        own = [one for one in [*self._winners, *self._without] if one.fold == fold]
        real = sum(one.fold == fold for one in self._winners)
        sparse = Sparse()
        for one in own:
            sparse.add(winning_facts(one.judged, one.best, usage, one.said.columns))
        self.names = [*self._facts_of_choice, *sparse.names]
        blocked = [
            one.blocked or bool(foreign(one.best.left, usage, one.said.columns)) for one in own
        ]
        return _Part(
            facts=np.hstack([np.array([one.facts for one in own]), sparse.matrix().toarray()]),
            right=np.array([one.right for one in own]),
            real=np.arange(len(own)) < real,
            blocked=np.array(blocked),
        )


@dataclass(frozen=True)
class _Part:
    """The winners of one fold: facts, and whether each is right, real, and blocked."""

    facts: Floats
    right: Mask
    real: Mask
    blocked: Mask


def threshold(sure: Floats, right: Mask, precision: float) -> float:
    """The least confidence that still gives this precision."""
    order = np.argsort(-sure)
    precise = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precise >= precision)
    return float(sure[order][enough.max() if len(enough) else 0])
