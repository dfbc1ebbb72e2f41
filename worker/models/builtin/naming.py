"""Naming: what the name of a column says, by which people may call it."""

from __future__ import annotations

import re

from shared.datasets import Column
from worker.models.builtin.lexicon import Lexicon
from worker.models.builtin.words import stem, tokenize

_NAME_NOISE = frozenset({"$", "°", "%"})
_LINKING = frozenset({"of", "in", "the", "per", "at", "on"})
_NUMBERING = frozenset({"no", "nr", "number", "id"})
_ABBREVIATION = re.compile(r"([^\W\d_]{2,})\.")
_TELLING = frozenset({"energy", "temperature", "speed"})
# What may be years, and what says so besides participles.
_YEARS = (1000, 2199)
_BEGUN = frozenset({"built", "born", "construction", "independence", "vintage", "birth"})
_PEOPLE = frozenset({"people", "children", "men", "women"})
_MIN_SHORT = 3
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")


def is_label(name: str, words: Lexicon) -> bool:
    """Whether a name is that of numbers which only name something: "Flight No", "manager_id".

    A "number of flights" counts them.
    """
    tokens = tokenize(spaced(name.split("(", maxsplit=1)[0]))
    last = tokens[-1] if tokens else None
    counts = any(token.lower == "of" for token in tokens)
    return (
        last is not None
        and len(tokens) > 1
        and not counts
        and (last.lower in _NUMBERING or last.stem in words.labels)
    )


def abbreviated(name: str) -> set[str]:
    """The words of a name that stand for longer ones: the "dep" of "Dep. Delay"."""
    found = {one.lower() for one in _ABBREVIATION.findall(name)}
    return {one for one in found if len(one) >= _MIN_SHORT}


def is_event(name: str) -> bool:
    """Whether all that tells in a name is a participle, which no noun for the rows means."""
    spelled = {token.lower for token in tokenize(spaced(name.split("(", maxsplit=1)[0]))}
    telling = spelled - _LINKING
    return bool(telling) and all(w.endswith("ed") and stem(w) != w for w in telling)


def counts(column: Column) -> bool:
    """Whether a column has whole numbers from zero up."""
    low = column.minimum
    return column.type == "integer" and isinstance(low, int) and low >= 0


def names_things(name: str) -> bool:
    """Whether a name is a plural: births, critical violations, people."""
    tokens = tokenize(spaced(name.split("(", maxsplit=1)[0]))
    last = tokens[-1].lower if tokens else ""
    return last in _PEOPLE or (last.endswith("s") and not last.endswith(("ss", "us", "is")))


def is_year_of(column: Column) -> bool:
    """Whether whole numbers are the years in which something happened: "Founded", "Vintage"."""
    low, high = column.minimum, column.maximum
    if not (isinstance(low, int) and isinstance(high, int)):
        return False
    words = {token.lower for token in tokenize(column.name.split("(", maxsplit=1)[0])}
    return _YEARS[0] <= low <= high <= _YEARS[1] and bool(is_event(column.name) or words & _BEGUN)


def name_words(said: str, words: Lexicon) -> frozenset[str]:
    """The words of a name that tell it from others, without what its brackets say of units."""
    name = said.split("(", maxsplit=1)[0] or said
    tokens = [token for token in tokenize(spaced(name)) if token.lower not in _NAME_NOISE]
    while len(tokens) > 1 and tokens[-1].lower in words.suffixes | _LINKING:
        tokens.pop()  # weight_kg
    telling = [token.stem for token in tokens if token.stem not in _LINKING]
    return frozenset(words.canon(word) for word in telling or [token.stem for token in tokens])


def head_of(name: str, words: Lexicon) -> str:
    """The canonical stem of the last word of a name, without what its brackets say of units."""
    said = [
        t for t in tokenize(spaced(name.split("(", maxsplit=1)[0])) if t.stem not in _NAME_NOISE
    ]
    per = next((at for at, token in enumerate(said) if token.lower == "per"), 0)
    said = said[:per] if per else said  # the "Weight per piece" is a weight
    while len(said) > 1 and said[-1].lower in words.suffixes | _LINKING:
        said.pop()
    return words.canon(said[-1].stem) if said else ""


def unhyphened(text: str) -> list[str]:
    """The same in one word, if it has hyphens: "reopened" for "Re-opened"."""
    return [_HYPHEN.sub("", text)] if _HYPHEN.search(text) else []


def measured_name(column: Column, words: Lexicon) -> list[str]:
    """Its name with that of what its unit measures: "wind speed" for a "wind" in m/s.

    Energy and the like also need no other name.
    """
    unit, name = words.units.get(column.unit or ""), column.name.split("(", maxsplit=1)[0]
    if unit is None:
        return []
    alone = [unit.dimension] if unit.dimension in _TELLING else []
    return [f"{name} {unit.dimension}", f"{name} level", *alone]


def spaced(name: str) -> str:
    """CamelCase as words."""
    return "".join(
        f" {c}" if c.isupper() and i and name[i - 1].islower() else c for i, c in enumerate(name)
    )
