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
from bench.wiki.tables import Question, fold_of, read
from bench.wiki.unanswerable import Known, known_of
from worker.models.builtin.ranked import features as featuring
from worker.models.builtin.ranked.links import link
from worker.models.builtin.ranked.model import Model
from worker.models.builtin.ranked.operations import candidates
from worker.models.builtin.ranked.reader import is_blocked, shortlist, tried_out
from worker.models.builtin.ranked.rehearsal import Rehearsal
from worker.models.builtin.ranked.remains import Left, Remains, column_stems
from worker.models.builtin.ranked.table import word_table
from worker.models.builtin.words import tokenize

_LEAST_GRAM = 30


@dataclass(frozen=True)
class Tried:
    """One candidate: whether it is right, its answers, and the words it leaves over.

    `blocked` says that something keeps it from being answered, however likely it is.
    """

    right: bool
    answers: frozenset[str]
    left: tuple[Left, ...] = ()
    blocked: bool = False


@dataclass(frozen=True)
class Said:
    """The stems of a question's words of weight, and those of its table's columns."""

    words: frozenset[str]
    columns: frozenset[str]


@dataclass
class Labelled:
    """Questions in the order of their tables; the rows of `sparse` are all that was tried.

    `known` are those with a right plan, to make questions without an answer from.
    """

    tables: list[str] = field(default_factory=list)
    tried: list[list[Tried]] = field(default_factory=list)
    sparse: Sparse = field(default_factory=Sparse)
    said: list[Said] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)

    def extend(self, other: Labelled) -> None:
        """More questions, after these."""
        self.tables += other.tables
        self.tried += other.tried
        self.sparse.extend(other.sparse)
        self.said += other.said
        self.known += other.known


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
        asked = _asked(question, rehearsal, known)
        tried = []
        right = _marker(question)
        for candidate in candidates(asked.links):
            answers = rehearsal.found(candidate).answers
            if answers:
                labelled.sparse.add(featuring.features(asked, candidate, answers))
                tried.append(Tried(right(answers), frozenset(answers)))
        labelled.tables.append(question.table)
        labelled.tried.append(tried)
    return labelled


def shortlisted(questions: list[Question], folder: Path, by_fold: list[Model]) -> Labelled:
    """The candidates worth a closer look, by models that have not seen the folds of their tables.

    The rows are their facts.
    """
    return _in_parts(_shortlisted, questions, folder, by_fold)


def _shortlisted(questions: list[Question], folder: Path, by_fold: list[Model]) -> Labelled:
    labelled = Labelled()
    for question, rehearsal in _with_tables(questions, folder):
        own = by_fold[fold_of(question.table)]
        asked = _asked(question, rehearsal, own.grams)
        tried, right, remains, meant = [], _marker(question), Remains(asked), []
        for one, told in shortlist(asked, tried_out(asked, rehearsal, own)):
            labelled.sparse.add(told)
            left = remains.of(one)
            blocked = is_blocked(asked, one, left, rehearsal.profile)
            tried.append(Tried(right(one.found.answers), one.answers, left, blocked))
            if tried[-1].right:
                meant.append((one, left))
        words = frozenset(asked.links.tokens[at].stem for at in asked.content)
        labelled.said.append(Said(words, column_stems(asked.links)))
        if meant:
            best, left = min(meant, key=lambda pair: len(pair[1]))
            labelled.known.append(known_of(question, asked, best.candidate, left))
        labelled.tables.append(question.table)
        labelled.tried.append(tried)
    return labelled


def _asked(question: Question, rehearsal: Rehearsal, known: frozenset[str]) -> featuring.Question:
    links = link(question.text, word_table(rehearsal.profile))
    return featuring.Question(question.text, links, known)


def _marker(question: Question) -> Callable[[tuple[str, ...]], bool]:
    """Whether answers are right; many candidates give the same ones."""
    return lru_cache(maxsize=None)(
        lambda answers: bool(question.answer) and agrees(question.answer, answers)
    )


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
