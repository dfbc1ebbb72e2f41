"""Averages in conditions: rows set against the average."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.conditions import HIGH, measured
from worker.models.builtin.frame import Frame, unclear
from worker.query.plan import Filter


def averages(frame: Frame) -> None:
    """Take the comparisons with an average."""
    for mean in frame.free("function"):
        against_mean(frame, mean)


def against_mean(frame: Frame, mean: Binding) -> None:
    """Take "above the average", "heavier than average": a comparison with the chosen rows."""
    sign = frame.before(mean)
    if sign is None or mean.name not in {"mean", "median"}:
        return
    later = frame.after(mean)
    own = later is not None and later.kind == "column" and later.start == mean.end
    if sign.kind == "comparator" and sign.name in {"gt", "ge", "lt", "le"}:
        high, columns = sign.name in {"gt", "ge"}, _number_before(frame, sign, mean)
    elif sign.kind == "adjective" and sign.sense and "than" in frame.words_between(sign, mean):
        high, columns = sign.sense.high, measured(frame, sign)
    else:
        more = frame.before(sign)
        if more is None or more.kind != "most" or "than" not in frame.words_between(sign, mean):
            return
        high, columns = more.name in HIGH, tuple(c for c in sign.columns if _is_number(frame, c))
        frame.use(more)
    if own and later is not None and set(later.columns) & set(columns or later.columns):
        columns = columns or later.columns
        frame.use(later)
    elif own:
        return
    if len(columns) != 1:
        raise unclear(frame, sign, columns or ())
    operator = "above" if high else "below"
    frame.select(mean, Filter(column=columns[0], operator=operator, values=[mean.name]))
    frame.use(sign, mean)


def _number_before(frame: Frame, sign: Binding, mean: Binding) -> tuple[str, ...]:
    """The number column named just before a comparison, or the only one named at all."""
    named = [frame.before(sign, "not"), frame.after(mean)]
    for one in named:
        if one is not None and one.kind == "column":
            numbers = tuple(c for c in one.columns if _is_number(frame, c))
            if numbers:
                frame.use(one)
                return numbers
    return ()


def _is_number(frame: Frame, name: str) -> bool:
    return frame.vocab.is_number(name)
