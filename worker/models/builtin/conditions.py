"""Conditions on numbers: "above 20 mm", "hotter than 30", "between 10 and 20", "at least 5"."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame, unclear
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.measures import columns_of
from worker.models.builtin.persons import age_of
from worker.models.builtin.quantities import fits, in_unit, is_in, of_unit
from worker.models.builtin.words import TIMES
from worker.query.plan import Filter

_POSTFIX = {"or more", "or higher", "or above", "or less", "or fewer", "or below"}
_OPPOSITES = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt", "eq": "ne"}
_AMOUNTING = frozenset(
    [
        *("lasted", "last", "lasting", "took", "take", "taking", "cost", "costs", "costing", "of"),
        *("weigh", "weighs", "weighed", "weighing", "exactly", "measure", "measured", "measuring"),
    ]
)
# What speaks of how long something was, rather than of any of its times.
_LASTING = frozenset({"lasted", "last", "lasting", "took", "take", "taking", "takes"})
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
        frame.denies = True
        frame.use(negation, amount)


def _condition(frame: Frame, number: Binding) -> None:
    marks = [number]
    beside = frame.after(number)
    if beside and beside.kind == "unit" and beside.start == number.end:
        marks.append(beside)
    operator, signs, values = operator_of(frame, number, marks)
    unit = next((mark for mark in marks if mark.kind == "unit"), None)
    column = _numbered(frame, number) or _column(frame, signs, marks, unit)
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
    sign = sign_of(frame, number, marks)
    later = frame.after(marks[-1])
    beyond = frame.after(later) if later and later.kind == "column" else later
    if beyond and beyond.kind == "comparator" and beyond.said.lower() in _POSTFIX:
        return beyond.name, [beyond], [value]  # "90 or more", "90 points or more"
    if sign and sign.kind == "comparator" and sign.name == "between":
        return "between", [sign], [value, _high_end(frame, number, later, marks)]
    if sign and sign.kind == "comparator":
        negated = frame.before(sign)
        if negated and negated.kind == "not" and negated.end == sign.start:
            frame.use(negated)
            return _OPPOSITES[sign.name], [sign], [value]
        return sign.name, [sign], [value]
    if sign and sign.sense and _compares(frame, sign, number):
        upward = sign.sense.high if sign.kind == "adjective" else sign.name in HIGH
        return ("gt" if upward else "lt"), [sign], [value]
    named = _numbered(frame, number) or any(
        _beside_its_column(frame, number, column) for column in (later, sign)
    )
    first = min(mark.start for mark in marks)
    said = sign and sign.kind == "column" and frame.words[first - 1] in _EQUALS
    if named or said or _is_so_much(frame, marks) or _is_amount(frame, marks, later):
        return "eq", [], [value]
    raise Abstention(f"I can't tell what {number.said} is compared with.", bound=frame.weight)


def _is_so_much(frame: Frame, marks: list[Binding]) -> bool:
    """Whether a verb says how much it was in a unit that one column has: "lasted 60 minutes"."""
    unit = next((mark for mark in marks if mark.kind == "unit"), None)
    first = min(mark.start for mark in marks)
    verb = frame.words[first - 1] if first else ""
    return unit is not None and verb in _AMOUNTING and len(of_unit(frame, unit)) == 1


def _high_end(frame: Frame, number: Binding, high: Binding | None, marks: list[Binding]) -> float:
    """The second number of "between 10 and 20 mm", which is a mark with its unit."""
    if high is None or high.kind != "number":
        raise Abstention(f"Between {number.said} and what?", bound=frame.weight)
    marks.append(high)
    unit = frame.after(high)
    if unit and unit.kind == "unit" and unit.start == high.end:
        marks.append(unit)
    return high.number or 0.0


def sign_of(frame: Frame, number: Binding, marks: list[Binding]) -> Binding | None:
    """What stands before a number, and before its currency, which is one of its marks."""
    sign = frame.before(number)
    if sign is not None and sign.kind == "unit" and sign.end == number.start:
        marks.append(sign)
        return frame.before(sign)
    return sign


def _numbered(frame: Frame, number: Binding) -> str | None:
    """The column that numbers the rows, for the number of "trip 70123"."""
    noun = frame.before(number)
    beside = noun is not None and noun.kind == "entity" and noun.end == number.start
    whole = [c.name for c in frame.vocab.of_type("integer") if c.name in frame.vocab.identifiers]
    return whole[0] if beside and len(whole) == 1 else None


def _beside_its_column(frame: Frame, number: Binding, column: Binding | None) -> bool:
    """Whether a number stands beside a column of whole numbers: "4 home goals", "ranked 3"."""
    if column is None or column.kind != "column" or number.said.lower() in TIMES:
        return False
    if number.end != column.start and column.end != number.start:
        return False
    return any(frame.vocab.profile.column(name).type == "integer" for name in column.columns)


def _is_amount(frame: Frame, marks: list[Binding], column: Binding | None) -> bool:
    """Whether so much of a column's unit is of that column: "12 GB of memory"."""
    if column is None or column.kind != "column" or len(marks) == 1:
        return False
    unit = next((mark for mark in marks if mark.kind == "unit"), None)
    near = frame.words_between(marks[-1], column) <= {"of"}
    return unit is not None and near and any(fits(frame, unit, one) for one in column.columns)


