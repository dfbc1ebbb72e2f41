"""Quantities: numbers with a unit, and the columns that they may be of."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.lexicon import convert, lexicon
from worker.models.builtin.scales import scaled
from worker.models.builtin.words import stem

_MONEY = {"money", "euros", "sterling"}


def _same_unit(unit: Binding, own: str) -> bool:
    """Whether the unit that is said is, or may be, that of the column: degrees, pounds."""
    known = lexicon().units.get(own)
    degrees = unit.said.lower() in {"°", "degrees", "degree"}
    named = known is not None and stem(unit.said.lower()) in known.words
    return (
        unit.name == own
        or named
        or (degrees and known is not None and known.dimension == "temperature")
    )


def is_in(unit: Binding, own: str | None) -> bool:
    """Whether a column is in the unit that is said, or in so much money for something."""
    known = lexicon().units.get(unit.name)
    money = known is not None and known.dimension in _MONEY
    if own is None:
        return False
    share = unit.name == "%" and own.startswith("% ")  # of volume
    return share or unit.name in {own, own.partition("/")[0] if money else own}


def of_unit(frame: Frame, unit: Binding) -> tuple[str, ...]:
    """The number columns in the unit that is said, or else in one it can be converted to."""
    numbers = [c for c in frame.vocab.profile.columns if c.name in frame.vocab.numbers]
    same = tuple(c.name for c in numbers if is_in(unit, c.unit))
    return same or tuple(c.name for c in numbers if fits(frame, unit, c.name))


def fits(frame: Frame, unit: Binding, column: str) -> bool:
    """Whether a number in the unit that is said can be compared with a column."""
    own = frame.vocab.profile.column(column).unit
    return own is not None and (_same_unit(unit, own) or convert(1, unit.name, own) is not None)


def in_unit(frame: Frame, value: float, unit: Binding | None, column: str) -> float | int:
    """A number in the unit of the column; raises Abstention if it is of something else."""
    own = frame.vocab.profile.column(column).unit
    scale, own = scaled(own)
    known = frame.vocab.profile.column(column).maximum
    within = isinstance(known, int | float) and value <= known
    value = value / scale if value >= scale and not within else value
    if unit is not None and own is not None:
        converted = (
            value if _same_unit(unit, own) or is_in(unit, own) else convert(value, unit.name, own)
        )
        if converted is None:
            raise Abstention(f"“{column}” is in {own}, not in {unit.said}.", bound=frame.weight)
        value = round(converted, 6)
    return int(value) if float(value).is_integer() else value
