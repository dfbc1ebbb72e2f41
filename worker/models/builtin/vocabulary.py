"""Vocabulary: the words by which a table's columns, values and rows may be called."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from shared.datasets import Column, Profile
from worker.models.builtin.grain import panel_of, step_of
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.lists import listed_parts
from worker.models.builtin.money_names import name_money
from worker.models.builtin.naming import (
    abbreviated,
    counts,
    head_of,
    is_event,
    is_label,
    is_year_of,
    measured_name,
    name_words,
    names_things,
    spaced,
    unhyphened,
)
from worker.models.builtin.row_nouns import identifiers, row_nouns
from worker.models.builtin.scales import scaled
from worker.models.builtin.value_index import Value, add_boolean, add_value, forget_signs
from worker.models.builtin.words import Token, stem, tokenize
from worker.models.builtin.yes_no import yes_of

_MONEY = frozenset({"money", "euros", "sterling"})
# What adds up whatever it is called: pieces, energy, data.
_ADDED = frozenset({"pieces", "energy", "data"})
_MIN_END = 5
# What says of a column that it counts the pieces of a row: "Quantity", "Units sold".
_PIECES = frozenset({stem("number"), stem("unit"), stem("piece"), stem("item")})
_QUANTITY = _PIECES | {stem(word) for word in ("sell", "sold", "ordered", "bought", "delivered")}
# What a price is of with one of these is a whole: it adds up.
_WHOLE = frozenset({"sale", "total", "paid"})


@dataclass
class Vocabulary:
    """What the words of one table mean.

    `columns` maps a column to the canonical stems of its name (without units), `spelled` to its
    words as they are, and `aliases` the stems of a synonym to the columns it is for; `values` maps
    phrases of stems to the values they name; `contained` maps a word (stem) to one partial value
    for each column in whose longer values it occurs; `entity` holds the stems that stand for one
    row; `words` the single words of names and values, lower-case; `title` those of the table's
    own `names`; `identifiers` are the columns that only number or name the rows, `labels` those
    that number something, `events` those that are called by what happened to a row ("Loaned on");
    `abbreviations` are words of names that stand for longer ones. `step` is the period from one
    date to the next, and `grain` the same if each row has its own date; if instead each value of a
    text column has, `panel` is that column. `dated` is the date column that is spoken of, where
    there are several.
    """

    profile: Profile
    columns: dict[str, frozenset[str]] = field(default_factory=dict)
    spelled: dict[str, frozenset[str]] = field(default_factory=dict)
    aliases: dict[frozenset[str], list[str]] = field(default_factory=dict)
    values: dict[tuple[str, ...], list[Value]] = field(default_factory=dict)
    roots: dict[str, list[Value]] = field(default_factory=dict)
    contained: dict[str, dict[str, Value]] = field(default_factory=dict)
    title: frozenset[str] = frozenset()
    names: frozenset[tuple[str, ...]] = frozenset()
    entity: frozenset[str] = frozenset()
    identifiers: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    abbreviations: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    dated: str | None = None
    words: set[str] = field(default_factory=set)
    step: str | None = None
    grain: str | None = None
    panel: str | None = None

    def of_type(self, *types: str) -> list[Column]:
        """The columns of these types."""
        return [column for column in self.profile.columns if column.type in types]

    def is_number(self, name: str) -> bool:
        """Whether a column can be averaged."""
        kind = self.profile.column(name).type
        return kind in {"integer", "number"} and name not in self.identifiers | self.labels

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The columns that can be averaged."""
        return frozenset(c.name for c in self.profile.columns if self.is_number(c.name))

    def is_additive(self, name: str) -> bool:
        """Whether a total of this column means something."""
        money = self._in_money(name) and not self.columns[name] & lexicon().apiece
        column = self.profile.column(name)
        counted = name in self.events and column.type == "integer"  # killed
        if column in self.years:
            return False
        measured = self._measures(name) in _ADDED or self.counts_things(name)
        adds = self.columns[name] & lexicon().additive or money or counted or measured
        return self.is_number(name) and bool(adds) and not self.is_rate(name)

    def counts_things(self, name: str) -> bool:
        """Whether whole numbers are called by what there are so many of: births, people."""
        column, own = self.profile.column(name), self.columns[name]
        whole = counts(column)
        stock = own & lexicon().stocks and (self.panel is not None or not self.dates)
        named = whole and column.unit is None and names_things(name)
        known = lexicon().uncounted | lexicon().additive
        return named and not (stock or own & known)

    def is_rate(self, name: str) -> bool:
        """Whether a column holds so much of something for each of another: a unit price."""
        own = {stem(word) for word in self.spelled[name] if word != "units"}  # of "units sold"
        unit = lexicon().units.get(self.profile.column(name).unit or "")
        if unit is not None and unit.dimension in lexicon().rate_dimensions:
            return True
        return bool(own & lexicon().rates) and not own & _WHOLE

    def is_money(self, name: str) -> bool:
        """Whether a column holds amounts of money."""
        said = bool(self.columns[name] & lexicon().money)
        return self.is_number(name) and (said or self._in_money(name))

    def _in_money(self, name: str) -> bool:
        return self._measures(name) in _MONEY

    def _measures(self, name: str) -> str | None:
        """The dimension of a column's unit."""
        unit = lexicon().units.get(scaled(self.profile.column(name).unit)[1] or "")
        return unit.dimension if unit is not None else None

    def is_counted(self, name: str) -> bool:
        """Whether "how many" of this column means a total: what adds up, or is counted by name."""
        whole = counts(self.profile.column(name))
        return self.is_additive(name) or (whole and not self.columns[name] & lexicon().uncounted)

    def is_unique(self, name: str) -> bool:
        """Whether every row has its own value in this column."""
        column = self.profile.column(name)
        return column.distinct == self.profile.rows > 1 and not column.nulls

    def says_yes(self, name: str) -> bool:
        """Whether a column holds yes and no."""
        column = self.profile.column(name)
        return column.type == "boolean" or yes_of(column) is not None

    @cached_property
    def quantity(self) -> str | None:
        """The one column of quantities: how many pieces of something a row is about."""
        found = [name for name in self.numbers if self.columns[name] <= _QUANTITY
                 and self.columns[name] & _PIECES and self.is_additive(name)]  # fmt: skip
        return found[0] if len(found) == 1 else None

    def says_little(self, token: Token) -> bool:
        """Whether a word has no meaning of its own here, as selling where the sold are counted."""
        traded = self.quantity is not None and token.lower in lexicon().trading
        little = {token.stem, token.lower} & lexicon().filler
        works = token.stem == stem("work") and self.entity & lexicon().workers
        return traded or bool(works) or (bool(little) and token.lower != "used")  # "used cars"

    def ends_noun(self, token: Token) -> bool:
        """Whether a word is the end of what a row is called: "strikes" of "birdstrikes"."""
        end = token.stem.rstrip("e")  # stems keep it or not: strike, birdstrik
        return len(end) >= _MIN_END and any(noun.endswith(end) for noun in self.entity)

    @cached_property
    def kinds(self) -> dict[str, set[str]]:
        """Columns by the last word (stem) that several of their longer values share: "sea"."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for key, values in self.values.items():
            if len(key) > 1:
                found[key[-1]].update({value.column for value in values})
        return {
            word: {name for name, count in names.items() if count > 1}
            for word, names in found.items()
        }

    @cached_property
    def heads(self) -> dict[str, str]:
        """What each column's name is a kind of, by its last word: "delay" of "Dep. Delay"."""
        return {name: head_of(name, lexicon()) for name in self.columns}

    @cached_property
    def units(self) -> dict[str, str]:
        """The units of its columns, by their lower-case spelling."""
        return {c.unit.lower(): c.unit for c in self.profile.columns if c.unit}

    @property
    def date(self) -> Column | None:
        """The date column: the only one, or the one that is spoken of."""
        if self.dated is not None:
            return self.profile.column(self.dated)
        return self.dates[0] if len(self.dates) == 1 else None

    @cached_property
    def dates(self) -> list[Column]:
        """All date columns."""
        return self.of_type("date", "datetime")

    @property
    def year_column(self) -> Column | None:
        """A whole-number column of years, for tables without dates."""
        if self.dates:
            return None
        called = [c for c in self.years if "year" in self.columns[c.name]]
        return (called or self.years)[0] if called or len(self.years) == 1 else None

    @cached_property
    def years(self) -> list[Column]:
        """The whole numbers that are years: called so, or by what happened: "Founded"."""
        return [
            column
            for column in self.of_type("integer")
            if "year" in self.columns[column.name] or is_year_of(column)
        ]

    @cached_property
    def known_words(self) -> dict[tuple[str, int], list[str]]:
        """Single words worth correcting a typo to, by their first letter and their length."""
        found: dict[tuple[str, int], list[str]] = {}
        of_lexicon = {key[0] for key in lexicon().exact if len(key) == 1}
        for word in sorted(self.words | of_lexicon):
            found.setdefault((word[:1], len(word)), []).append(word)
        return found


