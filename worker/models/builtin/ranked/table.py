"""A table as words find it: families of columns, and an index from words to values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from shared.datasets import Column, Profile
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.ranked.cues import outcome_of
from worker.models.builtin.vocabulary import Identity, identity_of, vocabulary
from worker.models.builtin.words import Token, stem, tokenize
from worker.query.cells import MONTHS

#: A column of this name says where a row stands in its table.
POSITION = "row number"
_READINGS = {"(number)": "number", "(date)": "date"}
_YEARS = range(1500, 2101)
_SPLIT = re.compile(r"\s*(?:[,;/\n]|\band\b|&|\s-\s|\u2013)\s*")
_BRACKETED = re.compile(r"\s*\([^()]*\)")
_LONGEST_PHRASE = 12
_NOISE = frozenset({"of", "in", "the", "per", "$", "°", "%"})
_RANKS = frozenset({"rank", "place", "posit", "pos", "finish", "no", "seed"})
_MOST_WORDS_INDEXED = 12
_FIRST_WORD = re.compile(r"[a-z]+")
_QUOTES = re.compile(r"[\"\u201c\u201d]")
_MONTHS = {name[:3].lower(): name.lower() for name in MONTHS if name != "May"} | {
    "sept": "september"
}

Stems = tuple[str, ...]


@dataclass
class Family:
    """A column with its other readings: "Height" as text and, beside it, as a number.

    `shown` is the column to answer with, `number` and `date` those to compare and sort by.
    `beside` are the stems of what stands in brackets, which need not be said.
    """

    name: str
    index: int
    shown: Column
    stems: frozenset[str]
    words: tuple[str, ...]
    beside: frozenset[str] = frozenset()
    number: str | None = None
    date: str | None = None
    year: bool = False

    @property
    def type(self) -> str:
        """What kind of answers it gives."""
        if self.year:
            return "year"
        return self.shown.type if self.shown.type != "integer" else "number"

    @property
    def ranks(self) -> bool:
        """Whether a low number is a good one."""
        return bool(self.stems & _RANKS) or self.name.strip() in {"#", "No.", "No"}

    @property
    def numeric(self) -> str | None:
        """The column to do sums with; years and dates only compare."""
        return None if self.year else self.number


@dataclass(frozen=True)
class Entry:
    """A value of a family as some words name it; `how` is whole, trimmed or part."""

    family: int
    value: str
    how: str


@dataclass
class WordTable:
    """A profile prepared for reading questions."""

    profile: Profile
    families: list[Family] = field(default_factory=list)
    position: str | None = None
    phrases: dict[Stems, list[Entry]] = field(default_factory=dict)
    words: dict[str, list[int]] = field(default_factory=dict)
    values: list[tuple[int, str, Stems]] = field(default_factory=list)
    entity: frozenset[str] = frozenset()
    outcomes: dict[int, dict[str, list[str]]] = field(default_factory=dict)

    @cached_property
    def name(self) -> Family | None:
        """The family that most likely says what a row is: the first text column that differs."""
        texts = [f for f in self.families if f.type == "text"]
        most = 0.7 * self.profile.rows
        return next((f for f in texts if f.shown.distinct >= most), texts[0] if texts else None)


@dataclass(frozen=True)
class _Key:
    identity: Identity
    profile: Profile = field(compare=False)


def word_table(profile: Profile) -> WordTable:
    """The table's words, prepared once per version."""
    return _build(_Key(identity_of(profile), profile))


@lru_cache(maxsize=64)
def _build(key: _Key) -> WordTable:
    table = WordTable(key.profile, entity=vocabulary(key.profile).entity)
    for column in key.profile.columns:
        if column.name == POSITION:
            table.position = column.name
        elif not _is_reading(column, table):
            table.families.append(_family(column, len(table.families)))
    if table.position is None:
        table.position = next((f.number for f in table.families if _counts(f, table)), None)
    phrases: dict[Stems, dict[tuple[int, str], Entry]] = defaultdict(dict)
    words: dict[str, list[int]] = defaultdict(list)
    for family in table.families:
        for text in family.shown.values or []:
            stems = _stems(read(text))
            for own, how in _namings(text, stems):
                entry = Entry(family.index, text if how == "whole" else own[1], how)
                phrases[own[0]].setdefault((family.index, entry.value), entry)
            at = len(table.values)
            table.values.append((family.index, text, stems))
            for word in dict.fromkeys(stems[:_MOST_WORDS_INDEXED]):
                words[word].append(at)
        found = _outcomes(family)
        if found:
            table.outcomes[family.index] = found
    table.phrases = {stems: list(found.values()) for stems, found in phrases.items()}
    table.words = dict(words)
    return table


