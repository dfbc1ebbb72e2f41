"""What a question mentions of a table: values, numbers and times, and columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.ranked.table import WordTable
from worker.models.builtin.words import Token
from worker.query.plan import Filter

_MOST_OPTIONS = 4


@dataclass(frozen=True)
class Option:
    """One meaning of a mention: a filter on a family; `how` it was found and how surely."""

    family: int
    filter: Filter
    how: str
    score: float


@dataclass(frozen=True)
class Mention:
    """Tokens [start, end) that name values, with what they may mean, likeliest first."""

    start: int
    end: int
    options: tuple[Option, ...]


@dataclass(frozen=True)
class ColumnLink:
    """How well the question names a family (0..1), and by which tokens."""

    score: float
    tokens: frozenset[int]


@dataclass
class Links:
    """All that one question mentions of a table."""

    table: WordTable
    tokens: list[Token]
    mentions: list[Mention] = field(default_factory=list)
    columns: list[ColumnLink] = field(default_factory=list)
    asked: range = range(0)
    wh: str = ""

    @cached_property
    def words(self) -> list[str]:
        """All words, lower-case."""
        return [token.lower for token in self.tokens]

    def content(self) -> set[int]:
        """The tokens that carry meaning of their own."""
        return {at for at, token in enumerate(self.tokens) if not is_glue(token)}


def is_glue(token: Token) -> bool:
    """Whether a word means nothing by itself."""
    filler = lexicon().filler
    return token.stem in filler or token.lower in filler


def add(found: Links, taken: list[bool], start: int, end: int, options: list[Option]) -> None:
    """Note a mention, with the best option of each family."""
    best: dict[int, Option] = {}
    for option in sorted(options, key=lambda o: -o.score):
        best.setdefault(option.family, option)
    found.mentions.append(Mention(start, end, tuple(list(best.values())[:_MOST_OPTIONS])))
    taken[start:end] = [True] * (end - start)