def _compares(frame: Frame, sign: Binding, number: Binding) -> bool:
    """Whether this is "hotter than 30" or "more rain than 20"."""
    return sign.kind in {"adjective", "most"} and "than" in frame.words_between(sign, number)


HIGH = {"more", "high", "extreme_high", "most"}


def _column(frame: Frame, signs: list[Binding], marks: list[Binding], unit: Binding | None) -> str:
    """The column that a comparison is about."""
    sign = signs[0] if signs else marks[0]
    if sign.kind == "adjective" and sign.sense:
        return _measured_by(frame, sign, unit)
    after = frame.after(marks[-1]) if not signs else None
    if after and (_beside_its_column(frame, marks[0], after) or _is_amount(frame, marks, after)):
        frame.use(after)
        return one_of(frame, after)
    nearest = _beside(frame, sign, marks)
    aged = age_of(frame, sign, marks[0].number or 0.0) if nearest is None and not unit else None
    if aged is not None:
        return aged
    if nearest is None:
        nearest = _only_number(frame, sign, marks)
    if nearest is None and unit is not None:
        known = of_unit(frame, unit)
        spans = columns_of(frame.vocab, lexicon().adjectives["longest"])
        if _LASTING & set(frame.words[: marks[0].start]):
            known = tuple(name for name in known if name in spans) or known
        able = tuple(c for c in known if _tells_apart(frame, c, sign, marks)) or known
        if len(able) == 1:
            frame.guesses += 1
            return able[0]
        if able:
            raise unclear(frame, sign, able, keep=True)
    if nearest is None:
        raise Abstention(f"I can't tell which column {marks[0].said} is about.", bound=frame.weight)
    frame.use(nearest)
    return one_of(frame, nearest)


def _tells_apart(frame: Frame, column: str, sign: Binding, marks: list[Binding]) -> bool:
    """Whether a comparison is not true of all rows anyway: "under 1500" of what goes up to 300."""
    known = frame.vocab.profile.column(column)
    unit = next((mark for mark in marks if mark.kind == "unit"), None)
    number = in_unit(frame, marks[0].number or 0.0, unit, column)
    always = known.maximum < number if sign.name in {"lt", "le"} else known.minimum > number
    return isinstance(known.minimum, int | float) and not always


def _beside(frame: Frame, sign: Binding, marks: list[Binding]) -> Binding | None:
    """The number column named right before a comparison, or else right after its number."""
    last = max((*marks, sign), key=lambda mark: mark.end)  # "3 or more vehicles"
    nearest, later = frame.before(sign, "not", "function"), frame.after(last)
    if nearest in frame.used and later is not None and later.start == last.end:
        nearest = None  # "at least 20 g protein but less than 10 g fat"
    numbers = frame.vocab.numbers.intersection(nearest.columns if nearest is not None else ())
    if nearest is not None and numbers and not _unlike(frame, marks, numbers):
        return nearest
    joined = later is not None and _joined(frame, last, later)
    return later if later and later.kind == "column" and joined else None


def _unlike(frame: Frame, marks: list[Binding], columns: frozenset[str]) -> bool:
    """Whether a unit is said that others have, not these: 3 rooms under €900."""
    unit = next((mark for mark in marks if mark.kind == "unit"), None)
    if unit is None or any(fits(frame, unit, name) for name in columns):
        return False
    return any(is_in(unit, frame.vocab.profile.column(name).unit) for name in frame.vocab.numbers)


def one_of(frame: Frame, named: Binding) -> str:
    """The one number column that is named; raises Abstention with the choices."""
    columns = tuple(c for c in named.columns if frame.vocab.is_number(c))
    if len(columns) != 1:
        raise unclear(frame, named, columns or named.columns)
    return columns[0]


def _joined(frame: Frame, last: Binding, later: Binding) -> bool:
    """Whether the column after the number belongs to it: "20 mm of precipitation"."""
    return frame.words_between(last, later) <= {"of", "in", "the", "to", "for"}


def _only_number(frame: Frame, sign: Binding, marks: list[Binding]) -> Binding | None:
    """The one number column named before the comparison."""
    named = [
        b
        for b in frame.free("column")
        if b.end <= sign.start
        and (numbers := frame.vocab.numbers.intersection(b.columns))
        and not _unlike(frame, marks, numbers)
    ]
    return named[-1] if named else None


def _measured_by(frame: Frame, adjective: Binding, unit: Binding | None) -> str:
    """The column that an adjective speaks of, as far as it is in the unit that is said."""
    columns = measured(frame, adjective)
    if unit is not None:
        columns = tuple(c for c in columns if fits(frame, unit, c)) or columns
    if len(columns) != 1:
        raise unclear(frame, adjective, columns)
    return columns[0]


def measured(frame: Frame, adjective: Binding) -> tuple[str, ...]:
    """The number columns that an adjective speaks of ("hottest": the maximum temperature)."""
    columns = columns_of(frame.vocab, adjective.sense) if adjective.sense else ()
    if not columns:
        raise Abstention(
            f"No column of {frame.vocab.profile.title} tells what is “{adjective.said}”.",
            bound=frame.weight - 1,
        )
    return columns
