"""Evidence: what in a plan shows that a word of the question counted.

Operations note which words they use; this looks at what came of them. A word of weight that left
no trace was passed over, and the plan answers another question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from worker.models.builtin.binding import Binding
from worker.models.builtin.dating import is_dated
from worker.models.builtin.frame import Frame
from worker.query.plan import Filter, QueryPlan

_NEGATIVE = frozenset({"ne", "not_in", "is_null", "not_null"})
_COMPARING = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "between", "above", "below"})
_EXTREMES = frozenset({"min", "max"})
_COUNTING = frozenset({"count", "count_distinct", "sum"})
_CORRELATIONS = frozenset({"correlation", "rank_correlation", "trend"})
_SIDED = frozenset({"compared", "versus", "vs"})
_ARTICLES = frozenset({"a", "an", "the"})
_TRADED = frozenset({"ed", "ld", "nt", "ft"})


class _Shown:
    """What a plan has, looked up by the kind of a word."""

    def __init__(self, frame: Frame, plan: QueryPlan) -> None:
        self.frame, self.plan = frame, plan
        self.functions = {one.function for one in plan.aggregates}
        self.over = {one.over.kind for one in plan.aggregates if one.over is not None}
        self.filters = list(_filters(plan))
        self.operators = {one.operator for one in self.filters}
        self.selects = {one.column for one in self.filters}

    @cached_property
    def columns(self) -> set[str | None]:
        """Every column that the plan speaks of."""
        keys = {key.column for key in self.plan.group_by}
        made = {name for one in self.plan.aggregates for name in (one.column, one.by)}
        return {*self.selects, *keys, *made, *self.plan.columns}

    @cached_property
    def pinned(self) -> Binding | None:
        """What is asked for although it is given: the shelf of "What is on shelf B1?"."""
        given = {one.column for one in self.plan.filters if one.operator == "eq" and not one.part}
        asked = {key.column for key in self.plan.group_by if key.bucket is None} & given
        named = (b for b in self.frame.reading if asked.intersection(b.columns))
        return next(named, None) if len(self.plan.group_by) == 1 else None

    @cached_property
    def ranks(self) -> bool:
        """Whether groups or rows are told by which is first."""
        plan = self.plan
        figures = any(one.output >= len(plan.group_by) for one in plan.sort)
        sides = plan.compare is not None and not self.frame.has("change")
        first = plan.place or plan.per_group or sides or plan.summary
        return bool(first or figures or self.functions & _EXTREMES)


def _filters(plan: QueryPlan) -> Iterator[Filter]:
    """All conditions, wherever they stand."""
    yield from plan.filters
    for made in plan.aggregates:
        yield from made.filters
    for alternatives in plan.any_of:
        yield from alternatives
    if plan.compare is not None:
        yield from (plan.compare.left, plan.compare.right)


def passed_over(frame: Frame, plan: QueryPlan) -> Binding | None:
    """The first word of weight that the plan shows nothing of; None if there is no such word."""
    shown = _Shown(frame, plan)
    if shown.pinned is not None:
        return shown.pinned
    for one in frame.reading:
        has = _EVIDENCE.get(one.kind)
        if has is not None and not has(shown, one):
            return one
    return None


def _column(shown: _Shown, one: Binding) -> bool:
    """A column may only stand for the rows, or say what was done with them."""
    vocab = shown.frame.vocab
    if _is_state(shown.frame, one):
        return False
    if shown.columns & set(one.columns):
        return not _describes(shown, one)
    if shown.frame.each_row and all(is_dated(vocab, name) for name in one.columns):
        return True  # "per year", of which each row is one
    done = one.said.lower()[-2:] in _TRADED
    return done or not any(vocab.is_number(name) or vocab.says_yes(name) for name in one.columns)


def _describes(shown: _Shown, one: Binding) -> bool:
    """Whether a column of yes and no tells which rows are meant, and is only shown."""
    rows, keys = shown.frame.at(one.end), {key.column for key in shown.plan.group_by}
    if rows is None or rows.kind != "entity" or (shown.selects | keys) & set(one.columns):
        return False
    return all(map(shown.frame.vocab.says_yes, one.columns))


def _is_state(frame: Frame, one: Binding) -> bool:
    """Whether it says how rows are, not when they came to be so: "open tickets" of "Opened At"."""
    rows = frame.at(one.end)
    spelled = {word for name in one.columns for word in frame.vocab.spelled[name]}
    dated = all(is_dated(frame.vocab, name) for name in one.columns)
    return dated and rows is not None and rows.kind == "entity" and one.said.lower() not in spelled


def _value(shown: _Shown, one: Binding) -> bool:
    """A value is among those of a condition, or its column is one of the keys."""
    said = {(value.column, value.value) for value in one.values}
    chosen = {(made.column, value) for made in shown.filters for value in made.values}
    keys = {key.column for key in shown.plan.group_by}
    yes = all(shown.frame.vocab.says_yes(value.column) for value in one.values)
    return bool(said & chosen) or yes or bool(keys & {value.column for value in one.values})


def _ranking(shown: _Shown, one: Binding) -> bool:
    if one.name in {"common", "rare"} and not shown.functions & _COUNTING:
        return False  # "most common" is no maximum
    compares = bool(shown.operators & _COMPARING or shown.plan.having)
    return shown.ranks or (compares and _than(shown.frame, one))


def _than(frame: Frame, one: Binding) -> bool:
    return frame.words[one.end : one.end + 1] == ["than"] or one.name in {"more", "less"}


def _function(shown: _Shown, one: Binding) -> bool:
    of_groups = shown.plan.summary is not None and shown.plan.summary.function == one.name
    compared = any(made.values == [one.name] for made in shown.filters)
    added = one.name == "sum" and bool(shown.functions & _COUNTING)
    return one.name in shown.functions or of_groups or compared or added


def _count(shown: _Shown, _: Binding) -> bool:
    """What is counted; the "number of" something may be the name of a column."""
    counted = bool(shown.functions & _COUNTING) or shown.plan.summary is not None
    return counted or bool(shown.frame.measures)


def _compared(shown: _Shown, one: Binding) -> bool:
    """Two sides; a value that something is "compared to" is one of them, not where it is sought."""
    plan, side = shown.plan, shown.frame.after(one)
    keys = {key.column for key in plan.group_by}
    if side is not None and side.kind in {"value", "time"} and one.said.lower() in _SIDED:
        return plan.compare is not None or bool(keys & shown.selects)
    return plan.compare is not None or bool(keys) or len(plan.aggregates) > 1


def _grouped(shown: _Shown, one: Binding) -> bool:
    """Each and every are of groups; "by" may also name who did it, or how."""
    plan, key = shown.plan, shown.frame.after(one)
    by = one.said.lower() == "by" and (key is None or key.kind != "entity")
    return by or shown.frame.each_row or bool(plan.group_by or plan.per_group)


def _title(shown: _Shown, one: Binding) -> bool:
    """The table's name says where to look, never how something was done: "trips by bike"."""
    before = shown.frame.at(one.start - 1)
    asked = shown.frame.before(one)
    if asked is not None and asked.kind in {"share", "amount", "function"}:
        return _follows(shown.frame, one)  # "share of the budget" is none of rows
    return before is None or before.kind not in {"group", "not", "comparator"}


