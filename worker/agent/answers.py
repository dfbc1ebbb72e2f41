"""Answers: the text of a result, every number of it taken from a cell by code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.datasets import Profile
from worker.agent.numbers import cell, plural
from worker.agent.results import QueryResult
from worker.query.plan import QueryPlan
from worker.query.wording import conditions, figure, joined, key, label

_LISTED_GROUPS = 6
_NAMED_TIES = 5
_PAIR = 2


@dataclass(frozen=True)
class Told:
    """What an answer is told from; `rows` is what the table's rows are called, in the plural."""

    plan: QueryPlan
    profile: Profile
    result: QueryResult
    rows: str = "rows"

    @property
    def cells(self) -> list[list[Any]]:
        """The rows of the result."""
        return self.result.table.rows

    @property
    def where(self) -> str:
        """The plan's filters with a space before them; "" without any."""
        said = conditions(self.plan.filters, self.profile)
        return f" {said}" if said else ""

    def unit(self, output: int) -> str | None:
        """The unit of an output column; None for counts and group keys."""
        at = output - len(self.plan.group_by)
        if self.plan.aggregates:
            if at < 0 or at >= len(self.plan.aggregates):
                return None
            one = self.plan.aggregates[at]
            if one.column is None or one.function in {"count", "count_distinct"}:
                return None
            return self.profile.column(one.column).unit
        names = self.plan.columns or [column.name for column in self.profile.columns]
        return self.profile.column(names[output]).unit

    def at(self, row: int, output: int) -> str:
        """One cell as text."""
        return cell(self.cells[row][output], self.unit(output))


def tell(told: Told) -> str:
    """The answer in one to three sentences."""
    if told.result.rows_used == 0 and not _counts_only(told.plan):
        return _nothing(told)
    if not told.cells:
        return _nothing(told)
    if told.plan.compare is not None:
        return _compared(told)
    if told.plan.aggregates:
        return _groups(told) if told.plan.group_by else _single(told)
    return _rows(told)


def _nothing(told: Told) -> str:
    where = told.where or " at all"
    return f"No {told.rows} match{where}, so there is nothing to tell from them."


def _counts_only(plan: QueryPlan) -> bool:
    return (
        not plan.group_by
        and bool(plan.aggregates)
        and all(a.function in {"count", "count_distinct"} for a in plan.aggregates)
    )


def _single(told: Told) -> str:
    """One row of figures over all rows that passed."""
    plan = told.plan
    if len(plan.aggregates) == 1:
        one = plan.aggregates[0]
        value = told.cells[0][0]
        if one.column is None:
            counted = plural(int(value), told.rows) if value else f"no {told.rows}"
            of = f", of {told.result.rows_read:,} in the table" if plan.filters else ""
            return f"There {'is' if value == 1 else 'are'} {counted}{told.where}{of}."
        if one.function == "count_distinct":
            return f"There are {cell(value)} different values of {label(one.column)}{told.where}."
        if value is None:
            return f"No {told.rows}{told.where} have a value for {label(one.column)}."
        return f"The {figure(one)}{told.where} is {told.at(0, 0)}."
    said = [f"{figure(a)} {told.at(0, at)}" for at, a in enumerate(plan.aggregates)]
    return f"Over {plural(told.result.rows_used, told.rows)}{told.where}: {joined(said)}."


def _groups(told: Told) -> str:
    plan = told.plan
    ranked = bool(plan.sort) and plan.sort[0].output >= len(plan.group_by)
    if len(plan.aggregates) > 1:
        return _several(told)
    return _ranking(told, plan.sort[0].output) if ranked else _series(told)


def _group(told: Told, row: int) -> str:
    return ", ".join(cell(told.cells[row][at]) for at in range(len(told.plan.group_by)))


def _ranking(told: Told, output: int) -> str:
    """Ranked groups: the first, the next, and the last."""
    plan = told.plan
    what, where = figure(plan.aggregates[0], told.rows), told.where
    if told.cells[0][output] is None:
        return f"No group has a value for the {what}{where}."
    first = _ties(told, output)
    if plan.limit is not None and 1 < len(told.cells) <= _LISTED_GROUPS and first < len(told.cells):
        end = "highest" if plan.sort[0].descending else "lowest"
        said = [f"{_group(told, row)} ({told.at(row, output)})" for row in range(len(told.cells))]
        return f"With the {end} {what}{where}: {joined(said)}."
    names = joined([_group(told, row) for row in range(min(first, _NAMED_TIES))])
    if first > _NAMED_TIES:
        names += f" and {first - _NAMED_TIES} more"
    end, other = ("highest", "lowest") if plan.sort[0].descending else ("lowest", "highest")
    if plan.aggregates[0].function in {"max", "min"}:
        what = label(plan.aggregates[0].column or "")
    verb = "has" if first == 1 else "share"
    text = f"{names[0].upper()}{names[1:]} {verb} the {end} {what}{where}: {told.at(0, output)}."
    rest = [row for row in range(first, len(told.cells)) if told.cells[row][output] is not None]
    if rest:
        text += f" Next comes {_group(told, rest[0])} with {told.at(rest[0], output)}"
        whole = plan.limit is None and not told.result.table.truncated
        if len(rest) > 1 and whole:
            text += f"; {_group(told, rest[-1])} has the {other}, {told.at(rest[-1], output)}"
        text += "."
    return text


