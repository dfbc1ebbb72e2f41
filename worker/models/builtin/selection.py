"""Selections: the times and values a question names, as filters and as sides to compare."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

from worker.models.builtin.binding import Binding
from worker.models.builtin.dating import reached, time_column
from worker.models.builtin.directions import directed, use_directions
from worker.models.builtin.frame import Abstention, Frame, unclear
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.times import Time
from worker.models.builtin.value_index import Value
from worker.models.builtin.words import stem
from worker.query.plan import Comparison, Filter, GroupBy

_SIDES = 2


def compares(frame: Frame) -> bool:
    """Whether the question sets things side by side: "wetter in 2013 or 2014", "2013 vs 2014"."""
    words = set(frame.words)
    ranked = frame.superlative is not None and bool({"or", "than"} & words)
    return frame.has("compare") or ranked or bool({"vs", "versus"} & words)


def set_apart(frame: Frame) -> bool:
    """Whether two values make one figure, their difference, as in "how many more"."""
    best = frame.superlative
    more = best is not None and best.name in {"more", "less"} and "than" in frame.words
    asked = frame.has("count") or frame.has("amount")
    differ = any(b.said.lower().startswith("differ") for b in frame.all("compare"))
    return differ or (more and asked)


def _apart(frame: Frame, time: Time, column: str) -> None:
    """Two times as the sides of a comparison."""
    sides = [_one_side(frame, Time((point,)), column) for point in time.points]
    frame.compare = Comparison(left=sides[0], right=sides[1])
    _use_between(frame)


def _use_between(frame: Frame) -> None:
    """Note the "between" of "the difference between"."""
    frame.use_all("compare")
    frame.use(*[b for b in frame.free("comparator") if b.name == "between"])


def _one_side(frame: Frame, time: Time, column: str) -> Filter:
    made = _filters(frame, time, column)
    if made is None or len(made) != 1:
        raise Abstention("I can set two years or two months apart, not these.", bound=frame.weight)
    return made[0]


def times(frame: Frame) -> None:
    """Filter by the times named; several of them, compared, also group."""
    for binding, named in _merged(frame, frame.all("time")):
        changed = frame.has("change") and not frame.has("every")
        time = Time(named.points) if changed and named.relation == "between" else named
        column = time_column(frame, binding)
        reached(frame, time, column)
        if _within_a_step(frame, time):
            said = f"There is one row for each {frame.vocab.step}, and nothing of days."
            raise Abstention(said, bound=frame.weight)
        negation = frame.before(binding)
        frame.use(binding)
        if negation is not None and negation.kind == "not":
            frame.use(negation)
            _leave_out(frame, binding, _filters(frame, time, column))
            continue
        sides = _two_sides(frame, time, column)
        if sides is not None:
            frame.compare = sides
            continue
        sided = frame.has("change") or set_apart(frame)
        if len(time.points) == _SIDES and time.relation == "eq" and sided:
            _apart(frame, time, column)
            continue
        found = _filters(frame, time, column)
        if found is None:
            raise Abstention(f"I can't select by “{binding.said}”.", bound=frame.weight)
        frame.select(binding, *found)
        if len(time.points) > 1 and time.relation == "eq" and compares(frame):
            _side_by_side(frame, found)
    frame.use(*frame.all("time"))


def _leave_out(frame: Frame, at: Binding, found: list[Filter] | None) -> None:
    """Take the rows of all other times; what needs several conditions is left if one fails."""
    if not found:
        raise Abstention(f"I can't select by “{at.said}”.", bound=frame.weight)
    denied = [one.model_copy(update={"negated": True}) for one in found]
    if len(denied) == 1:
        frame.select(at, *denied)
    else:
        frame.any_of.append(denied)


def _merged(frame: Frame, bindings: list[Binding]) -> list[tuple[Binding, Time]]:
    """Two times on both sides of "than" are one list: "was 2014 wetter than 2013"."""
    named = [(binding, binding.time) for binding in bindings if binding.time is not None]
    points = [point for _, time in named for point in time.points]
    alike = len({point.shape for point in points}) == 1
    alike = alike and all(time.relation == "eq" for _, time in named)
    if len(named) == _SIDES and len(points) == _SIDES and alike and compares(frame):
        return [(named[0][0], Time(tuple(points)))]
    return named


def _within_a_step(frame: Frame, time: Time) -> bool:
    """Whether days are asked for of a table of months or years."""
    days = any(one.weekdays or (one.day or 1) > 1 for one in time.points)
    return days and frame.vocab.step in {"month", "year"}


def _filters(frame: Frame, time: Time, column: str) -> list[Filter] | None:
    if frame.vocab.profile.column(column).type in {"date", "datetime"}:
        return time.filters(column)
    return _of_year_column(time, column)


def _two_sides(frame: Frame, time: Time, column: str) -> Comparison | None:
    """Two spans of months to set side by side: "in winter or summer"."""
    spans = [point for point in time.points if len(point.months) > 1]
    if not len(spans) == len(time.points) == _SIDES or not compares(frame):
        return None
    sides = [_filters(frame, Time((point,)), column) or [] for point in spans]
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


def _of_year_column(time: Time, column: str) -> list[Filter] | None:
    years = [point.year for point in time.points if point.shape == (True,) + (False,) * 4]
    if len(years) != len(time.points) or not years:
        return None
    operator = time.relation if time.relation != "eq" or len(years) == 1 else "in"
    return [Filter.model_validate({"column": column, "operator": operator, "values": years})]


def values(frame: Frame) -> None:
    """Filter by the values named; several of one column mean any of them."""
    picked: dict[tuple[str, bool], list[Value]] = defaultdict(list)
    places: dict[tuple[str, bool], Binding] = {}
    denied: set[Binding] = set()
    for binding in frame.all("value"):
        if _by_what(frame, binding):
            frame.use(binding)
            continue
        value = _pick(frame, binding)
        negation = frame.before(binding, "column", "group")
        negated = negation is not None and (
            negation.kind == "not" or (negation in denied and _goes_on(frame, negation, binding))
        )
        if negated:
            frame.use(negation)
            denied.add(binding)  # "without rain or snow" denies both
        picked[value.column, negated].append(value)
        places.setdefault((value.column, negated), binding)
        frame.use(binding)
        _absorb(frame, binding, value.column)
    _one_after_the_other(frame)
    _both_answers(frame, picked)
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
    use_directions(frame)
    if frame.superlative and frame.superlative.values:  # snowiest
        value = frame.superlative.values[0]
        frame.select(frame.superlative, _filter(frame, value.column, [value], negated=False))


def _both_answers(frame: Frame, picked: dict[tuple[str, bool], list[Value]]) -> None:
    """Take "members and non-members" as two sides, or two groups: no row is both."""
    for column in [name for name, negated in picked if negated and (name, False) in picked]:
        yes, no = (picked.pop((column, negated)) for negated in (False, True))
        if {v.value for v in yes} != {v.value for v in no} or not yes[0].whole:
            raise Abstention(f"No row is both in “{column}”.", bound=frame.weight, final=True)
        if set_apart(frame) and frame.compare is None:
            left, right = (_filter(frame, column, yes, negated=denied) for denied in (False, True))
            frame.compare = Comparison(left=left, right=right)
            _use_between(frame)
            continue
        frame.groups.append(GroupBy(column=column))
        frame.use_all("compare")


def _one_after_the_other(frame: Frame) -> None:
    """Refuse "Canada and Mexico" where one is only part of a value of another column."""
    named = frame.all("value")
    for left, right in pairwise(named):
        linked = frame.words_between(left, right) <= {"and", "or"} and left.end < right.start
        columns = [{value.column for value in one.values} for one in (left, right)]
        parts = any(not value.whole for one in (left, right) for value in one.values)
        if linked and parts and not columns[0] & columns[1]:
            raise Abstention(
                f"I can't tell what “{left.said} and {right.said}” are.", bound=frame.weight
            )


def _goes_on(frame: Frame, denied: Binding, other: Binding) -> bool:
    """Whether what is denied goes on: "without rain or snow", not "unfurnished lofts"."""
    alike = {v.column for v in denied.values} & {v.column for v in other.values}
    return bool(alike) or bool(frame.words_between(denied, other) & {"or", "nor", "and"})


def _by_what(frame: Frame, verb: Binding) -> bool:
    """Whether a yes only leads to a value: the "paid" of "paid by card", with payment methods."""
    by = frame.after(verb)
    what = frame.after(by) if by is not None and by.kind == "group" else by
    if what is None or what.kind != "value" or what.start - verb.end != 1:
        return False
    said = lexicon().canon(stem(verb.said.lower()))
    yes = all(frame.vocab.says_yes(value.column) for value in verb.values)
    return yes and all(said in frame.vocab.columns[value.column] for value in what.values)


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
    if len({value.column for value in options}) > 1:
        options = directed(frame, binding, options) or options
    columns = tuple(dict.fromkeys(value.column for value in options))
    if len(columns) > 1:
        raise unclear(frame, binding, columns, keep=True)
    return options[0]


def _absorb(frame: Frame, binding: Binding, column: str) -> None:
    """The column's name beside its value adds nothing: "weather was snow", "Dream island"."""
    for beside in (frame.before(binding, "not", "value", "group"), frame.after(binding, "value")):
        named = beside is not None and beside.kind == "column" and column in beside.columns
        apart = beside is not None and frame.words_between(beside, binding) & {"and", "or"}
        named = named and not (apart and frame.vocab.says_yes(column))  # paid and not paid
        if binding.end - binding.start > 1 and not binding.values[0].whole:
            continue  # "wines whose name contains ..." are wines
        if beside and named and not _is_target(frame, beside) and not _is_counted(frame, beside):
            frame.use(beside)


def _is_counted(frame: Frame, binding: Binding) -> bool:
    """Whether it is what is counted: "how many branches are not Central"."""
    counted = frame.before(binding, "distinct")
    often = counted is not None and counted.said.lower().startswith("how often")
    return counted is not None and counted.kind == "count" and not often


def _is_target(frame: Frame, binding: Binding) -> bool:
    return isinstance(frame.target, GroupBy) and frame.key(binding) == frame.target


def _filter(frame: Frame, column: str, chosen: list[Value], *, negated: bool) -> Filter:
    if not all(value.whole for value in chosen):
        if negated or len(chosen) > 1:
            said = ", ".join(str(value.value) for value in chosen)
            raise Abstention(
                f"I can only look for one part of a value, not {said}.", bound=frame.weight
            )
        operator = chosen[0].operator
        return Filter.model_validate(
            {"column": column, "operator": operator, "values": [chosen[0].value]}
        )
    listed: list[Any] = list(dict.fromkeys(value.value for value in chosen))
    one, many = ("ne", "not_in") if negated else ("eq", "in")
    return Filter.model_validate(
        {"column": column, "operator": one if len(listed) == 1 else many, "values": listed}
    )
