"""Conditions on numbers: "above 20 mm", "hotter than 30", "between 10 and 20", "at least 5"."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame, narrowed, unclear
from worker.models.builtin.lexicon import convert
from worker.query.plan import Filter

_POSTFIX = {"or more", "or higher", "or above", "or less", "or fewer", "or below"}
_EQUALS = {"is", "was", "of", "=", "equal", "equals", "are", "were"}


def conditions(frame: Frame) -> None:
    """Turn every comparison with a number into a filter; raises Abstention for a stray number."""
    for number in frame.free("number"):
        if number not in frame.used:
            _condition(frame, number)
    for negation in frame.free("not"):
        _none_of(frame, negation)


def _none_of(frame: Frame, negation: Binding) -> None:
    """None of an amount is 0 of it, "no rain"; of what is never 0, that it is missing."""
    amount = frame.after(negation)
    if amount is None or amount.kind != "column" or len(amount.columns) != 1:
        return
    named = frame.after(amount, "group")
    if named is not None and any(v.column in amount.columns for v in named.values):
        return  # "not paid by card" denies the value
    column = frame.vocab.profile.column(amount.columns[0])
    if column.nulls and (column.minimum is None or column.minimum != 0):
        frame.select(negation, Filter(column=column.name, operator="is_null"))
        frame.use(negation, amount)
        return
    counted = column.type == "integer" or frame.vocab.is_additive(amount.columns[0])
    if counted and column.minimum == 0:
        frame.select(negation, Filter(column=amount.columns[0], operator="eq", values=[0]))
        frame.use(negation, amount)


def _condition(frame: Frame, number: Binding) -> None:
    marks = [number]
    beside = frame.after(number)
    if beside and beside.kind == "unit" and beside.start == number.end:
        marks.append(beside)
    operator, signs, values = operator_of(frame, number, marks)
    unit = next((mark for mark in marks if mark.kind == "unit"), None)
    column = _column(frame, signs, marks, unit)
    numbers = [in_unit(frame, value, unit, column) for value in values]
    if operator == "eq":
        _possible(frame, column, numbers[0])
    frame.use(*signs, *marks)
    made = Filter.model_validate({"column": column, "operator": operator, "values": numbers})
    frame.select(number, made)


def _possible(frame: Frame, column: str, number: float) -> None:
    """A number that no row can have is a mistake, or another table's."""
    known = frame.vocab.profile.column(column)
    if isinstance(known.minimum, int | float) and not known.minimum <= number <= known.maximum:
        raise Abstention(
            f"“{column}” goes from {known.minimum:,} to {known.maximum:,}, without {number:,}.",
            bound=frame.weight,
        )


def operator_of(
    frame: Frame, number: Binding, marks: list[Binding]
) -> tuple[str, list[Binding], list[float]]:
    """The operator, the words that say it, and the numbers it compares with."""
    value = number.number or 0.0
    sign = frame.before(number)
    later = frame.after(marks[-1])
    if later and later.kind == "comparator" and later.said.lower() in _POSTFIX:
        return later.name, [later], [value]
    if sign and sign.kind == "comparator" and sign.name == "between":
        high = later
        if high is None or high.kind != "number":
            raise Abstention(f"Between {number.said} and what?", bound=frame.weight)
        marks.append(high)
        unit = frame.after(high)
        if unit and unit.kind == "unit" and unit.start == high.end:
            marks.append(unit)
        return "between", [sign], [value, high.number or 0.0]
    if sign and sign.kind == "comparator":
        negated = frame.before(sign)
        if negated and negated.kind == "not" and negated.end == sign.start:
            frame.use(negated)
            opposite = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne"}
            return opposite[sign.name], [sign], [value]
        return sign.name, [sign], [value]
    if sign and sign.sense and _compares(frame, sign, number):
        upward = sign.sense.high if sign.kind == "adjective" else sign.name in HIGH
        return ("gt" if upward else "lt"), [sign], [value]
    if sign and sign.kind == "column" and frame.words_between(sign, number) & _EQUALS:
        return "eq", [], [value]
    if _beside_its_column(frame, number, later) or _beside_its_column(frame, number, sign):
        return "eq", [], [value]
    raise Abstention(f"I can't tell what {number.said} is compared with.", bound=frame.weight)