def _ties(told: Told, output: int) -> int:
    """How many leading rows share the first one's value."""
    best = told.cells[0][output]
    return next((at for at, row in enumerate(told.cells) if row[output] != best), len(told.cells))


def _series(told: Told) -> str:
    """Groups in the order of their keys: all of them if few, else the range."""
    plan, output = told.plan, len(told.plan.group_by)
    by = joined([key(group) for group in plan.group_by])
    what = figure(plan.aggregates[0], told.rows)
    head = f"{what[0].upper()}{what[1:]} by {by}{told.where}"
    filled = [row for row in range(len(told.cells)) if told.cells[row][output] is not None]
    if len(told.cells) <= _LISTED_GROUPS:
        said = [f"{_group(told, row)}: {told.at(row, output)}" for row in range(len(told.cells))]
        return f"{head}: {'; '.join(said)}{_apart(told, filled, output)}."
    if not filled or told.result.table.truncated:
        return f"{head}: {told.result.table.total_rows:,} groups."
    low = min(filled, key=lambda row: told.cells[row][output])
    high = max(filled, key=lambda row: told.cells[row][output])
    return (
        f"{head}: from {told.at(low, output)} ({_group(told, low)}) "
        f"to {told.at(high, output)} ({_group(told, high)}), over {len(told.cells):,} groups."
    )


def _apart(told: Told, filled: list[int], output: int) -> str:
    """How far two groups are apart, where there are just two."""
    if len(told.cells) != _PAIR or len(filled) != _PAIR:
        return ""
    apart = abs(told.cells[0][output] - told.cells[1][output])
    return f"; a difference of {cell(apart, told.unit(output))}"


def _several(told: Told) -> str:
    """Several figures for each group."""
    plan, keys = told.plan, len(told.plan.group_by)
    what = joined([figure(a, told.rows) for a in plan.aggregates])
    by = joined([key(group) for group in plan.group_by])
    head = f"{what[0].upper()}{what[1:]} by {by}{told.where}"
    if len(told.cells) > _LISTED_GROUPS:
        return f"{head}: {told.result.table.total_rows:,} groups, in the table."
    said = []
    for row in range(len(told.cells)):
        figures = [told.at(row, keys + at) for at in range(len(plan.aggregates))]
        said.append(f"{_group(told, row)}: {joined(figures)}")
    return f"{head}: {'; '.join(said)}."


def _rows(told: Told) -> str:
    plan, total = told.plan, told.result.table.total_rows
    if plan.sort:
        names = plan.columns or [column.name for column in told.profile.columns]
        output = plan.sort[0].output
        column = told.profile.column(names[output])
        if column.type not in {"date", "datetime"}:
            return _extreme_rows(told, output, label(column.name))
        if plan.limit == 1:
            end = "latest" if plan.sort[0].descending else "earliest"
            return f"The {end} of the {told.rows}{told.where} is {_described(told, 0)}."
    if len(told.cells) == 1 and total == 1:
        return f"One of the {told.rows} matches: {_described(told, 0)}."
    shown = f"; the first {len(told.cells):,} are shown" if told.result.table.truncated else ""
    return f"{plural(total, told.rows)} match{told.where}{shown}."


def _described(told: Told, row: int, *skipped: int) -> str:
    """One row as "2014-07-04 (weather sun)"."""
    names = told.plan.columns or [column.name for column in told.profile.columns]
    shown = [at for at in range(min(len(names), len(told.cells[row]))) if at not in skipped]
    dates = [at for at in shown if told.profile.column(names[at]).type in {"date", "datetime"}]
    said = [f"{label(names[at])} {told.at(row, at)}" for at in shown if at not in dates[:1]]
    if not dates:
        return joined(said)
    return told.at(row, dates[0]) + (f" ({', '.join(said)})" if said else "")


def _extreme_rows(told: Told, output: int, what: str) -> str:
    """The rows with the highest or lowest value, ties named."""
    if told.cells[0][output] is None:
        return f"No {told.rows}{told.where} have a value for {what}."
    first = _ties(told, output)
    end = "highest" if told.plan.sort[0].descending else "lowest"
    text = f"The {end} {what}{told.where} is {told.at(0, output)}: "
    if first == 1:
        text += f"{_described(told, 0, output)}."
    elif first <= _NAMED_TIES:
        text += joined([_described(told, row, output) for row in range(first)]) + ", a tie."
    else:
        tied = told.result.summary.get("ties")
        many = f"{tied:,}" if tied else f"{first:,} or more"
        text += f"{many} {told.rows} share it, among them {_described(told, 0, output)}."
    if first < len(told.cells) and first <= _NAMED_TIES:
        following = told.cells[first][output]
        if following is not None:
            text += f" Next: {told.at(first, output)}, {_described(told, first, output)}."
    return text


def _compared(told: Told) -> str:
    """Two selections side by side: a row for each, and one for the difference."""
    plan = told.plan
    if plan.group_by or len(told.cells) != 3:
        return f"{plural(len(told.cells), 'groups')}{told.where}, compared in the table."
    said = []
    for at, one in enumerate(plan.aggregates, start=1):
        unit = told.unit(at - 1)
        left, right = (f"{cell(row[at], unit)} {row[0]}" for row in told.cells[:2])
        apart = told.cells[2][at]
        text = f"The {figure(one, told.rows)}{told.where} is {left} and {right}"
        said.append(text + (f", a difference of {cell(abs(apart), unit)}." if apart else "."))
    return " ".join(said)
