"""Settling: what of a reading is told by other words of it, before any slot is filled."""

from __future__ import annotations

from dataclasses import replace

from worker.models.builtin.binding import Binding
from worker.models.builtin.dating import is_dated
from worker.models.builtin.frame import Frame
from worker.models.builtin.measures import turned
from worker.models.builtin.quantities import is_in

# Verbs that tell which of several columns is meant: where something starts, or where it ends.
_ENDING = {"start", "starts", "started", "begin", "began", "end", "ends", "ended"}


def settle(frame: Frame) -> None:
    """Let a column's unit pass ("Body Mass (g)"), and note a value taken for something else.

    What is slow takes long, where a time tells how fast it was.
    """
    of = frozenset(name for b in frame.all("column") for name in b.columns)
    frame.reading = tuple(
        replace(b, sense=turned(frame.vocab, b.sense, of)) if b.sense and b.sense.turned else b
        for b in frame.reading
    )
    for unit in frame.all("unit"):
        beside = frame.at(unit.start - 1)
        in_it = frame.before(unit)
        if in_it is not None and in_it.kind == "count":  # "how many pieces were sold"
            beside = next((b for b in frame.all("column") if _is_in(frame, unit, b)), None)
        told = in_it is not None and frame.words_between(in_it, unit) == {"in"}
        beside = in_it if told else beside
        if beside and beside.kind == "column" and (not told or _is_in(frame, unit, beside)):
            frame.use(unit)
    _narrow(frame)
    columns = frame.all("column")
    for binding in columns:
        key = tuple(token.stem for token in frame.tokens[binding.start : binding.end])
        owners = {value.column for value in frame.vocab.values.get(key, [])}
        # "Weather is not rain" speaks of the weather, although rain may also mean precipitation.
        if any(owners & set(other.columns) for other in columns if other is not binding):
            frame.guesses += 1


def _is_in(frame: Frame, unit: Binding, column: Binding) -> bool:
    """Whether a column is in this very unit: "total energy in kWh"."""
    units = {frame.vocab.profile.column(name).unit for name in column.columns}
    return any(is_in(unit, own) for own in units)


def _narrow(frame: Frame) -> None:
    """Have a verb tell which of several columns is meant: "Which station do trips start from?".

    Who did it is no date, and when it was done is one: "Read by" and "Read on".
    """
    first = frame.words[0]
    for several in frame.all("column") if first in {"who", "when"} else []:
        dated = [name for name in several.columns if is_dated(frame.vocab, name)]
        doers = _doers(frame, several) if len(dated) == len(several.columns) else []
        fit = dated if first == "when" else doers or [n for n in several.columns if n not in dated]
        if fit and fit != list(several.columns):
            meant = replace(several, columns=tuple(fit))
            frame.reading = tuple(meant if b is several else b for b in frame.reading)
    verbs = [one for one in frame.all("column") if _is_verb(frame, one)]
    for several in frame.all("column"):
        told = [set(verb.columns) & set(several.columns) for verb in verbs if verb is not several]
        if len(several.columns) > 1 and len(told) == 1 and len(told[0]) == 1:
            meant = replace(several, columns=tuple(told[0]))
            frame.reading = tuple(meant if b is several else b for b in frame.reading)
            frame.use(*verbs)


def _doers(frame: Frame, verb: Binding) -> list[str]:
    """The columns that say by whom something was done: "Read by" for "read"."""
    vocab = frame.vocab
    return [
        one.name
        for one in vocab.of_type("text")
        if "by" in vocab.spelled[one.name] and verb.said.lower() in vocab.spelled[one.name]
    ]


def _is_verb(frame: Frame, one: Binding) -> bool:
    """Whether a word says where something starts or ends, or what its sender does: "sends"."""
    said = one.said.lower()
    return said in _ENDING or not any(said in frame.vocab.spelled[name] for name in one.columns)
