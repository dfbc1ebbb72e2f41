"""Drafting: what the operations of the grammar share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.datasets import Column
from worker.models.builtin.binding import Binding
from worker.models.builtin.conditions import measured
from worker.models.builtin.dating import is_dated
from worker.models.builtin.frame import Abstention, Frame, unclear
from worker.models.builtin.grain import within_a_year
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.measures import dimension
from worker.models.builtin.sizes import calendar
from worker.models.builtin.words import stem
from worker.query.plan import Aggregate, Filter, GroupBy, QueryPlan, Sort

EXTREMES = {"extreme_high": "max", "extreme_low": "min"}
RECURRING = {"month_of_year", "day_of_week", "hour_of_day"}
_RELATIVE = {"above", "below", "outlier"}
_LOW = {"least", "less", "extreme_low", "low", "rare", "bottom"}
#: Texts tell rows apart well enough of which most are different.
_MOSTLY = 0.8
_IDENTIFYING_COLUMNS = 3
_TOTAL = stem("total")


@dataclass(frozen=True)
class Draft:
    """A plan, and how well its operation fits the wording (0..1)."""

    plan: QueryPlan
    fit: float = 1.0


def plan_of(frame: Frame, **parts: Any) -> QueryPlan:
    """A plan with the frame's filters and these parts."""
    own = {"filters": frame.filters, "any_of": frame.any_of, "compare": frame.compare}
    return QueryPlan.model_validate({"dataset_id": frame.vocab.profile.id, **own, **parts})


def keys(frame: Frame) -> list[GroupBy]:
    """What to group by: what "which" asks for, then what "by" names."""
    target = [frame.target] if isinstance(frame.target, GroupBy) else []
    return [*target, *[key for key in frame.groups if key not in target]]


def figure(frame: Frame, function: str, column: str | None, **parts: Any) -> Aggregate:
    """One figure; a percentile has the percent that the question names."""
    percent = frame.percent if function == "percentile" else None
    return Aggregate.model_validate(
        {"function": function, "column": column, "percent": percent, **parts}
    )


def counts_rows(frame: Frame) -> bool:
    """Whether rows are counted, as in "how many more days", whatever else is named."""
    counted = [frame.after(count, "most") for count in frame.all("count")]
    return any(one is not None and frame.is_rows(one) for one in counted)


def one_column(frame: Frame, binding: Binding) -> str:
    """The only column a measure can mean; raises Abstention with the choices otherwise."""
    if len(binding.columns) > 1:
        raise unclear(frame, binding, binding.columns)
    return binding.columns[0]


def sort(frame: Frame, *, outputs: int) -> list[Sort]:
    """Ranked by the last output if something is ranked, else in the order of the keys."""
    if frame.superlative is not None:
        return [Sort(output=outputs - 1, descending=ranks_high(frame.superlative))]
    return [Sort(output=at) for at in range(len(keys(frame)))]


def ranks_high(superlative: Binding) -> bool:
    """Whether the superlative asks for the high end."""
    if superlative.kind == "adjective" and superlative.sense:
        return superlative.sense.high
    return superlative.name not in _LOW


def pieces(frame: Frame) -> str | None:
    """The column of quantities, where what is counted is in the rows: "how many lamps"."""
    amounts = [*frame.all("count"), *filter(None, [frame.superlative])]
    nouns = [frame.after(one) for one in amounts]
    meant = any(
        one and one.kind == "value" and one.said.lower().endswith("s") and not _of_rows(frame, one)
        for one in nouns
    )
    return frame.vocab.quantity if meant else None


def _of_rows(frame: Frame, value: Binding) -> bool:
    """Whether a value only says which rows: "how many Rugs orders"."""
    after = frame.at(value.end)
    return after is not None and after.kind == "entity"


def _refuse_sums(frame: Frame, column: str | None) -> None:
    """Refuse to count rows for what they have a total of: the medals of a table of nations."""
    whole = [c for c in frame.vocab.of_type("integer") if frame.vocab.columns[c.name] == {_TOTAL}]
    rows = any(one and one.kind == "entity" for one in map(frame.after, frame.all("count")))
    if rows and column is None and any(c.unit is None for c in whole):
        raise Abstention("The rows, or their totals?", bound=frame.weight)


def counted(frame: Frame) -> Draft:
    """The number of rows, by group if there are any; in one place, if they are ranked.

    Where rows tell how many there are of what is counted, these are added up.
    """
    column = pieces(frame)
    _refuse_sums(frame, column)
    by = keys(frame)
    ranked = frame.superlative is not None and bool(by)
    few = ranked and frame.superlative is not None and not ranks_high(frame.superlative)
    own, rows = parted(frame) if few else ([], frame.filters)
    return Draft(
        plan_of(
            frame,
            filters=rows,
            group_by=by,
            aggregates=[
                Aggregate(function="sum" if column else "count", column=column, filters=own)
            ],
            sort=sort(frame, outputs=len(by) + 1),
            limit=frame.limit,
            place=frame.place if ranked else None,
        )
    )


