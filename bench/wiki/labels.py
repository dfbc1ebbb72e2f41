"""Labels: the candidates of many questions with their features, and which of them are right."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.wiki.database import profile_of
from bench.wiki.learning import Sparse, common
from bench.wiki.rules import agrees
from bench.wiki.tables import Question, read
from worker.models.builtin.ranked import features as featuring
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.rehearsal import Rehearsal
from worker.models.builtin.ranked.table import word_table
from worker.models.builtin.words import tokenize

_PROCESSES = 2
_LEAST_GRAM = 30


@dataclass
class Labelled:
    """One question: of each candidate whether it is right, its answers, and its operation."""

    table: str
    rows: list[tuple[bool, tuple[str, ...], str]] = field(default_factory=list)


def grams(questions: list[Question]) -> frozenset[str]:
    """The words and pairs of words that many questions have."""
    return common((_grams(question.text) for question in questions), _LEAST_GRAM)


def _grams(text: str) -> set[str]:
    words = [t.lower if t.number is None else "#" for t in tokenize(text)]
    pairs = {f"{a} {b}" for a, b in zip(["^", *words], words, strict=False)}
    masked = {f"{word} @" for word in words} | {f"@ {word}" for word in words}
    return set(words) | pairs | masked


def label(
    questions: list[Question], folder: Path, known: frozenset[str]
) -> tuple[list[Labelled], Sparse]:
    """All candidates of all questions that answer anything, in the order of the tables."""
    ordered = sorted(questions, key=lambda question: question.table)
    size = -(-len(ordered) // _PROCESSES)
    parts = [(ordered[at : at + size], folder, known) for at in range(0, len(ordered), size)]
    with multiprocessing.Pool(_PROCESSES) as pool:
        done = pool.starmap(_label, parts)
    labelled, sparse = [], Sparse()
    for some, own in done:
        labelled += some
        moved = np.array([sparse.names.setdefault(n, len(sparse.names)) for n in own.names])
        sparse.ids += [moved[row].astype(np.int32) for row in own.ids]
        sparse.strengths += own.strengths
    return labelled, sparse


def _label(
    questions: list[Question], folder: Path, known: frozenset[str]
) -> tuple[list[Labelled], Sparse]:
    labelled, sparse = [], Sparse()
    loaded: dict[str, Rehearsal] = {}
    for question in questions:
        rehearsal = loaded.get(question.table)
        if rehearsal is None:
            table = read(folder / question.table)
            rows = [list(row) for row in zip(*table.values, strict=True)]
            rehearsal = Rehearsal(profile_of(question.table, table), rows)
            loaded = {question.table: rehearsal}
        links = link(question.text, word_table(rehearsal.profile))
        asked = featuring.Question(links, known)
        found = Labelled(question.table)
        for candidate in candidates(links):
            answers = rehearsal.answers(candidate)
            if answers:
                sparse.add(featuring.features(asked, candidate, answers))
                right = agrees(question.answer, list(answers))
                found.rows.append((right, answers, candidate.operation))
        labelled.append(found)
    return labelled, sparse
