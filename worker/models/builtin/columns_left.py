"""Columns left: those that no condition and no group took, as what is asked or only named."""

from __future__ import annotations

from dataclasses import replace

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame, narrowed, unclear
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.named_columns import SYNONYM

_WHOSE = {"of", "for", "among", "from", "in", "and", "do", "does", "did"}


def columns_left(frame: Frame) -> None:
    """The columns that are left: numbers are measures, the others are mentioned."""
    hints = {word for b in frame.all("adjective") if b.sense for word in b.sense.of}
    hints |= {b.name for b in frame.all("function") if b.name in {"max", "min"}}
    best = frame.superlative
    if best and best.kind == "most":
        high = best.name in {"extreme_high", "high"}
        low = best.name in {"extreme_low", "low"}
        hints |= {"max"} if high else {"min"} if low else set()
    for binding in frame.free("column"):
        columns = narrowed(frame, binding, hints)
        numbers = tuple(name for name in columns if frame.vocab.is_number(name))
        if numbers:
            if not _goes_with_other(frame, binding, numbers):
                _adds_something(frame, binding, numbers)
                frame.measures.append(replace(binding, columns=numbers))
        elif len(columns) > 1:
            raise unclear(frame, binding, columns)
        elif not _says_whose(frame, binding):
            frame.mentions.append(columns[0])
        frame.use(binding)


def _says_whose(frame: Frame, noun: Binding) -> bool:
    """Whether a noun only says whose figure it is: "average age of female patients"."""
    counted = frame.has("count") or frame.has("share") or frame.has("distinct")
    figure = frame.has("function") or frame.has("amount")
    plain = figure and not counted and frame.superlative is None
    if not plain or not noun.said.lower().endswith("s") or not frame.filters:
        return False
    value = frame.before(noun, "not")
    start = value.start if value is not None and value.kind == "value" else noun.start
    return start > 0 and frame.words[start - 1] in _WHOSE


def _goes_with_other(frame: Frame, binding: Binding, columns: tuple[str, ...]) -> bool:
    """Whether it is the rest of a name: the "left" of "bottles of red wine left"."""
    own = {frame.vocab.columns[name] for name in columns}
    others = (other for other in frame.measures if other.columns == columns)
    pairs = [(_said(frame, binding), _said(frame, other)) for other in others]
    return any(one | other in own and not own & {one, other} for one, other in pairs)


def _adds_something(frame: Frame, binding: Binding, columns: tuple[str, ...]) -> None:
    """Refuse part of a column's name that tells which rows: "late loans" of a late fee."""
    own = {frame.vocab.columns[name] for name in columns}
    said = _said(frame, binding)
    after = frame.at(binding.end)
    again = any(other.columns == columns for other in frame.measures)
    describes = after is not None and after.kind == "entity" and frame.superlative is None
    if said not in own and binding.score < SYNONYM and (again or describes):
        raise Abstention(
            f"I can't tell which rows are “{binding.said}”.", bound=frame.weight, final=True
        )


def _said(frame: Frame, binding: Binding) -> frozenset[str]:
    """The canonical stems of the words of a binding."""
    return frozenset(lexicon().canon(t.stem) for t in frame.tokens[binding.start : binding.end])
