"""Selections: the times and values a question names, as filters and as sides to compare."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Abstention, Frame, unclear
from worker.models.builtin.times import Time
from worker.models.builtin.vocabulary import Value
from worker.query.plan import Comparison, Filter, GroupBy

_SIDES = {"or", "vs", "versus"}


def compares(frame: Frame) -> bool:
    """Whether the question sets things side by side."""
    ranked = frame.superlative is not None and frame.superlative.name in {"more", "less"}
    return frame.has("compare") or ranked or bool(_SIDES & set(frame.words))


def times(frame: Frame) -> None:
    """Filter by the times named; several of them, compared, also group."""
    for binding in frame.all("time"):
        assert binding.time is not None  # noqa: S101 - the binder sets it
        date, year = frame.vocab.date, frame.vocab.year_column
        if date is not None:
            _in_range(frame, binding.time, str(date.minimum), str(date.maximum))
            frame.compare = _two_sides(frame, binding.time, date.name)
            found = [] if frame.compare else binding.time.filters(date.name)
        elif year is not None:
            _in_range(frame, binding.time, str(year.minimum), str(year.maximum))
            found = _of_year_column(binding.time, year.name)
        else:
            found = None
        if found is None:
            raise Abstention(f"I can't select by “{binding.said}”.", bound=frame.weight)
        frame.filters.extend(found)
        frame.use(binding)
        if len(binding.time.points) > 1 and binding.time.relation == "eq" and compares(frame):
            _side_by_side(frame, found)


def _two_sides(frame: Frame, time: Time, column: str) -> Comparison | None:
    """Two spans of months to set side by side: "in winter or summer"."""
    spans = [point for point in time.points if len(point.months) > 1]
    if len(spans) != 2 or len(time.points) != 2 or not compares(frame):
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
        raise Abstention(
            f"{frame.vocab.profile.title} covers {first[:10]} to {last[:10]}; "
            f"{outside[0]} is outside it.",
            bound=frame.weight,
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
    for binding in frame.all("value"):
        value = _pick(frame, binding)
        negation = frame.before(binding, "column")
        negated = negation is not None and negation.kind == "not"
        if negated:
            frame.use(negation)
        picked[value.column, negated].append(value)
        frame.use(binding)
        _absorb(frame, binding, value.column)
    for (column, negated), chosen in picked.items():
        frame.filters.append(_filter(frame, column, chosen, negated=negated))
        key = GroupBy(column=column)
        if len(chosen) > 1 and compares(frame) and key not in frame.groups:
            if key != frame.target:
                frame.groups.append(key)
            frame.use_all("compare")
    if frame.superlative and frame.superlative.values:  # snowiest
        value = frame.superlative.values[0]
        frame.filters.append(_filter(frame, value.column, [value], negated=False))


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
    for beside in (frame.before(binding, "not", "value"), frame.after(binding, "value")):
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