Identity = tuple[Hashable, ...]


def identity_of(profile: Profile) -> Identity:
    """What tells a profile from another: its data, all that people say of it, and their words."""
    said = tuple((c.name, c.type, c.unit, tuple(c.synonyms)) for c in profile.columns)
    own = (profile.id, profile.version, profile.title, profile.rows, tuple(profile.synonyms))
    return (*own, said, lexicon().version)


@dataclass(frozen=True)
class _Key:
    """Profiles are not hashable; these members tell one version of a profile from another."""

    identity: Identity
    profile: Profile = field(compare=False)


def vocabulary(profile: Profile) -> Vocabulary:
    """The vocabulary of a table; built once per version."""
    return _build(_Key(identity_of(profile), profile))


@lru_cache(maxsize=64)
def _build(key: _Key) -> Vocabulary:
    profile, words = key.profile, lexicon()
    vocab = Vocabulary(profile=profile)
    renamed = {name_words(name, words): said for name, said in words.column_names}
    for column in profile.columns:
        vocab.columns[column.name] = name_words(column.name, words)
        vocab.spelled[column.name] = frozenset(t.lower for t in tokenize(spaced(column.name)))
        vocab.words |= {token.lower for token in tokenize(column.name)}
        said_so = (*column.synonyms, *renamed.get(vocab.columns[column.name], ()))
        for synonym in (*said_so, *unhyphened(column.name), *measured_name(column, words)):
            alias = name_words(synonym, words)
            vocab.aliases.setdefault(alias, []).append(column.name)
        parts = listed_parts(column)
        for text in parts or column.values or []:
            add_value(vocab, column, text, whole=not parts)
        if column.type == "boolean" or yes_of(column):
            add_boolean(vocab, column)
    forget_signs(vocab)
    named_so = (tokenize(name) for name in (profile.id, profile.title))
    vocab.names = frozenset(tuple(token.stem for token in tokens) for tokens in named_so)
    vocab.title = frozenset(word for name in vocab.names for word in name)
    vocab.step = step_of(vocab.date)
    if vocab.date is not None and vocab.date.distinct == profile.rows:
        vocab.grain = vocab.step
    elif vocab.step is not None or vocab.date is None:
        vocab.panel = panel_of(vocab.profile, vocab.date or vocab.year_column)
    vocab.labels = frozenset(name for name in vocab.columns if is_label(name, words))
    nouns = words.rows | row_nouns(vocab)
    vocab.identifiers = identifiers(vocab, nouns)
    name_money(vocab)
    vocab.abbreviations = frozenset(one for name in vocab.columns for one in abbreviated(name))
    vocab.events = frozenset(name for name in vocab.columns if is_event(name))
    # A noun that is all of a column's name means the column, unless that only numbers the rows.
    nouns |= {word for name in vocab.identifiers for word in vocab.columns[name] & words.persons}
    others = vocab.identifiers | vocab.events
    named = {own for name, own in vocab.columns.items() if name not in others}
    vocab.entity = frozenset(noun for noun in nouns if frozenset({noun}) not in named)
    return vocab