def _follows(frame: Frame, one: Binding) -> bool:
    """Whether what rows are called follows at once: the "bookings" of "hotel bookings"."""
    after = frame.at(one.end)
    return after is not None and after.kind in {"entity", "column", "value"}


def _denied(shown: _Shown, _: Binding) -> bool:
    none = any(one.negated or one.values == [0] for one in shown.filters)
    both = any(shown.frame.vocab.says_yes(key.column) for key in shown.plan.group_by)
    return none or both or bool(shown.operators & _NEGATIVE) or shown.plan.compare is not None


def _at_an_end(shown: _Shown, _: Binding) -> bool:
    return bool(shown.plan.sort) or bool(shown.functions & {*_EXTREMES, "first", "last"})


def _comparator(shown: _Shown, one: Binding) -> bool:
    if one.name == "between" and (shown.plan.compare or shown.functions & _CORRELATIONS):
        return True
    over = one.said.lower() == "over" and bool(shown.plan.group_by or "trend" in shown.functions)
    return bool(shown.operators & _COMPARING or shown.plan.having) or over


def _changed(shown: _Shown, _: Binding) -> bool:
    return bool(shown.over & {"change", "percent_change"} or shown.plan.compare
                or shown.plan.calculate)  # fmt: skip


def _filler(shown: _Shown, one: Binding) -> bool:
    """What is asked to be like something is not just any: "films like Ember"."""
    frame, said = shown.frame, one.said.lower()
    of = frame.at(one.start - 1)
    if said in _ARTICLES and one.end == len(frame.tokens):
        return False  # "got an A"
    if said == "value" and of is not None and of.kind == "column" and "sum" in shown.functions:
        return any(map(frame.vocab.is_money, of.columns))  # "stock value" is no number of pieces
    return said != "like" or bool({"what", "would"} & set(frame.words[: one.start]))


_EVIDENCE: dict[str, Callable[[_Shown, Binding], bool]] = {
    "column": _column,
    "value": _value,
    "most": _ranking,
    "adjective": _ranking,
    "function": _function,
    "count": _count,
    "compare": _compared,
    "group": _grouped,
    "every": _grouped,
    "not": _denied,
    "ends": _at_an_end,
    "comparator": _comparator,
    "change": _changed,
    "title": _title,
    "filler": _filler,
    "missing": lambda shown, _: bool(shown.operators & {"is_null", "not_null"}),
    "share": lambda shown, _: "share" in shown.over or bool(shown.plan.calculate),
    "distinct": lambda shown, _: "count_distinct" in shown.functions or bool(shown.plan.group_by),
    "outlier": lambda shown, _: "outlier" in shown.operators,
    "along": lambda shown, _: bool(shown.over & {"running", "moving"}),
    "relation": lambda shown, _: bool(shown.functions & _CORRELATIONS),
}
