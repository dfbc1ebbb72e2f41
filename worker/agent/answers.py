"""Answers: the text of a result, every number of it a token that code fills in from a cell."""

from __future__ import annotations

from worker.agent.told import Told, at, singular
from worker.query.plan import QueryPlan
from worker.query.wording import joined, kept_groups, key, label, ordinal, summary_name

_LISTED_GROUPS = 6
_NAMED_TIES = 5
_PAIR = 2
_COUNTS = frozenset({"count", "count_distinct"})
_CORRELATED = frozenset({"correlation", "rank_correlation"})
# Cohen's words for the size of a correlation.
_STRENGTHS = ((0.5, "a strong"), (0.3, "a moderate"), (0.1, "a weak"))


def tell(told: Told) -> str:
    """The answer in one to three sentences, with tokens."""
    if told.result.rows_used == 0 and not _counts_only(told.plan):
        return _nothing(told)
    if not told.cells:
        return _nothing(told)
    if told.plan.compare is not None:
        return _compared(told)
    if told.plan.summary is not None:
        return _summarized(told)
    if told.plan.aggregates:
        return _groups(told) if told.plan.group_by else _single(told)
    return _different(told) if told.plan.group_by else _rows(told)


def _nothing(told: Told) -> str:
    if told.result.rows_used:
        return f"No group{told.where} is left to show."
    where = told.where or " at all"
    return f"No {told.rows} match{where}, so there is nothing to tell from them."


def _counts_only(plan: QueryPlan) -> bool:
    counting = all(one.function in _COUNTS for one in plan.aggregates)
    return not plan.group_by and bool(plan.aggregates) and counting and not plan.calculate


def _single(told: Told) -> str:
    """One row of figures over all rows that passed."""
    plan, names, value = told.plan, told.figures, told.cells[0][0]
    if len(names) > 1:
        return _calculated(told) if len(plan.calculate) == 1 else _listed(told)
    one = plan.aggregates[0]
    if one.column is None and not one.filters:
        of = ", of {{rows_in_table}} in the table" if told.where else ""
        verb = "is" if value == 1 else "are"
        return f"There {verb} {told.counted(0, 0, told.rows)}{told.where}{of}."
    if one.function == "count_distinct":
        return f"There are {at(0, 0)} different values of {label(one.column or '')}{told.where}."
    if value is None:
        return f"No {told.rows}{told.where} have a value for {label(one.column or '')}."
    if one.function in _CORRELATED:
        return f"{_correlated(told, names[0], value)}"
    if one.function == "trend":
        header = told.result.table.columns[0]
        return (
            f"The {header}{told.where} is {at(0, 0)}, by least squares over {at(0, 2)} pairs "
            f"(R² {at(0, 1)})."
        )
    return f"The {names[0]}{told.where} is {at(0, 0)}."


def _correlated(told: Told, name: str, value: float) -> str:
    size = next((word for least, word in _STRENGTHS if abs(value) >= least), "")
    sign = "positive" if value > 0 else "negative"
    relation = f"{size} {sign} relation" if size else "hardly any relation"
    return f"The {name}{told.where} is {at(0, 0)}, {relation}, over {at(0, 1)} pairs."


def _listed(told: Told) -> str:
    pairs = zip(told.figures, told.starts, strict=True)
    said = joined([f"{name} {at(0, column)}" for name, column in pairs])
    noun = singular(told.rows) if told.result.rows_used == 1 else told.rows
    return f"Over {{{{rows_used}}}} {noun}{told.where}: {said}."


def _calculated(told: Told) -> str:
    """Two figures and what was made of them."""
    one, value = told.plan.calculate[0], told.cells[0][-1]
    last, name = len(told.cells[0]) - 1, told.figures[-1]
    left, right = (at(0, told.starts[place]) for place in (one.left, one.right))
    if value is None:
        return f"The {name}{told.where} cannot be told: it is {left} against {right}."
    return f"The {name}{told.where} is {at(0, last)} ({left} against {right})."


def _groups(told: Told) -> str:
    plan = told.plan
    ranked = bool(plan.sort) and plan.sort[0].output >= told.keys
    if len(told.figures) > 1 or plan.per_group or len(told.cells[0]) > told.keys + 1:
        return _several(told)
    return _ranking(told, told.keys) if ranked else _series(told)