def _outcomes(family: Family) -> dict[str, list[str]]:
    """The values that begin with how a game ended, by outcome, where most of a column do."""
    found: dict[str, list[str]] = defaultdict(list)
    values = family.shown.values or []
    for value in values:
        head = _FIRST_WORD.match(value.lower())
        outcome = outcome_of(head.group()) if head else None
        if outcome:
            found[outcome].append(value)
    most = 0.7 * len(values)
    return dict(found) if len(found) > 1 and sum(map(len, found.values())) >= most else {}


def read(text: str) -> list[Token]:
    """The words of a question or a value; quotes do not hold words together here."""
    return [_month(token) for token in tokenize(_QUOTES.sub(" ", text))]


def _month(token: Token) -> Token:
    """Months by their whole name: "Jan" is January."""
    whole = _MONTHS.get(token.lower)
    return replace(token, lower=whole, stem=stem(whole)) if whole else token


def _counts(family: Family, table: WordTable) -> bool:
    """Whether a column numbers the rows: 1, 2, 3 ... without a gap."""
    rows, column = table.profile.rows, family.shown
    return family.ranks and column.minimum == 1 and column.maximum == column.distinct == rows


def _stems(tokens: list[Token]) -> Stems:
    return tuple(token.stem for token in tokens)


def _namings(text: str, stems: Stems) -> Iterator[tuple[tuple[Stems, str], str]]:
    """The ways to name a value: all of it, without its brackets, or one of its parts."""
    if stems and len(stems) <= _LONGEST_PHRASE:
        yield (stems, text), "whole"
    bare = _BRACKETED.sub("", text).strip()
    if bare and bare != text:
        yield (_stems(read(bare)), bare), "trimmed"
    parts = [part.strip(" ()\"'") for part in _SPLIT.split(text.replace("(", ",").replace(")", ""))]
    if len(parts) > 1:
        for part in parts:
            own = _stems(read(part))
            if own and own != stems:
                yield (own, part), "part"


def _is_reading(column: Column, table: WordTable) -> bool:
    """Whether the column only reads the one before it as a number or a date; then it is noted."""
    base, _, suffix = column.name.rpartition(" ")
    last = table.families[-1] if table.families else None
    if last is None or suffix not in _READINGS or base != last.name or last.type != "text":
        return False
    if _READINGS[suffix] == "date":
        last.date = column.name
    else:
        last.number = column.name
        last.year = _are_years(column)
    return True


def _are_years(column: Column) -> bool:
    low, high = column.minimum, column.maximum
    return (
        isinstance(low, int | float) and low in _YEARS and int(high) in _YEARS and low == int(low)
    )


def _family(column: Column, index: int) -> Family:
    canon = lexicon().canon
    spaced = _spaced(column.name)
    tokens = [t for t in tokenize(spaced) if t.lower not in _NOISE]
    bare = [t for t in tokenize(_BRACKETED.sub("", spaced)) if t.lower not in _NOISE] or tokens
    stems = frozenset(canon(token.stem) for token in bare)
    numeric = column.name if column.type in {"integer", "number"} else None
    return Family(
        name=column.name,
        index=index,
        shown=column,
        stems=stems,
        beside=frozenset(canon(token.stem) for token in tokens) - stems,
        words=tuple(token.lower for token in tokens),
        number=numeric,
        date=column.name if column.type in {"date", "datetime"} else None,
        year=column.type == "integer" and _are_years(column),
    )


def _spaced(name: str) -> str:
    """CamelCase as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
