"""Labels: what the reading tries for many questions, and which of it is right."""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.wiki.database import profile_of
from bench.wiki.learning import Sparse, common
from bench.wiki.rules import agrees
from bench.wiki.tables import Question, read
from worker.models.builtin.ranked import features as featuring
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.model import Model
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.reader import shortlist, tried_out
from worker.models.builtin.ranked.rehearsal import Rehearsal
from worker.models.builtin.ranked.table import word_table
from worker.models.builtin.ranked.unbound import column_stems, counted, unbound
from worker.models.builtin.words import tokenize

_LEAST_GRAM = 30


@dataclass(frozen=True)
class Tried:
    """One candidate: whether it is right, its answers, and the stems of words it leaves over.

    `blocked` says that one of those words, or a tie, keeps it from being answered, however likely.
    """

    right: bool
    answers: frozenset[str]
    left: tuple[str, ...] = ()
    blocked: bool = False


@dataclass(frozen=True)
class Counted:
    """What a question counts, by its stem, and the stems of its table's columns."""

    noun: str
    columns: frozenset[str]
    table: str


@dataclass
class Labelled:
    """Questions in the order of their tables; the rows of `sparse` are all that was tried.

    `counts` are those of them that count something.
    """

    tables: list[str] = field(default_factory=list)
    tried: list[list[Tried]] = field(default_factory=list)
    sparse: Sparse = field(default_factory=Sparse)
    counts: list[Counted] = field(default_factory=list)

    def extend(self, other: Labelled) -> None:
        """More questions, after these."""
        self.tables += other.tables
        self.tried += other.tried
        self.sparse.extend(other.sparse)
        self.counts += other.counts


def grams(questions: list[Question]) -> frozenset[str]:
    """The words and rows of words that many questions have."""
    return common((_grams(question.text) for question in questions), _LEAST_GRAM)


def _grams(text: str) -> set[str]:
    words = [t.lower if t.number is None else "#" for t in tokenize(text)]
    pairs = {f"{a} {b}" for a, b in itertools.pairwise(["^", *words])}
    masked = {f"{word} @" for word in words} | {f"@ {word}" for word in words}
    return set(words) | pairs | masked | {" ".join(["^", *words[:3]])}


def all_tried(questions: list[Question], folder: Path, known: frozenset[str]) -> Labelled:
    """All candidates that answer anything, with their features."""
    return _in_parts(_all_tried, questions, folder, known)


def _all_tried(questions: list[Question], folder: Path, known: frozenset[str]) -> Labelled:
    labelled = Labelled()
    for question, rehearsal in _with_tables(questions, folder):
        asked = featuring.Question(link(question.text, word_table(rehearsal.profile)), known)
        tried = []
        right = _marker(question)
        for candidate in candidates(asked.links):
            answers = rehearsal.found(candidate).answers
            if answers:
                labelled.sparse.add(featuring.features(asked, candidate, answers))
                tried.append(Tried(right(answers), frozenset(answers)))
        noun = counted(asked.links)
        if noun is not None:
            stem, columns = asked.links.tokens[noun].stem, column_stems(asked.links)
            labelled.counts.append(Counted(stem, columns, question.table))
        labelled.tables.append(question.table)
        labelled.tried.append(tried)
    return labelled


def shortlisted(questions: list[Question], folder: Path, weights: dict[str, Model]) -> Labelled:
    """The candidates that the model of their table, by `weights`, finds worth a closer look.

    The rows are their facts.
    """
    return _in_parts(_shortlisted, questions, folder, weights)


def _shortlisted(questions: list[Question], folder: Path, weights: dict[str, Model]) -> Labelled:
    labelled = Labelled()
    for question, rehearsal in _with_tables(questions, folder):
        own = weights[question.table]
        asked = featuring.Question(link(question.text, word_table(rehearsal.profile)), own.grams)
        tried, right = [], _marker(question)
        for one, told in shortlist(asked, tried_out(asked, rehearsal, own)):
            labelled.sparse.add(told)
            left = featuring.left_over(asked, one.candidate)
            blocked = one.found.tied or bool(unbound(asked, one, own.kin))
            tried.append(Tried(right(one.found.answers), one.answers, left, blocked))
        labelled.tables.append(question.table)
        labelled.tried.append(tried)
    return labelled


def _marker(question: Question) -> Callable[[tuple[str, ...]], bool]:
    """Whether answers are right; many candidates give the same ones."""
    return lru_cache(maxsize=None)(lambda answers: agrees(question.answer, answers))


def _with_tables(questions: list[Question], folder: Path) -> Iterator[tuple[Question, Rehearsal]]:
    """Questions with their tables, each read once if the questions are in the tables' order."""
    for name, own in itertools.groupby(questions, key=lambda question: question.table):
        table = read(folder / name)
        rows = [list(row) for row in zip(*table.values, strict=True)]
        rehearsal = Rehearsal(profile_of(name, table), rows)
        for question in own:
            yield question, rehearsal


def _in_parts(
    work: Callable[[list[Question], Path, Any], Labelled],
    questions: list[Question],
    folder: Path,
    given: Any,
) -> Labelled:
    """The work done on halves of the questions, in the order of their tables, at a time."""
    ordered = sorted(questions, key=lambda question: question.table)
    size = -(-len(ordered) // 2)
    parts = [(ordered[at : at + size], folder, given) for at in range(0, len(ordered), size)]
    labelled = Labelled()
    with multiprocessing.Pool(2) as pool:
        for done in pool.starmap(work, parts):
            labelled.extend(done)
    return labelled
