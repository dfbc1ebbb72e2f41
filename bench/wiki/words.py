"""Words: what questions with answers tell of each, as `ranked.usage` has it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from bench.wiki.labels import Said
from worker.models.builtin.ranked.remains import Left
from worker.models.builtin.ranked.usage import Usage, Word

_LEAST_TABLES = 3
_LEAST_BOTH = 3
_LEAST_RATIO = 0.4
_PRIOR_NEEDED, _PRIOR_HARM = 4.0, 8.0


@dataclass(frozen=True)
class Told:
    """What one question tells: its words, those a right plan leaves over, those the choice does.

    `meant` is None if no plan is right, `chosen` if there is none at all; `right` says whether the
    chosen one is.
    """

    table: str
    said: Said
    meant: Sequence[Left] | None
    chosen: Sequence[Left] | None
    right: bool


def usage_of(questions: Iterable[Told]) -> Usage:
    """What these questions tell of all words that are in questions to several tables."""
    asked = list(questions)
    company, tables = _company(asked)
    needed, usually_needed = _needed(asked)
    harm, usually_harmful = _harm(asked)
    words = {
        stem: Word(
            count,
            round(needed.get(stem, usually_needed), 2),
            round(harm.get(stem, usually_harmful), 2),
            dict(sorted(company[stem].items())),
        )
        for stem, count in sorted(tables.items())
        if count >= _LEAST_TABLES
    }
    return Usage(words, Word(1, round(usually_needed, 2), round(usually_harmful, 2)))


def as_json(usage: Usage) -> dict[str, Any]:
    """The usage as a model reads it."""

    def fields(word: Word) -> list[Any]:
        return [word.tables, word.needed, word.harm, *([word.company] if word.company else [])]

    words = {stem: fields(word) for stem, word in usage.words.items()}
    return {"words": words, "unknown": fields(usage.unknown)}


def _company(asked: Sequence[Told]) -> tuple[dict[str, dict[str, float]], dict[str, int]]:
    """By stem, the columns that go with it more often than by chance; and in how many tables."""
    words: dict[str, set[str]] = defaultdict(set)
    columns: dict[str, set[str]] = defaultdict(set)
    both: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in asked:
        for column in one.said.columns:
            columns[column].add(one.table)
        for word in one.said.words:
            words[word].add(one.table)
            for column in one.said.columns:
                both[word, column].add(one.table)
    every = len({one.table for one in asked})
    company: dict[str, dict[str, float]] = defaultdict(dict)
    for (word, column), together in both.items():
        expected = len(words[word]) * len(columns[column]) / every
        ratio = log((len(together) + 0.5) / (expected + 0.5))
        if word != column and len(together) >= _LEAST_BOTH and ratio >= _LEAST_RATIO:
            company[word][column] = round(ratio, 1)
    return company, {word: len(tables) for word, tables in words.items()}


def _needed(asked: Sequence[Told]) -> tuple[dict[str, float], float]:
    """By stem, how often a word had a part in a right plan, and how often words have in all."""
    seen: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for one in asked:
        if one.meant is not None:
            left = {word.stem for word in one.meant}
            seen.update(one.said.words)
            used.update(one.said.words - left)
    usual = used.total() / max(1, seen.total())
    return _shares(used, seen, usual, _PRIOR_NEEDED), usual


def _harm(asked: Sequence[Told]) -> tuple[dict[str, float], float]:
    """By stem, how often a plan was wrong that left the word over, and how often plans are."""
    seen: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    chosen = [one for one in asked if one.chosen is not None]
    for one in chosen:
        left = {word.stem for word in one.chosen or ()}
        seen.update(left)
        if not one.right:
            wrong.update(left)
    usual = sum(not one.right for one in chosen) / max(1, len(chosen))
    return _shares(wrong, seen, usual, _PRIOR_HARM), usual


def _shares(
    part: Counter[str], whole: Counter[str], usual: float, prior: float
) -> dict[str, float]:
    """Shares drawn to what is usual, the more the rarer."""
    return {stem: (part[stem] + prior * usual) / (n + prior) for stem, n in whole.items()}
