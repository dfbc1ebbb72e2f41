"""Wording: a query plan in plain English, as people would say it.

Every phrase made here can also be asked: the built-in planner reads it back as the same plan.
"""

from __future__ import annotations

from shared.datasets import Profile
from worker.query.condition_words import chosen, conditions, joined, label, part_name
from worker.query.plan import Aggregate, Calculation, GroupBy, Having, QueryPlan

__all__ = [
    "BUCKETS", "FUNCTIONS", "calculated", "chosen", "conditions", "figure", "joined",
    "kept_groups", "key", "label", "ordinal", "output_names", "output_starts", "part_name",
    "sentence", "summary_name",
]  # fmt: skip

FUNCTIONS = {
    "count": "number",
    "count_distinct": "number of different",
    "sum": "total",
    "mean": "average",
    "median": "median",
    "min": "lowest",
    "max": "highest",
    "std": "standard deviation of",
    "mode": "most frequent",
}
BUCKETS = {
    "year": "year",
    "quarter": "quarter",
    "month": "calendar month",
    "week": "week",
    "day": "day",
    "hour": "hour",
    "quarter_of_year": "quarter of the year",
    "month_of_year": "month of the year",
    "day_of_week": "day of the week",
    "hour_of_day": "hour of the day",
}
_PAIRED = {
    "correlation": "correlation (Pearson) of {column} with {by}",
    "rank_correlation": "rank correlation (Spearman) of {column} with {by}",
    "trend": "linear trend of {column} over {by}",
}
_WIDTHS = {"correlation": 2, "rank_correlation": 2, "trend": 3}
_OVER = {
    "share": "share of {figure}",
    "running": "running total of {figure}",
    "moving": "moving average over {size} of {figure}",
    "change": "change of {figure}",
    "percent_change": "percent change of {figure}",
    "rank": "rank by {figure}",
}
_CALCULATED = {
    "difference": "{left} less {right}",
    "ratio": "{left} per {right}",
    "percent": "{left} as a percentage of {right}",
    "percent_change": "{left} in percent above {right}",
}
_SUMMARIES = {
    "mean": "average of the", "median": "median of the", "sum": "total of the",
    "min": "lowest of the", "max": "highest of the",
}  # fmt: skip
_HAVING = {
    "eq": "is {0}", "ne": "is not {0}", "lt": "is below {0}", "le": "is at most {0}",
    "gt": "is above {0}", "ge": "is at least {0}", "between": "is between {0} and {1}",
    "is_null": "has no value", "not_null": "has a value",
}  # fmt: skip


def figure(aggregate: Aggregate, rows: str = "rows", profile: Profile | None = None) -> str:
    """One aggregate: "average precipitation", "number of days".

    With the profile, the filters of its own are said, too.
    """
    said = _plain_figure(aggregate, rows, profile)
    if aggregate.filters and profile is not None:
        said = f"{said} {conditions(aggregate.filters, profile)}"
    over = aggregate.over
    return said if over is None else _OVER[over.kind].format(figure=said, size=over.size)


def _plain_figure(aggregate: Aggregate, rows: str, profile: Profile | None) -> str:
    if aggregate.column is None:
        return f"number of {rows}"
    column, function = label(aggregate.column), aggregate.function
    if function == "count":
        return f"number of {column} values"
    if function == "percentile":
        return f"{ordinal(aggregate.percent or 0)} percentile of {column}"
    by = label(aggregate.by or "")
    if function in _PAIRED:
        return _PAIRED[function].format(column=column, by=by)
    if function in {"first", "last"}:
        return f"{column} at the {_end(aggregate, profile)} {by}"
    return f"{FUNCTIONS[function]} {column}"


def _end(aggregate: Aggregate, profile: Profile | None) -> str:
    """Which `by` a first or last value stands at."""
    by = next((c for c in profile.columns if c.name == aggregate.by), None) if profile else None
    if by is not None and by.type in {"date", "datetime"}:
        return "earliest" if aggregate.function == "first" else "latest"
    return "lowest" if aggregate.function == "first" else "highest"


def ordinal(number: float) -> str:
    """A place in a row: 1st, 90th, 99.5th."""
    ends = {1: "st", 2: "nd", 3: "rd"}
    whole = float(number).is_integer()
    teen = 10 < number % 100 < 14
    return f"{number:g}{ends.get(int(number) % 10, 'th') if whole and not teen else 'th'}"


