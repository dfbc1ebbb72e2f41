"""Averages in conditions: groups kept by their figure, and rows set against the average."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.conditions import HIGH, in_unit, measured, operator_of
from worker.models.builtin.frame import Frame, Kept, unclear
from worker.query.plan import Filter


def averages(frame: Frame) -> None:
    """Take the conditions on groups, and those against an average."""
    for mean in frame.free("function"):
        against_mean(frame, mean)
    for number in frame.free("number"):
        of_groups(frame, number)


def of_groups(frame: Frame, number: Binding) -> None:
    """Take a number that groups are kept by: "more than 25 orders", "average price over 250"."""
    marks = [number]
    beside = frame.after(number)
    if beside and beside.kind == "unit" and beside.start == number.end:
        marks.append(beside)
    counted = beside is not None and frame.is_rows(beside) and not frame.has("count")
    sign = frame.before(number)
    if sign is None or sign.kind != "comparator" or sign.name == "between":
        return
    measure = frame.before(sign, "not")
    function = frame.before(measure) if measure is not None else None
    worked_out = (
        measure is not None
        and measure.kind == "column"
        and function is not None
        and function.kind == "function"
        and not frame.has("count")
    )
    if not counted and not worked_out:
        return
    noun = _group_noun(frame, function if worked_out and function else sign)
    if noun is None:
        return
    operator, signs, values = operator_of(frame, number, marks)
    if worked_out and measure is not None and function is not None:
        columns = tuple(c for c in measure.columns if frame.vocab.is_number(c))
        if len(columns) != 1:
            raise unclear(frame, measure, columns or measure.columns)
        unit = next((mark for mark in marks if mark.kind == "unit"), None)
        found = tuple(in_unit(frame, value, unit, columns[0]) for value in values)
        frame.kept = Kept(function.name, columns[0], operator, found)
        frame.use(measure, function)
    else:
        frame.kept = Kept("count", None, operator, tuple(values))
    frame.target = frame.key(noun)
    frame.use(noun, *signs, *marks)


def _group_noun(frame: Frame, sign: Binding) -> Binding | None:
    """What is asked for where a condition is on groups: "countries with more than 2 films"."""
    first = next((b for b in frame.reading if b.kind not in {"filler", "title", "list"}), None)
    if first is None or first.start >= sign.start or frame.is_rows(first):
        return None
    if first.kind == "bucket" and first.name == "year":
        return first if frame.key(first) is not None else None
    if first.kind != "column" or len(first.columns) != 1:
        return None
    column = frame.vocab.profile.column(first.columns[0])
    unique = frame.vocab.is_unique(column.name)
    return None if unique or column.type not in {"text", "boolean"} else first


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
