"""Figures: averages, totals and extremes, over all rows or by group."""

from __future__ import annotations

from dataclasses import replace

from worker.models.builtin.drafting import (
    Draft,
    figure,
    keys,
    one_column,
    own_function,
    periods,
    plan_of,
    ranked_by,
    ranks_high,
    usual_function,
)
from worker.models.builtin.frame import Abstention, Frame
from worker.models.builtin.listing import one_time
from worker.models.builtin.ranking import is_best
from worker.query.plan import Aggregate, GroupBy, Sort


def aggregate(frame: Frame) -> Draft | None:
    """Averages, totals, extremes; of one or more columns, over all rows or by group."""
    _add_money(frame)
    functions = _functions(frame)
    if frame.compare is None and not frame.measures:
        return None
    each = bool(frame.filters) and all(map(frame.vocab.is_unique, frame.mentions))
    if not functions or (frame.mentions and not each) or frame.target == "rows":
        return None
    if isinstance(frame.target, GroupBy) or frame.limit is not None:
        return None
    columns = list(dict.fromkeys(_columns(frame)))
    if not columns or not _comparable(frame, columns):
        return None
    best = frame.superlative
    if best is not None and not is_best(frame, best, columns):
        return None
    if len(columns) > 1 and frame.superlative is not None and "and" not in frame.words:
        return None  # "stars of the most reviewed recipe"
    for function in functions:
        additive = all(frame.vocab.is_additive(c) for c in columns)
        if function == "sum" and not additive and not frame.has("function"):
            return None
    if frame.has("every") and functions == ["mean"] and frame.vocab.is_additive(columns[0]):
        return _mean_of_totals(frame, columns[0])
    frame.use_all("amount", "function", "compare", "describe")
    _each_of(frame, functions)
    aggregates = [figure(frame, function, column) for column in columns for function in functions]
    by = periods(frame, columns[0], keys(frame))
    return Draft(
        plan_of(
            frame,
            group_by=by,
            aggregates=aggregates,
            sort=[Sort(output=at) for at in range(len(by))],
        )
    )


def _each_of(frame: Frame, functions: list[str]) -> None:
    """Give "average age of men and women" for each: of all together nobody names them."""
    several = [one for one in frame.filters if one.operator == "in" and one.part is None]
    listed = "and" in frame.words and "or" not in frame.words
    if len(several) != 1 or not listed or frame.groups or not set(functions) <= {"mean", "median"}:
        return
    column = frame.vocab.profile.column(several[0].column)
    if len(several[0].values) == column.distinct:
        frame.groups = [GroupBy(column=column.name)]


def _add_money(frame: Frame) -> None:
    """Have "how much did they pay" ask for the only amounts of money that add up."""
    verbs = frame.all("pay")
    if not (frame.has("amount") and verbs) or frame.measures or frame.superlative:
        return
    money = [
        n for n in frame.vocab.numbers if frame.vocab.is_money(n) and frame.vocab.is_additive(n)
    ]
    if len(money) == 1:
        frame.measures = [replace(verbs[0], kind="column", columns=tuple(money))]


def _comparable(frame: Frame, columns: list[str]) -> bool:
    """Whether a comparison has two sides; a difference of two columns cannot be planned."""
    words = frame.all("compare")
    if not words or frame.groups or frame.compare is not None:
        return True
    return len(columns) > 1 and not any(b.said.lower().startswith("differ") for b in words)


def _columns(frame: Frame) -> list[str]:
    """What is worked out: the columns named, or the one that "wetter" compares."""
    if frame.compare is not None and frame.superlative is not None:
        return ranked_by(frame)
    return [one_column(frame, binding) for binding in frame.measures]


def _mean_of_totals(frame: Frame, column: str) -> Draft | None:
    """Ask whether "average monthly rainfall" is of rows or of monthly totals."""
    every = frame.all("every")[0]
    if frame.grain == every.name:
        frame.use_all("function")
        return Draft(plan_of(frame, aggregates=[Aggregate(function="mean", column=column)]))
    unit = {"month_of_year": "month"}.get(every.name, every.name)
    raise Abstention(
        f"“{every.said}” could mean an average over rows or a total for each {unit}.",
        (f"Average {column} by {unit}", f"Total {column} by {unit}"),
        frame.weight,
    )


def _heads(frame: Frame) -> bool:
    """Whether an amount of some rows is all that is asked for: "takings in March"."""
    first = next((b for b in frame.reading if b.kind not in {"filler", "title"}), None)
    if len(frame.measures) != 1 or first is None or first.kind != "column" or frame.groups:
        return False
    column = frame.measures[0].columns
    own = len(column) == 1 and set(column) <= set(first.columns)
    own = own and set(first.said.lower().split()) <= frame.vocab.spelled[column[0]]
    plain = not (frame.has("compare") or frame.has("change") or frame.mentions)
    return (
        own
        and plain
        and bool(frame.filters)
        and frame.vocab.is_additive(column[0])
        and (not one_time(frame))
    )


def _functions(frame: Frame) -> list[str]:
    """The functions asked for, or the one the wording implies."""
    best = frame.superlative
    if best is not None and frame.compare is not None:
        return frame.functions or ["mean"]
    if best is not None:
        return [] if frame.functions else ["max" if ranks_high(best) else "min"]
    if frame.functions:
        return frame.functions
    if frame.has("describe"):
        return ["min", "mean", "median", "max"]
    own = [own_function(binding) for binding in frame.measures]
    if own and own[0]:
        return [own[0]]
    if frame.has("amount"):
        return ["sum"]
    if _heads(frame):
        return ["sum"]
    if frame.measures and (frame.groups or frame.has("compare")):
        column = one_column(frame, frame.measures[0])
        return [usual_function(frame, column, periods(frame, column, keys(frame)))]
    return []
