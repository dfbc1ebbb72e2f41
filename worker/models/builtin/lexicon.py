"""The lexicon: lexicon.toml as phrases, synonyms and units, compared by stems."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from worker.models.builtin.words import Token, stem, tokenize

Stems = tuple[str, ...]
_ITEM = re.compile(r"\|([^|]+)\||(\S+)")


@dataclass(frozen=True)
class Sense:
    """What a phrase means: its kind ("function", "most", ...), and which of that kind.

    Adjectives ("wettest") also say `of` which column words they speak and whether they ask for
    the `high` end.
    """

    kind: str
    name: str
    of: frozenset[str] = frozenset()
    high: bool = True


@dataclass(frozen=True)
class Unit:
    """A unit of measurement: value * factor + offset is in the base unit of `dimension`."""

    dimension: str
    factor: float
    offset: float


@dataclass(frozen=True)
class Lexicon:
    """All the words the planner knows.

    `exact` holds phrases as written, `phrases` by their stems: "monthly" and "month" share a stem
    but not a meaning. The other tables hold stems.
    """

    exact: dict[Stems, Sense]
    phrases: dict[Stems, Sense]
    canonical: dict[str, str]
    additive: frozenset[str]
    weak: frozenset[str]
    rows: frozenset[str]
    filler: frozenset[str]
    refusals: dict[str, str]
    units: dict[str, Unit]

    def sense(self, tokens: list[Token]) -> Sense | None:
        """What these words mean together, if they are a phrase."""
        written = self.exact.get(tuple(token.lower for token in tokens))
        return written or self.phrases.get(tuple(token.stem for token in tokens))

    def canon(self, word_stem: str) -> str:
        """The stem that stands for this one and its synonyms."""
        return self.canonical.get(word_stem, word_stem)


def _items(text: str) -> list[str]:
    return [quoted or bare for quoted, bare in _ITEM.findall(text)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(item) for item in _items(text))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon that ships with Tailrace, read once."""
    text = resources.files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    canonical = {stem(word): stem(words[0]) for words in raw["same"] for word in words}
    exact: dict[Stems, Sense] = {}
    phrases: dict[Stems, Sense] = {}
    for item, sense in _senses(raw, canonical):
        tokens = tokenize(item)
        exact.setdefault(tuple(token.lower for token in tokens), sense)
        phrases.setdefault(tuple(token.stem for token in tokens), sense)
    return Lexicon(
        exact=exact,
        phrases=phrases,
        canonical=canonical,
        additive=frozenset(canonical.get(s, s) for s in _stems(raw["additive"])),
        weak=_stems(raw["weak"]),
        rows=_stems(raw["rows"]),
        filler=_stems(raw["filler"]),
        refusals={
            item: refusal["reason"]
            for refusal in raw["refusals"]
            for item in _items(refusal["words"])
        },
        units={
            name: Unit(unit["of"], unit["factor"], unit.get("offset", 0.0))
            for name, unit in raw["units"].items()
        },
    )


def _senses(raw: dict[str, Any], canonical: dict[str, str]) -> Iterator[tuple[str, Sense]]:
    """Every phrase with its sense; the first sense of a phrase counts."""
    for kind, senses in raw["phrases"].items():
        for name, items in senses.items():
            yield from ((item, Sense(kind, name)) for item in _items(items))
    for adjective in raw["adjectives"]:
        of = frozenset(canonical.get(stem(word), stem(word)) for word in adjective["of"].split())
        for item in _items(adjective["words"]):
            yield item, Sense("adjective", item, of, adjective["high"])
    for refusal in raw["refusals"]:
        yield from ((item, Sense("refusal", item)) for item in _items(refusal["words"]))
    for name, unit in raw["units"].items():
        yield from ((item, Sense("unit", name)) for item in _items(unit["words"]))


def convert(value: float, source: str, target: str) -> float | None:
    """`value` in unit `source` as a number of unit `target`; None if they measure other things."""
    if source == target:
        return value
    units = lexicon().units
    if source not in units or target not in units:
        return None
    from_, to = units[source], units[target]
    if from_.dimension != to.dimension:
        return None
    return (value * from_.factor + from_.offset - to.offset) / to.factor
