"""The lexicon: lexicon.toml as phrases, synonyms and units, compared by stems."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from worker.models.builtin.words import Token, stem, tokenize

Stems = tuple[str, ...]
_ITEM = re.compile(r"\|([^|]+)\||(\S+)")


@dataclass(frozen=True)
class Sense:
    """What a phrase means: its kind ("function", "most", ...), and which of that kind.

    Adjectives ("wettest") also say `of` which column words they speak, in `units` of which
    dimensions, and whether they ask for the `high` end; of columns with `turned` words they ask
    for the other end.
    """

    kind: str
    name: str
    of: frozenset[str] = frozenset()
    high: bool = True
    units: frozenset[str] = frozenset()
    turned: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Unit:
    """A unit of measurement: value * factor + offset is in the base unit of `dimension`.

    `words` are the stems of what it is called, some of which other units are called, too.
    """

    dimension: str
    factor: float
    offset: float
    words: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OwnWords:
    """Words of an installation.

    Groups that count as one, and (name, other names) of columns and of values.
    """

    same: tuple[tuple[str, ...], ...] = ()
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """All the words the planner knows; `version` is that of the words that are not ours.

    `exact` holds phrases as written, `phrases` by their stems: "monthly" and "month" share a stem
    but not a meaning. The other tables hold stems.
    """

    exact: dict[Stems, Sense]
    phrases: dict[Stems, Sense]
    adjectives: dict[str, Sense]
    canonical: dict[str, str]
    additive: frozenset[str]
    weak: frozenset[str]
    rows: frozenset[str]
    classes: frozenset[str]
    lower_is_better: frozenset[str]
    uncounted: frozenset[str]
    flows: frozenset[str]
    scores: frozenset[str]
    suffixes: frozenset[str]
    rates: frozenset[str]
    rate_dimensions: frozenset[str]
    labels: frozenset[str]
    money: frozenset[str]
    apiece: frozenset[str]
    stocks: frozenset[str]
    filler: frozenset[str]
    refusals: dict[str, str]
    units: dict[str, Unit]
    directions: dict[str, frozenset[str]]
    sexes: dict[str, tuple[str, ...]]
    opposites: dict[str, str]
    persons: frozenset[str]
    trading: frozenset[str]
    workers: frozenset[str]
    version: str = ""
    column_names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    value_names: dict[Stems, tuple[str, ...]] = field(default_factory=dict)

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


class _InUse:
    """The lexicon of this process."""

    def __init__(self) -> None:
        self.lexicon: Lexicon | None = None


_IN_USE = _InUse()


def lexicon() -> Lexicon:
    """The lexicon that ships with Tailrace, and the words last given to `use_words`."""
    if _IN_USE.lexicon is None:
        _IN_USE.lexicon = _build(OwnWords())
    return _IN_USE.lexicon


def use_words(own: OwnWords) -> None:
    """From now on, have all questions of this process read with these words, too."""
    _IN_USE.lexicon = _build(own)


def _build(own: OwnWords) -> Lexicon:
    text = resources.files(__package__).joinpath("lexicon.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    canonical = {stem(word): stem(words[0]) for words in raw["same"] for word in words}
    for group in own.same:
        _join(canonical, [stem(word.strip().lower()) for word in group])
    exact, phrases = _phrases(raw, canonical)
    return Lexicon(
        exact=exact,
        phrases=phrases,
        adjectives={item: s for item, s in _senses(raw, canonical) if s.kind == "adjective"},
        canonical=canonical,
        additive=frozenset(canonical.get(s, s) for s in _stems(raw["additive"])),
        weak=_stems(raw["weak"]),
        rows=_stems(raw["rows"]),
        classes=_stems(raw["classes"]),
        lower_is_better=frozenset(canonical.get(s, s) for s in _stems(raw["lower_is_better"])),
        uncounted=_stems(raw["uncounted"]),
        flows=frozenset(canonical.get(s, s) for s in _stems(raw["flows"])),
        scores=frozenset(raw["scores"].split()),
        suffixes=frozenset(raw["suffixes"].split()),
        rates=_stems(raw["rates"]),
        rate_dimensions=frozenset(raw["rate_dimensions"].split()),
        labels=_stems(raw["labels"]),
        money=frozenset(canonical.get(s, s) for s in _stems(raw["money"])),
        apiece=_stems(raw["apiece"]),
        stocks=frozenset(canonical.get(s, s) for s in _stems(raw["stocks"])),
        filler=_stems(raw["filler"]),
        refusals={item: one["reason"] for one in raw["refusals"] for item in _items(one["words"])},
        units=_units(raw["units"]),
        directions={name: _stems(words) for name, words in raw["directions"].items()},
        sexes={name: tuple(said.split()) for name, said in raw["sexes"].items()},
        opposites=raw["opposites"],
        persons=_stems(raw["persons"]),
        trading=frozenset(raw["trading"].split()),
        workers=_stems(raw["workers"]),
        version=hashlib.sha256(repr(own).encode()).hexdigest(),
        column_names=(*own.columns, *_others(raw["also"])),
        value_names=_value_names([*_others(raw["peoples"]), *_others(raw["called"]), *own.values]),
    )


def _units(raw: dict[str, Any]) -> dict[str, Unit]:
    return {
        name: Unit(unit["of"], unit["factor"], unit.get("offset", 0.0), _stems(unit["words"]))
        for name, unit in raw.items()
    }


def _others(raw: dict[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names with their other ones: "france" and "French"."""
    yield from ((name.replace("_", " "), tuple(others.split())) for name, others in raw.items())