def _beside_its_column(frame: Frame, number: Binding, column: Binding | None) -> bool:
    """Whether a number stands beside a column of whole numbers: "4 home goals", "ranked 3"."""
    if column is None or column.kind != "column":
        return False
    if number.end != column.start and column.end != number.start:
        return False
    return any(frame.vocab.profile.column(name).type == "integer" for name in column.columns)


def _compares(frame: Frame, sign: Binding, number: Binding) -> bool:
    """Whether this is "hotter than 30" or "more rain than 20"."""
    return sign.kind in {"adjective", "most"} and "than" in frame.words_between(sign, number)


HIGH = {"more", "high", "extreme_high", "most"}


def _column(frame: Frame, signs: list[Binding], marks: list[Binding], unit: Binding | None) -> str:
    """The column that a comparison is about."""
    hints: set[str] = set()
    sign = signs[0] if signs else marks[0]
    if sign.kind == "adjective" and sign.sense:
        return _measured_by(frame, sign)
    nearest = frame.before(sign, "not", "function")
    named = nearest is not None and nearest.kind == "column"
    if not named or not any(frame.vocab.is_number(c) for c in (nearest.columns if nearest else ())):
        nearest = None
    if nearest is None:
        later = frame.after(marks[-1])
        nearest = (
            later if later and later.kind == "column" and _joined(frame, marks, later) else None
        )
    if nearest is None:
        nearest = _only_number(frame, sign)
    if nearest is None and unit is not None:
        of_unit = [c.name for c in frame.vocab.profile.columns if c.unit == unit.name]
        if len(of_unit) == 1:
            frame.guesses += 1
            return of_unit[0]
        if of_unit:
            raise unclear(frame, sign, tuple(of_unit))
    if nearest is None:
        raise Abstention(f"I can't tell which column {marks[0].said} is about.", bound=frame.weight)
    columns = tuple(c for c in narrowed(frame, nearest, hints) if frame.vocab.is_number(c))
    if len(columns) != 1:
        raise unclear(frame, nearest, columns or nearest.columns)
    frame.use(nearest)
    return columns[0]


def _joined(frame: Frame, marks: list[Binding], later: Binding) -> bool:
    """Whether the column after the number belongs to it: "20 mm of precipitation"."""
    return frame.words_between(marks[-1], later) <= {"of", "in", "the"}


def _only_number(frame: Frame, sign: Binding) -> Binding | None:
    """The one number column named before the comparison."""
    named = [
        b
        for b in frame.free("column")
        if b.end <= sign.start and any(frame.vocab.is_number(c) for c in b.columns)
    ]
    return named[-1] if named else None


def _measured_by(frame: Frame, adjective: Binding) -> str:
    columns = measured(frame, adjective)
    if len(columns) != 1:
        raise unclear(frame, adjective, columns)
    return columns[0]


def measured(frame: Frame, adjective: Binding) -> tuple[str, ...]:
    """The number columns that an adjective speaks of ("hottest": the maximum temperature)."""
    of = adjective.sense.of if adjective.sense else frozenset()
    scores = {
        c.name: len(frame.vocab.columns[c.name] & of)
        for c in frame.vocab.of_type("integer", "number")
    }
    best = max(scores.values(), default=0)
    if not best:
        raise Abstention(
            f"No column of {frame.vocab.profile.title} tells what is “{adjective.said}”.",
            bound=frame.weight - 1,
        )
    return tuple(name for name, score in scores.items() if score == best)


def in_unit(frame: Frame, value: float, unit: Binding | None, column: str) -> float | int:
    """A number in the unit of the column; raises Abstention if it is of something else."""
    own = frame.vocab.profile.column(column).unit
    if unit is not None and own is not None:
        # A bare degree sign means degrees of whatever scale the column has.
        same = unit.name == own or unit.said.lower() in {"°", "degrees", "degree"}
        converted = value if same else convert(value, unit.name, own)
        if converted is None:
            raise Abstention(f"“{column}” is in {own}, not in {unit.said}.", bound=frame.weight)
        value = round(converted, 6)
    return int(value) if float(value).is_integer() else value