def summary_name(plan: QueryPlan, profile: Profile, rows: str = "rows") -> str:
    """What a summary is: "number of ship country values", "average of total fare by day"."""
    keys = [key(group) for group in plan.group_by]
    one = plan.summary
    if one is None or one.function == "count":
        single = len(keys) == 1 and plan.group_by[0].bucket is not None
        return f"number of {keys[0]}s" if single else f"number of {joined(keys)} values"
    of = output_names(plan, profile, rows)[one.output]
    return f"{_SUMMARIES[one.function]} {of} by {joined(keys)}"


def key(group: GroupBy) -> str:
    """One grouping key: "month of the year", "species"."""
    if group.width is not None:
        return f"{label(group.column)} in steps of {group.width:g}"
    if group.bins is not None:
        return f"{label(group.column)} in about {group.bins} steps"
    return BUCKETS[group.bucket] if group.bucket else label(group.column)


def calculated(one: Calculation, plan: QueryPlan, profile: Profile, rows: str = "rows") -> str:
    """One calculation: "number of days where weather is rain as a percentage of number of days"."""
    left, right = (figure(plan.aggregates[at], rows, profile) for at in (one.left, one.right))
    return _CALCULATED[one.operation].format(left=left, right=right)


def output_names(plan: QueryPlan, profile: Profile, rows: str = "rows") -> list[str]:
    """What each output is called, in the order that sorts and havings count in."""
    if not plan.aggregates and not plan.group_by:
        return [label(name) for name in plan.columns or [c.name for c in profile.columns]]
    figures = [figure(one, rows, profile) for one in plan.aggregates]
    made = [calculated(one, plan, profile, rows) for one in plan.calculate]
    return [*(key(group) for group in plan.group_by), *figures, *made]


def output_starts(plan: QueryPlan) -> list[int]:
    """Where each output starts among the columns of the result: statistics take several."""
    starts, at = list(range(len(plan.group_by))), len(plan.group_by)
    for one in plan.aggregates:
        starts.append(at)
        at += 1 if one.over else _WIDTHS.get(one.function, 1)
    return [*starts, *range(at, at + len(plan.calculate))]


def sentence(plan: QueryPlan, profile: Profile, rows: str = "rows") -> str:
    """The whole plan: "average precipitation by month of the year, highest first"."""
    names = output_names(plan, profile, rows)
    keys = [key(group) for group in plan.group_by]
    if plan.aggregates:
        what = joined(names[len(keys) :])
        if keys:
            what += f" by {joined(keys)}"
    elif keys:
        what = f"the different {joined(keys)} of the {rows}"
    else:
        what = joined(names) if plan.columns else "all columns"
        what = f"{what} of the {rows}"
    parts = [what, chosen(plan, profile)]
    if plan.compare:
        sides = [conditions([side], profile) for side in (plan.compare.left, plan.compare.right)]
        parts.append(f"compared: {joined(sides, 'with')}")
    having = kept_groups(plan, profile, rows)
    kept = f", keeping those whose {having}" if having else ""
    if plan.summary is not None:
        parts[0] = summary_name(plan, profile, rows)
        kept = f" whose {having}" if having else ""
        return " ".join(part for part in parts if part) + kept
    return " ".join(part for part in parts if part) + kept + _order(plan, profile, names)


def kept_groups(plan: QueryPlan, profile: Profile, rows: str = "rows") -> str:
    """What the figures of a group must be for it to be kept; "" where all are."""
    names = output_names(plan, profile, rows)
    return joined([_having(one, names) for one in plan.having])


def _having(one: Having, names: list[str]) -> str:
    phrase = _HAVING[one.operator].format(*[f"{value:,}" for value in one.values])
    return f"{names[one.output]} {phrase}"


def _order(plan: QueryPlan, profile: Profile, names: list[str]) -> str:
    said = ""
    if plan.sort:
        at, keys = plan.sort[0].output, len(plan.group_by)
        descending = plan.sort[0].descending
        if at < keys:
            said = ", in reverse order" if descending else ""
        else:
            dated = not plan.aggregates and _is_date(plan, profile, at)
            ends = ("latest", "earliest") if dated else ("highest", "lowest")
            plain = dated or (plan.aggregates and len(names) == keys + 1)
            said = f", {ends[0 if descending else 1]}{'' if plain else f' {names[at]}'} first"
    if plan.per_group:
        each = joined([key(group) for group in plan.per_group.keys])
        said += f", the first {plan.per_group.limit} of each {each}"
    if plan.place is not None:
        said += f", only what comes {ordinal(plan.place)}"
    return said + (f", at most {plan.limit}" if plan.limit is not None else "")


def _is_date(plan: QueryPlan, profile: Profile, at: int) -> bool:
    """Whether a listed column holds dates."""
    names = plan.columns or [column.name for column in profile.columns]
    return profile.column(names[at]).type in {"date", "datetime"}