def _value_names(named: Iterable[tuple[str, tuple[str, ...]]]) -> dict[Stems, tuple[str, ...]]:
    """Other names of values, by the stems of the values."""
    found: dict[Stems, tuple[str, ...]] = {}
    for name, others in named:
        stems = tuple(token.stem for token in tokenize(name))
        found[stems] = (*found.get(stems, ()), *others)
    return found


def _join(canonical: dict[str, str], stems: list[str]) -> None:
    """Have all of these, and whatever counts as one of them, count as the first."""
    first = canonical.get(stems[0], stems[0]) if stems else ""
    old = {canonical.get(one, one) for one in stems}
    for word in [*[w for w, counts_as in canonical.items() if counts_as in old], *old, *stems]:
        canonical[word] = first


def _phrases(
    raw: dict[str, Any], canonical: dict[str, str]
) -> tuple[dict[Stems, Sense], dict[Stems, Sense]]:
    """All phrases as they are written, and by their stems."""
    exact: dict[Stems, Sense] = {}
    stemmed: dict[Stems, Sense] = {}
    for item, sense in _senses(raw, canonical):
        tokens = tokenize(item)
        exact.setdefault(tuple(token.lower for token in tokens), sense)
        stemmed.setdefault(tuple(token.stem for token in tokens), sense)
    return exact, stemmed


def _senses(raw: dict[str, Any], canonical: dict[str, str]) -> Iterator[tuple[str, Sense]]:
    """Every phrase with its sense; the first sense of a phrase counts."""
    for kind, senses in raw["phrases"].items():
        for name, items in senses.items():
            yield from ((item, Sense(kind, name)) for item in _items(items))
    for adjective in raw["adjectives"]:
        of, turned = (
            frozenset(
                canonical.get(stem(word), stem(word)) for word in adjective.get(key, "").split()
            )
            for key in ("of", "turned")
        )
        units = frozenset(adjective.get("units", "").split())
        for item in _items(adjective["words"]):
            yield item, Sense("adjective", item, of, adjective["high"], units, turned)
        asks = [*(f"how {item}" for item in adjective.get("how", "").split()),
                *_items(adjective.get("asks", ""))]  # fmt: skip
        for item in asks:
            yield item, Sense("measure", item, of, adjective["high"], units)
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