def _group(told: Told, row: int) -> str:
    steps = [group.width is not None or group.bins is not None for group in told.plan.group_by]
    return ", ".join(f"{'from ' if step else ''}{at(row, c)}" for c, step in enumerate(steps))


def _ranking(told: Told, output: int) -> str:
    """Ranked groups: the first, the next, and the last."""
    plan = told.plan
    what, where = told.figures[0], told.where
    if told.cells[0][output] is None:
        return f"No group has a value for the {what}{where}."
    first = _ties(told, output)
    if plan.limit is not None and 1 < len(told.cells) <= _LISTED_GROUPS and first < len(told.cells):
        end = "highest" if plan.sort[0].descending else "lowest"
        said = [f"{_group(told, row)} ({at(row, output)})" for row in range(len(told.cells))]
        return f"With the {end} {what}{where}: {joined(said)}."
    names = joined([_group(told, row) for row in range(min(first, _NAMED_TIES))])
    if first > _NAMED_TIES:
        names += " and others"
    end, other = _place(plan), "lowest" if plan.sort[0].descending else "highest"
    one = plan.aggregates[0]
    if one.function in {"max", "min"} and not one.over:
        what = label(one.column or "")
    verb = "has" if first == 1 else "share"
    text = f"{names} {verb} the {end} {what}{where}: {at(0, output)}."
    rest = [row for row in range(first, len(told.cells)) if told.cells[row][output] is not None]
    if rest:
        text += f" Next comes {_group(told, rest[0])} with {at(rest[0], output)}"
        whole = plan.limit is None and not told.result.table.truncated
        if len(rest) > 1 and whole:
            text += f"; {_group(told, rest[-1])} has the {other}, {at(rest[-1], output)}"
        text += "."
    return text


def _summarized(told: Told) -> str:
    """One figure of all groups."""
    name = summary_name(told.plan, told.profile, told.rows)
    if told.cells[0][0] is None:
        return f"The {name}{told.where} cannot be told: no group is left."
    kept = f" whose {kept_groups(told.plan, told.profile, told.rows)}" if told.plan.having else ""
    return f"The {name}{told.where}{kept} is {at(0, 0)}."


def _place(plan: QueryPlan) -> str:
    """The end that a sort begins with, and which place from there: "highest", "2nd lowest"."""
    end = "highest" if plan.sort[0].descending else "lowest"
    place = plan.place or 1
    return end if place == 1 else f"{ordinal(place)} {end}"


def _ties(told: Told, output: int) -> int:
    """How many leading rows share the first one's value."""
    best = told.cells[0][output]
    return next((at for at, row in enumerate(told.cells) if row[output] != best), len(told.cells))


def _head(told: Told) -> str:
    by = joined([key(group) for group in told.plan.group_by])
    what = joined(told.figures)
    return f"{what[0].upper()}{what[1:]} by {by}{told.where}"


def _series(told: Told) -> str:
    """Groups in the order of their keys: all of them if few, else the range."""
    output, head = told.keys, _head(told)
    filled = [row for row in range(len(told.cells)) if told.cells[row][output] is not None]
    if len(told.cells) <= _LISTED_GROUPS:
        said = [f"{_group(told, row)}: {at(row, output)}" for row in range(len(told.cells))]
        return f"{head}: {'; '.join(said)}{_apart(told, filled, output)}."
    if not filled or told.result.table.truncated:
        return f"{head}: {told.in_all('groups')}."
    low = min(filled, key=lambda row: told.cells[row][output])
    high = max(filled, key=lambda row: told.cells[row][output])
    if told.cells[low][output] == told.cells[high][output]:
        return f"{head}: {at(low, output)} in each of {told.in_all('groups')}."
    return (
        f"{head}: from {at(low, output)} ({_group(told, low)}) "
        f"to {at(high, output)} ({_group(told, high)}), over {told.in_all('groups')}."
    )


