"""Kept groups: conditions on the figure of a group, "countries with more than 25 orders"."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.conditions import one_of, operator_of, sign_of
from worker.models.builtin.frame import Frame, Kept
from worker.models.builtin.heads import names_all_of
from worker.models.builtin.quantities import in_unit
from worker.models.builtin.words import TIMES

_JUST = {"only", "just", "exactly"}
_POSTFIX = {"or more", "or less", "or fewer"}


def kept(frame: Frame) -> None:
    """Take every number that groups are kept by."""
    for number in frame.free("number"):
        _of_groups(frame, number)


def _of_groups(frame: Frame, number: Binding) -> None:
    """Take a number if it is that of rows of a group, or stands beside a figure of a column."""
    marks = [number]
    beside = frame.after(number)
    if beside and beside.kind == "unit" and beside.start == number.end:
        marks.append(beside)
    signs = [*marks]
    sign = sign_of(frame, number, signs)
    measure = frame.before(sign, "not") if sign is not None else None
    function = _function(frame, measure)
    if measure is not None and measure.kind == "function":
        function, measure = measure, _measured_after(frame, marks)
    summed = _summed(frame, number)
    counted = summed is not None or _counts_rows(frame, number)
    comparing = sign is not None and sign.kind == "comparator"
    noun = _group_noun(frame, function or (sign if sign is not None and comparing else number))
    if noun is None or not (counted or (function is not None and measure is not None)):
        return
    compared = _compared(frame, number, marks, sign)
    if compared is None:
        return
    operator, words, values = compared
    if function is not None and measure is not None:
        column = one_of(frame, measure)
        unit = next((mark for mark in marks if mark.kind == "unit"), None)
        found = tuple(in_unit(frame, value, unit, column) for value in values)
        frame.kept = Kept(function.name, column, operator, found)
        frame.use(measure, function)
    elif summed is not None:
        frame.kept = Kept("sum", one_of(frame, summed), operator, tuple(map(_whole, values)))
        frame.use(summed)
    else:
        frame.kept = Kept("count", None, operator, tuple(map(_whole, values)))
    frame.target = frame.key(noun)
    frame.use(noun, *words, *marks)


def _whole(value: float) -> float:
    """A number without a point where it needs none."""
    return int(value) if value.is_integer() else value


def _compared(
    frame: Frame, number: Binding, marks: list[Binding], sign: Binding | None
) -> tuple[str, list[Binding], list[float]] | None:
    """The operator, the words that say it, and the numbers; None without a comparison."""
    said = frame.words[number.start - 1] if number.start else ""
    after = frame.after(marks[-1])
    postfix = after is not None and after.said.lower() in _POSTFIX
    comparing = sign is not None and sign.kind == "comparator" and sign.name != "between"
    if not comparing and said in _JUST:
        return "eq", [], [number.number or 0.0]
    if not (comparing or postfix):
        return None
    return operator_of(frame, number, marks)


def _function(frame: Frame, measure: Binding | None) -> Binding | None:
    """The function of "average unit price over": it stands before the column that is compared."""
    if measure is None or measure.kind != "column":
        return None
    before = frame.before(measure)
    last = next((b for b in frame.all("function") if frame.words[b.start - 1] == "on"), None)
    return before if before is not None and before.kind == "function" else last  # "on average"


def _measured_after(frame: Frame, marks: list[Binding]) -> Binding | None:
    """The column of "an average of more than 500 calories"."""
    later = frame.after(marks[-1])
    beside = later is not None and later.kind == "column" and later.start == marks[-1].end
    return later if beside else None


def _summed(frame: Frame, number: Binding) -> Binding | None:
    """The column beside a number that no row has, but groups may in all: "100,000 visitors"."""
    beside = frame.after(number)
    if beside is None or beside.kind != "column" or beside.start != number.end:
        return None
    known = frame.vocab.profile.column(beside.columns[0])
    adds = len(beside.columns) == 1 and frame.vocab.is_additive(known.name)
    return beside if adds and (number.number or 0) > known.maximum else None


def _counts_rows(frame: Frame, number: Binding) -> bool:
    """Whether rows are counted: "25 orders", "5 urgent tickets", "5 houses" (which a value is)."""
    beside = frame.after(number)
    if beside is not None and beside.kind == "comparator":
        beside = frame.after(beside)
    if number.said.lower() in TIMES or frame.words[number.end : number.end + 1] == ["times"]:
        return True  # "customers who came more than 3 times"
    if beside is None:
        return False
    own = beside.kind == "column" and all(map(frame.vocab.is_unique, beside.columns))
    if own:
        frame.use(beside)
    return own or frame.is_rows(beside) or beside.kind == "value"


def _group_noun(frame: Frame, sign: Binding) -> Binding | None:
    """What is asked for where a condition is on groups: "countries with more than 2 films"."""
    skipped = {"filler", "title", "list", "count", "distinct"}
    first = next((b for b in frame.reading if b.kind not in skipped), None)
    if first is None or first.start >= sign.start or frame.is_rows(first):
        return None
    if first.kind == "bucket":
        return first if _is_period(frame, first) else None
    if first.kind != "column" or len(first.columns) != 1 or not names_all_of(frame, first):
        return None
    column = frame.vocab.profile.column(first.columns[0])
    unique = frame.vocab.is_unique(column.name)
    return None if unique or column.type not in {"text", "boolean"} else first


def _is_period(frame: Frame, noun: Binding) -> bool:
    """Whether a period is one of the calendar: of months nobody knows which are meant."""
    return noun.name in {"year", "week", "day"} and frame.key(noun) is not None
