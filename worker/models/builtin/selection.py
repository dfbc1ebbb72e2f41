"""Selections: the times and values a question names, as filters and as sides to compare."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame, OutOfData, unclear
from worker.models.builtin.times import Time
from worker.models.builtin.vocabulary import Value
from worker.query.plan import Comparison, Filter, GroupBy

_SIDES = 2


def compares(frame: Frame) -> bool:
    """Whether the question sets things side by side: "wetter in 2013 or 2014", "2013 vs 2014"."""
    words = set(frame.words)
    ranked = frame.superlative is not None and bool({"or", "than"} & words)
    return frame.has("compare") or ranked or bool({"vs", "versus"} & words)


def set_apart(frame: Frame) -> bool:
    """Whether two sides make one figure, their difference, as in "how many more"."""
    best = frame.superlative
    more = best is not None and best.name in {"more", "less"} and "than" in frame.words
    asked = frame.has("count") or frame.has("amount")
    differ = any(b.said.lower().startswith("differ") for b in frame.all("compare"))
    return differ or frame.has("change") or (more and asked)


def _apart(frame: Frame, time: Time) -> None:
    """Two times as the sides of a comparison."""
    date = frame.vocab.date
    sides = [_one_side(frame, Time((point,)), date.name if date else None) for point in time.points]
    frame.compare = Comparison(left=sides[0], right=sides[1])
    _use_between(frame)


def _use_between(frame: Frame) -> None:
    """Note the "between" of "the difference between"."""
    frame.use_all("compare")
    frame.use(*[b for b in frame.free("comparator") if b.name == "between"])


def _one_side(frame: Frame, time: Time, date: str | None) -> Filter:
    year = frame.vocab.year_column
    made = time.filters(date) if date else _of_year_column(time, year.name) if year else None
    if made is None or len(made) != 1:
        raise Abstention("I can set two years or two months apart, not these.", bound=frame.weight)
    return made[0]


def times(frame: Frame) -> None:
    """Filter by the times named; several of them, compared, also group."""
    bindings = frame.all("time")
    for named in _merged(frame, [b.time for b in bindings if b.time is not None]):
        changed = frame.has("change") and not frame.has("every")
        time = Time(named.points) if changed and named.relation == "between" else named
        found = _filters(frame, time)
        if found is None:
            said = " and ".join(f"“{binding.said}”" for binding in bindings)
            raise Abstention(f"I can't select by {said}.", bound=frame.weight)
        if len(time.points) == _SIDES and time.relation == "eq" and set_apart(frame):
            _apart(frame, time)
            continue
        frame.select(next(b for b in bindings if b.time is not None), *found)
        if len(time.points) > 1 and time.relation == "eq" and compares(frame):
            _side_by_side(frame, found)
    frame.use(*bindings)


def _merged(frame: Frame, named: list[Time]) -> list[Time]:
    """Two times on both sides of "than" are one list: "was 2014 wetter than 2013"."""
    points = [point for time in named for point in time.points]
    alike = len({point.shape for point in points}) == 1 and all(t.relation == "eq" for t in named)
    if len(named) == _SIDES and len(points) == _SIDES and alike and compares(frame):
        return [Time(tuple(points))]
    return named


def _filters(frame: Frame, time: Time) -> list[Filter] | None:
    date, year = frame.vocab.date, frame.vocab.year_column
    if date is not None:
        _in_range(frame, time, str(date.minimum), str(date.maximum))
        sides = _two_sides(frame, time, date.name)
        frame.compare = sides or frame.compare
        return [] if sides else time.filters(date.name)
    if year is not None:
        _in_range(frame, time, str(year.minimum), str(year.maximum))
        return _of_year_column(time, year.name)
    return None


def _two_sides(frame: Frame, time: Time, column: str) -> Comparison | None:
    """Two spans of months to set side by side: "in winter or summer"."""
    spans = [point for point in time.points if len(point.months) > 1]
    if not len(spans) == len(time.points) == _SIDES or not compares(frame):
        return None
    sides = [Time((point,)).filters(column) or [] for point in spans]
    if any(len(side) != 1 for side in sides):
        return None
    frame.use_all("compare")
    return Comparison(left=sides[0][0], right=sides[1][0])


def _side_by_side(frame: Frame, found: list[Filter]) -> None:
    wide = [f for f in found if f.operator == "in"]
    for one in wide[:1]:
        key = GroupBy.model_validate({"column": one.column, "bucket": one.part})
        if key not in frame.groups:
            frame.groups.append(key)
    frame.use_all("compare")


def _in_range(frame: Frame, time: Time, first: str, last: str) -> None:
    outside = [y for y in sorted(time.years) if not first[:4] <= str(y) <= last[:4]]
    if outside and time.relation in {"eq", "between"}:
        raise OutOfData(
            f"{frame.vocab.profile.title} covers {first[:10]} to {last[:10]}; "
            f"{outside[0]} is outside it.",
            bound=frame.weight,
            final=True,
        )


def _of_year_column(time: Time, column: str) -> list[Filter] | None:
    years = [point.year for point in time.points if point.shape == (True,) + (False,) * 4]
    if len(years) != len(time.points):
        return None
    operator = time.relation if time.relation != "eq" or len(years) == 1 else "in"
    return [Filter.model_validate({"column": column, "operator": operator, "values": years})]


def values(frame: Frame) -> None:
    """Filter by the values named; several of one column mean any of them."""
    picked: dict[tuple[str, bool], list[Value]] = defaultdict(list)
    places: dict[tuple[str, bool], Binding] = {}
    denied: set[Binding] = set()
    for binding in frame.all("value"):
        value = _pick(frame, binding)
        negation = frame.before(binding, "column", "group")
        negated = negation is not None and (negation.kind == "not" or negation in denied)
        if negated:
            frame.use(negation)
            denied.add(binding)  # "without rain or snow" denies both
        picked[value.column, negated].append(value)
        places.setdefault((value.column, negated), binding)
        frame.use(binding)
        _absorb(frame, binding, value.column)
    for (column, negated), chosen in picked.items():
        at = places[column, negated]
        if len(chosen) == _SIDES and frame.compare is None and not negated and set_apart(frame):
            left, right = (_filter(frame, column, [value], negated=False) for value in chosen)
            frame.compare = Comparison(left=left, right=right)
            _use_between(frame)
            continue
        frame.select(at, _filter(frame, column, chosen, negated=negated))
        key = GroupBy(column=column)
        if len(chosen) > 1 and _sides(frame, key) and key not in frame.groups:
            if key != frame.target:
                frame.groups.append(key)
            frame.use_all("compare")
    if frame.superlative and frame.superlative.values:  # snowiest
        value = frame.superlative.values[0]
        frame.select(frame.superlative, _filter(frame, value.column, [value], negated=False))


def _sides(frame: Frame, key: GroupBy) -> bool:
    """Whether several values are set side by side, not one of them or the other meant."""
    either = isinstance(frame.target, GroupBy) and frame.target != key
    said = frame.has("compare") or bool({"than", "vs", "versus"} & set(frame.words))
    return compares(frame) and (said or not either)


def _pick(frame: Frame, binding: Binding) -> Value:
    """The one value meant; a column named in the question decides between several."""
    options = binding.values
    if len({value.column for value in options}) > 1:
        named = {name for b in frame.all("column") for name in b.columns}
        options = tuple(v for v in options if v.column in named) or options
    columns = tuple(dict.fromkeys(value.column for value in options))
    if len(columns) > 1:
        raise unclear(frame, binding, columns, keep=True)
    return options[0]


def _absorb(frame: Frame, binding: Binding, column: str) -> None:
    """The column's name beside its value adds nothing: "weather was snow", "Dream island"."""
    for beside in (frame.before(binding, "not", "value", "group"), frame.after(binding, "value")):
        named = beside is not None and beside.kind == "column" and column in beside.columns
        if beside and named and not _is_target(frame, beside):
            frame.use(beside)


def _is_target(frame: Frame, binding: Binding) -> bool:
    return isinstance(frame.target, GroupBy) and frame.key(binding) == frame.target


def _filter(frame: Frame, column: str, chosen: list[Value], *, negated: bool) -> Filter:
    if not all(value.whole for value in chosen):
        if negated or len(chosen) > 1:
            said = ", ".join(str(value.value) for value in chosen)
            raise Abstention(
                f"I can only look for one part of a value, not {said}.", bound=frame.weight
            )
        return Filter(column=column, operator="contains", values=[chosen[0].value])
    listed: list[Any] = list(dict.fromkeys(value.value for value in chosen))
    one, many = ("ne", "not_in") if negated else ("eq", "in")
    return Filter.model_validate(
        {"column": column, "operator": one if len(listed) == 1 else many, "values": listed}
    )