def parted(frame: Frame) -> tuple[list[Filter], list[Filter]]:
    """The conditions for which groups without such a row count as none, and those of all rows.

    Times and what is grouped by are of all rows, and so is whatever looks at the other rows.
    """
    grouped = {key.column for key in keys(frame)}
    own = [
        one
        for one in frame.filters
        if one.column not in grouped
        and one.operator not in _RELATIVE
        and not is_dated(frame.vocab, one.column)
    ]
    return own, [one for one in frame.filters if one not in own]


def shown(frame: Frame, *first: str) -> list[str]:
    """The columns to list: what was asked, what was selected by, and what identifies a row."""
    date = [frame.vocab.date.name] if frame.vocab.date else []
    panel = [frame.vocab.panel] if frame.vocab.panel else []
    asked = [name for b in frame.measures for name in b.columns]
    filtered = [f.column for f in frame.filters]
    named = [c for c in frame.vocab.of_type("text") if frame.vocab.is_unique(c.name)]
    said = {lexicon().canon(token.stem) for token in frame.tokens}
    # What is spoken of, else a name rather than a code, else what comes first.
    named.sort(key=lambda c: (not frame.vocab.columns[c.name] & said, _holds_codes(c)))
    rows = frame.vocab.profile.rows
    telling = [c for c in frame.vocab.of_type("text") if c.distinct >= _MOSTLY * rows]
    numbered = [c.name for c in frame.vocab.profile.columns if c.name in frame.vocab.identifiers]
    unique = [*(column.name for column in named or telling[:1]), *numbered]
    wanted = [*date, *frame.mentions, *first, *asked, *filtered, *panel, *unique[:1]]
    if isinstance(frame.target, GroupBy):
        wanted.insert(0, frame.target.column)
    if not date:
        texts = [c.name for c in frame.vocab.of_type("text") if c.values is not None]
        wanted += texts[:_IDENTIFYING_COLUMNS]
    return list(dict.fromkeys(wanted))


def _holds_codes(column: Column) -> bool:
    """Whether each value of a text column has a digit: "SO-1001"."""
    return all(any(map(str.isdigit, value)) for value in column.values or ())


def targets_date(frame: Frame) -> bool:
    """Whether "which" asks for a date."""
    date = frame.vocab.date
    return (
        isinstance(frame.target, GroupBy) and date is not None and frame.target.column == date.name
    )


def usual_function(frame: Frame, column: str, keys: list[GroupBy]) -> str:
    """Sum what adds up, unless the groups have unequal shares of the data; else the mean."""
    yearly = any(key.bucket == "year" for key in keys)
    recurring = not yearly and any(_recurs(frame, key) for key in keys)
    whole_years = any(f.part == "year" and f.operator == "eq" for f in frame.filters)
    additive = frame.vocab.is_additive(column)
    return "sum" if additive and (whole_years or not recurring) else "mean"


def periods(frame: Frame, column: str, by: list[GroupBy]) -> list[GroupBy]:
    """The keys, with calendar months where a total of each month is meant.

    So it is where rows come as they happen: their Januaries have nothing to do with each other.
    """
    adds = frame.vocab.is_additive(column) and frame.vocab.step is None
    recurring = [key.bucket == "month_of_year" and _recurs(frame, key) for key in by]
    one_year = any(one.part == "year" and one.operator == "eq" for one in frame.filters)
    if not adds or one_year or frame.functions:
        return by
    return [calendar(key) if again else key for key, again in zip(by, recurring, strict=True)]


def _recurs(frame: Frame, key: GroupBy) -> bool:
    """Whether a period comes again in the data; the months of a single year do not."""
    months = key.bucket == "month_of_year"
    once = months and within_a_year(frame.vocab.profile.column(key.column))
    return key.bucket in RECURRING and not once


def own_function(binding: Binding) -> str | None:
    """The function that a column's own name says: "max temperature by year"."""
    for word in binding.said.split():
        sense = lexicon().exact.get((word.lower(),))
        if sense and sense.kind == "function":
            return sense.name
    return None


def _measures(frame: Frame, named: Binding, best: Binding) -> bool:
    """Whether a column is in a unit of what the adjective measures: "slowest response" in min."""
    units = best.sense.units if best.sense else frozenset()
    return all(dimension(frame.vocab, name) in units for name in named.columns)


def ranked_by(frame: Frame) -> list[str]:
    """What a superlative ranks by: the measures named, or what its adjective speaks of."""
    best = frame.superlative
    named = frame.measures
    if best is not None and not named and best.said.lower() in {"highest", "lowest"}:
        return [c for c in sorted(frame.vocab.numbers) if stem("height") in frame.vocab.columns[c]]
    if best is not None and best.kind == "adjective" and not best.values:
        try:
            spoken = measured(frame, best)
        except Abstention:
            beside = len(named) == 1 and named[0].start == best.end
            if len(named) != 1 or not (beside or "by" in frame.words) or best.sense is None:
                raise
            if beside and best.sense.of & {"speed"}:
                raise  # the fastest time is the least
            return [one_column(frame, named[0])]  # "cheapest film by budget"
        agreeing = [b for b in named if set(b.columns) & set(spoken) or _measures(frame, b, best)]
        if named and not agreeing:
            return []
        for binding in agreeing:
            return [one_column(frame, binding)]
        if len(spoken) > 1:
            raise unclear(frame, best, spoken)
        return list(spoken)
    return list(dict.fromkeys(one_column(frame, binding) for binding in named))
