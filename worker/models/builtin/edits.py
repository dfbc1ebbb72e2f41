"""Edits: the plan of the last answer, changed by what a fragment names."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.drafting import one_column, ranked_by, ranks_high, usual_function
from worker.models.builtin.edited_conditions import changed, filtered
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.restating import choose
from worker.query.plan import Aggregate, GroupBy, QueryPlan, Sort

_ENDS = {"max", "min"}


def edited(plan: QueryPlan, frame: Frame, *, adds: bool) -> QueryPlan:
    """The plan with the figure, groups, conditions and limit that the fragment names.

    Raises Abstention when the plan has no place for some word, or more than one.
    """
    made = _figures(plan, frame)
    made = _keys(made, frame, adds=adds)
    made = _ranked(made, frame)
    made = filtered(made, frame.filters, frame.vocab.profile, adds=adds)
    # What a whole question may say beyond these is too much for a change of the last one.
    beyond = (frame.compare, frame.any_of or None, frame.kept, frame.percent, frame.size)
    if any(one is not None for one in beyond):
        raise _no_place()
    left = frame.left_over()
    if left or (made == plan and not frame.filters and not _says_something(frame)):
        raise _no_place(*left)
    return made


def _says_something(frame: Frame) -> bool:
    named = bool(frame.measures or frame.groups or frame.functions or frame.superlative)
    return named or frame.has("count")


def _no_place(*left: Binding) -> Abstention:
    said = f" with “{left[0].said}”" if left else ""
    return Abstention(f"I can't tell what to change{said} in the last answer.", bound=1)


def _plain(plan: QueryPlan) -> bool:
    """Whether figures and groups of the plan can be changed by themselves."""
    over = any(one.over or one.filters for one in plan.aggregates)
    return not (over or plan.calculate or plan.having or plan.per_group or plan.compare)


def _figures(plan: QueryPlan, frame: Frame) -> QueryPlan:
    """The plan with another figure, or of another column."""
    columns = [one_column(frame, binding) for binding in frame.measures]
    counts = frame.has("count")
    if not (columns or counts or frame.functions or frame.mentions):
        return plan
    if not _plain(plan):
        raise _no_place()
    if frame.superlative is not None and not counts:
        return plan  # "the highest wind": ranked by it
    if frame.mentions:
        return _of_other_values(plan, frame)
    if counts:
        if columns or frame.functions or frame.has("distinct"):
            raise _no_place()
        return _figure(plan, [Aggregate(function="count")])
    frame.use_all("function")
    if frame.functions:
        return _other_function(plan, frame, columns)
    return _other_column(plan, frame, columns)


def _figure(plan: QueryPlan, aggregates: list[Aggregate]) -> QueryPlan:
    """The plan with these figures; a list of rows becomes one row of them."""
    if plan.aggregates or plan.group_by:
        return changed(plan, aggregates=aggregates)
    return changed(plan, aggregates=aggregates, columns=[], sort=[], limit=None)


def _other_function(plan: QueryPlan, frame: Frame, columns: list[str]) -> QueryPlan:
    figures = [one.column for one in plan.aggregates if one.function != "count_distinct"]
    own = [n for n in dict.fromkeys(figures) if n is not None and frame.vocab.is_number(n)]
    of = columns or own
    made = [_aggregate(function, name) for name in of for function in frame.functions]
    if made and (columns or len(own) == len({one.column for one in plan.aggregates})):
        return _figure(plan, made)
    measures = [c.name for c in frame.vocab.of_type("number", "integer")]
    if plan.sort and plan.columns and not plan.aggregates:
        measures = [name for name in [plan.columns[plan.sort[0].output]] if name in measures]
    function = frame.functions[0]
    said = [_figure(plan, [_aggregate(function, name)]) for name in measures[:4]]
    if not said:
        raise _no_place()
    raise choose("Of which column?", said, frame.vocab.profile)


def _other_column(plan: QueryPlan, frame: Frame, columns: list[str]) -> QueryPlan:
    vocab = frame.vocab
    own = {one.column for one in plan.aggregates}
    if not plan.aggregates and plan.sort and plan.columns and len(columns) == 1:
        return _sorted_by(plan, columns[0], descending=plan.sort[0].descending)
    functions = [one.function for one in plan.aggregates]
    numeric = all(name and vocab.is_number(name) for name in own)
    fits = plan.aggregates and len(own) == 1 and numeric and "count_distinct" not in functions
    summed = "sum" in functions and not all(vocab.is_additive(name) for name in columns)
    if fits and not summed and len(columns) == 1:
        return changed(plan, aggregates=[_aggregate(name, columns[0]) for name in functions])
    if len(columns) != 1 or not (fits or own == {None}):
        raise _no_place()
    name = columns[0]
    offered = ["mean", "sum"] if vocab.is_additive(name) else ["mean"]
    said = [_figure(plan, [_aggregate(function, name)]) for function in offered]
    raise choose(f"What about “{name}” would you like to know?", said, vocab.profile)


def _of_other_values(plan: QueryPlan, frame: Frame) -> QueryPlan:
    """A column of texts in the place of another: what is grouped by, or counted differently."""
    if len(frame.mentions) != 1 or frame.measures or frame.functions:
        raise _no_place()
    name = frame.mentions[0]
    if [one.function for one in plan.aggregates] == ["count_distinct"]:
        frame.use_all("count", "distinct")
        return changed(plan, aggregates=[_aggregate("count_distinct", name)])
    if len(plan.group_by) != 1 or plan.group_by[0].bucket or frame.has("count"):
        raise _no_place()
    return _grouped_by(plan, [GroupBy(column=name)])


def _aggregate(function: str, column: str) -> Aggregate:
    return Aggregate.model_validate({"function": function, "column": column})


def _keys(plan: QueryPlan, frame: Frame, *, adds: bool) -> QueryPlan:
    """The plan grouped by what the fragment names."""
    target = frame.target if isinstance(frame.target, GroupBy) else None
    keys = [*([target] if target else []), *frame.groups]
    if not keys:
        if frame.target is not None:
            raise _no_place()
        return plan
    if not _plain(plan) or not plan.aggregates or (target and not plan.group_by):
        raise _no_place()
    old = plan.group_by
    alike = [at for at, key in enumerate(old) if key.column == keys[0].column]
    if adds:
        return _grouped_by(plan, [*old, *[key for key in keys if key not in old]])
    if len(old) <= 1 or len(keys) == len(old):
        return _grouped_by(plan, keys)
    if len(keys) == 1 and len(alike) == 1:
        return _grouped_by(plan, [keys[0] if at in alike else key for at, key in enumerate(old)])
    either = [
        _grouped_by(plan, keys),
        *(_grouped_by(plan, [*old[:at], *keys, *old[at + 1 :]]) for at in range(len(old))),
    ]
    raise choose("Which groups do you mean?", either, frame.vocab.profile)


def _grouped_by(plan: QueryPlan, keys: list[GroupBy]) -> QueryPlan:
    """Other keys; what was ranked by a figure stays so, what was not comes in their order."""
    old = len(plan.group_by)
    if plan.sort and plan.sort[0].output >= old:
        sort = [Sort(output=len(keys) - old + one.output, descending=one.descending)
                for one in plan.sort]  # fmt: skip
    else:
        sort = [Sort(output=at) for at in range(len(keys))]
    return changed(plan, group_by=keys, sort=sort)


def _ranked(plan: QueryPlan, frame: Frame) -> QueryPlan:
    """The plan ranked from the end that the fragment names, cut where it says."""
    best = frame.superlative
    if best is None:
        frame.use_all("ends")
        only_first = {b.name for b in frame.all("ends")} <= {"first"}
        if frame.limit is None and not frame.has("ends"):
            return plan
        if frame.limit is None or not only_first or not plan.sort:
            raise _no_place()
        return changed(plan, limit=frame.limit)
    if not _plain(plan) or best.values or best.name in {"common", "rare"}:
        raise _no_place()
    high = ranks_high(best)
    if best.name in {"top", "bottom"}:
        made = _first_ones(plan, high=high)
        return changed(made, limit=frame.limit)
    made = _from_the_end(plan, frame, high=high)
    return changed(made, limit=frame.limit) if frame.limit is not None else made


def _first_ones(plan: QueryPlan, *, high: bool) -> QueryPlan:
    """Ranked, so that there are first ones; "top" keeps the end that it was ranked from."""
    keys = len(plan.group_by)
    if not plan.aggregates and plan.sort and not plan.group_by:
        return plan if high else _turned(plan, descending=False)
    if not keys or len(plan.aggregates) != 1:
        raise _no_place()
    if plan.sort and plan.sort[0].output >= keys:
        return plan if high else _turned(plan, descending=False)
    return changed(plan, sort=[Sort(output=keys, descending=high)])


def _from_the_end(plan: QueryPlan, frame: Frame, *, high: bool) -> QueryPlan:
    columns = ranked_by(frame)
    if len(columns) > 1 or (frame.superlative and frame.superlative.kind == "adjective"
                            and not columns):  # fmt: skip
        raise _no_place()
    frame.use_all("function")
    if not plan.aggregates:
        if not plan.sort or not plan.columns:
            raise _no_place()
        made = _sorted_by(plan, columns[0], descending=high) if columns else plan
        return _turned(made, descending=high)
    if len(plan.aggregates) != 1 or frame.functions:
        raise _no_place()
    one = plan.aggregates[0]
    function, column = str(one.function), columns[0] if columns else one.column
    if column != one.column:
        if column is None or one.column is None:
            raise _no_place()
        function = function if function in {"mean", "median"} else ""
        function = function or usual_function(frame, column, plan.group_by)
    if not plan.group_by:
        if column != one.column or column is None or not frame.vocab.is_number(column):
            raise _no_place()
        return changed(plan, aggregates=[_aggregate("max" if high else "min", column)])
    if function in _ENDS and column is not None:
        function = "max" if high else "min"
    aggregate = Aggregate.model_validate({"function": function, "column": column})
    made = changed(plan, aggregates=[aggregate])
    return changed(made, sort=[Sort(output=len(plan.group_by), descending=high)])


def _turned(plan: QueryPlan, *, descending: bool) -> QueryPlan:
    first = plan.sort[0].model_copy(update={"descending": descending})
    return changed(plan, sort=[first, *plan.sort[1:]])


def _sorted_by(plan: QueryPlan, column: str, *, descending: bool) -> QueryPlan:
    """Rows ranked by another column, shown in the place of the one before."""
    columns = list(plan.columns)
    if column not in columns:
        columns[plan.sort[0].output] = column
    return changed(
        plan,
        columns=columns,
        sort=[Sort(output=columns.index(column), descending=descending)],
    )
