"""Measures: the number columns that an adjective, or "how long", speaks of."""

from __future__ import annotations

from worker.models.builtin.lexicon import Sense, lexicon
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import stem

_TIME = frozenset({"time"})
# Times that tell nothing of how fast something is; and what it takes to tell a speed.
_NO_PACE = frozenset(map(stem, ("delay", "late", "age", "wait", "runtime")))
# What columns of times are called that have no unit: "hours spent".
_SPENT = frozenset({"hours", "minutes", "seconds"})
_WAY = frozenset(map(stem, ("distance", "length")))
_MONEY = frozenset({"money", "euros", "sterling"})


def columns_of(vocab: Vocabulary, sense: Sense) -> tuple[str, ...]:
    """The columns whose names have its words, or else those in units of what it measures."""
    scores = {name: len(vocab.columns[name] & sense.of) for name in vocab.numbers}
    best = max(scores.values(), default=0)
    if sense.units == _TIME:  # what is fast: any of its times may tell, but of no delay
        return tuple(
            name
            for name in vocab.columns
            if (scores.get(name) or dimension(vocab, name) in _TIME)
            and not vocab.columns[name] & _NO_PACE
        )
    if best:
        named = tuple(name for name in vocab.columns if scores.get(name) == best)
        # A duration tells how long something took, rather than its idle time.
        return tuple(name for name in named if vocab.columns[name] <= sense.of) or named
    units = sense.units - {"length"} if sense.kind == "measure" else sense.units
    alike = tuple(
        name
        for name in vocab.columns
        if dimension(vocab, name) in units
        or (units >= _TIME and name in vocab.numbers and vocab.spelled[name] & _SPENT)
    )
    return alike if len(alike) == 1 or sense.units & _MONEY else ()


def dimension(vocab: Vocabulary, name: str) -> str | None:
    """What the unit of a column measures: "length"; money also where it is for each of something.

    None without a unit that is known.
    """
    own, known = vocab.profile.column(name).unit or "", lexicon().units
    if own in known:
        return known[own].dimension
    first = known.get(own.partition("/")[0])
    return first.dimension if first is not None and first.dimension in _MONEY else None


def turned(vocab: Vocabulary, sense: Sense, named: frozenset[str]) -> Sense:
    """The same, or, where time tells what is fast, with its ends turned round.

    The fastest has the highest speed, but the shortest time; `named` are the columns named.
    """
    if not sense.turned or any(vocab.columns[name] & sense.of for name in named):
        return sense
    of_time = any(
        vocab.columns[name] & sense.turned or dimension(vocab, name) == "time" for name in named
    )
    if not of_time and any(vocab.columns[name] & _WAY for name in vocab.numbers):
        return sense  # who took longer may have gone further
    if not of_time and any(vocab.columns[name] & sense.of for name in vocab.numbers):
        return sense
    return Sense("adjective", sense.name, sense.turned, not sense.high, _TIME)