def _apart(told: Told, filled: list[int], output: int) -> str:
    """How far two groups are apart, where there are just two numbers."""
    values = [told.cells[row][output] for row in filled]
    numbers = all(isinstance(value, int | float) for value in values)
    if len(told.cells) != _PAIR or len(filled) != _PAIR or not numbers:
        return ""
    return f"; a difference of {{{{r0c{output}-r1c{output}}}}}"


def _several(told: Told) -> str:
    """Several figures for each group."""
    head = _head(told)
    if len(told.cells) > _LISTED_GROUPS:
        return f"{head}: {told.in_all('groups')}, in the table."
    columns = range(told.keys, len(told.cells[0]))
    said = [
        f"{_group(told, row)}: {joined([at(row, column) for column in columns])}"
        for row in range(len(told.cells))
    ]
    return f"{head}: {'; '.join(said)}."


def _different(told: Told) -> str:
    """The different values of the keys."""
    by = joined([key(group) for group in told.plan.group_by])
    few = len(told.cells) <= _LISTED_GROUPS
    said = f": {joined([_group(told, row) for row in range(len(told.cells))])}" if few else ""
    return f"There are {told.in_all('different values')} of {by}{told.where}{said}."


def _rows(told: Told) -> str:
    plan, table = told.plan, told.result.table
    if plan.per_group:
        return f"{told.in_all(told.rows)}{told.where}, in the table."
    if plan.sort:
        names = plan.columns or [column.name for column in told.profile.columns]
        output = plan.sort[0].output
        column = told.profile.column(names[output])
        if column.type not in {"date", "datetime"}:
            return _extreme_rows(told, output, label(column.name))
        if plan.limit == 1:
            end = "latest" if plan.sort[0].descending else "earliest"
            return f"The {end} of the {told.rows}{told.where} is {_described(told, 0)}."
    used = told.result.rows_used or 0
    if len(told.cells) == 1 and table.total_rows == used == 1:
        return f"One of the {told.rows} matches: {_described(told, 0)}."
    cut = table.truncated or table.total_rows < used
    shown = "; the first {{rows_shown}} are shown" if cut else ""
    noun = singular(told.rows) if used == 1 else told.rows
    return f"{{{{rows_used}}}} {noun} match{told.where}{shown}."


def _described(told: Told, row: int, *skipped: int) -> str:
    """One row as "2014-07-04 (weather sun)"."""
    names = told.plan.columns or [column.name for column in told.profile.columns]
    shown = [at for at in range(min(len(names), len(told.cells[row]))) if at not in skipped]
    dates = [at for at in shown if told.profile.column(names[at]).type in {"date", "datetime"}]
    said = [f"{label(names[one])} {at(row, one)}" for one in shown if one not in dates[:1]]
    if not dates:
        return joined(said)
    return at(row, dates[0]) + (f" ({', '.join(said)})" if said else "")


def _extreme_rows(told: Told, output: int, what: str) -> str:
    """The rows with the highest or lowest value, ties named."""
    if told.cells[0][output] is None:
        return f"No {told.rows}{told.where} have a value for {what}."
    first = _ties(told, output)
    text = f"The {_place(told.plan)} {what}{told.where} is {at(0, output)}: "
    if first == 1:
        text += f"{_described(told, 0, output)}."
    elif first <= _NAMED_TIES:
        text += joined([_described(told, row, output) for row in range(first)]) + ", a tie."
    else:
        text += f"{{{{ties}}}} {told.rows} share it, among them {_described(told, 0, output)}."
    if first < len(told.cells) and first <= _NAMED_TIES:
        following = told.cells[first][output]
        if following is not None:
            text += f" Next: {at(first, output)}, {_described(told, first, output)}."
    return text


def _compared(told: Told) -> str:
    """Two selections side by side: a row for each, and one for the difference."""
    plan = told.plan
    if plan.group_by or len(told.cells) != 3:
        return f"{told.in_all('groups')}{told.where}, compared in the table."
    said = []
    for column, name in enumerate(told.figures, start=1):
        left, right = (f"{at(row, column)} {at(row, 0)}" for row in (0, 1))
        text = f"The {name}{told.where} is {left} and {right}"
        apart = f", a difference of {at(2, column)}." if told.cells[2][column] else "."
        said.append(text + apart)
    return " ".join(said)
