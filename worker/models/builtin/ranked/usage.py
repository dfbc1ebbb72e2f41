"""Usage: what many questions tell of a word, so also of one that a plan leaves over.

Columns keep company with words: "attendance" is asked of tables with an opponent and a result. How
much more often than by chance is the logarithm of a ratio, as in pointwise mutual information
(Church and Hanks, 1990).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_MOST_COLUMNS = 3
_FEW_TABLES = 5


@dataclass(frozen=True)
class Word:
    """One word: in questions to how many tables it is; shares of 0..1; its company by stem.

    `needed` is how often it had a part in a right plan, `harm` how often a plan that left it over
    was wrong.
    """

    tables: int
    needed: float
    harm: float
    company: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Usage:
    """All words by stem; `unknown` stands for those that few questions have."""

    words: Mapping[str, Word]
    unknown: Word

    def word(self, stem: str) -> Word:
        """What is known of a word."""
        return self.words.get(stem, self.unknown)

    def rare(self, stem: str) -> bool:
        """Whether questions to hardly any table have the word."""
        return self.word(stem).tables < _FEW_TABLES

    def harmful(self, stem: str) -> bool:
        """Whether plans that leave the word over are wrong as often as those with unknown words."""
        return self.word(stem).harm >= self.unknown.harm

    def fit(self, stem: str, columns: Iterable[str]) -> float:
        """How well a word fits a table: the sum over those columns that fit it best."""
        company = self.word(stem).company
        return sum(heapq.nlargest(_MOST_COLUMNS, (company.get(one, 0.0) for one in columns)))
