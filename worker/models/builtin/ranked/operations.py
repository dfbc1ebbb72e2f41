"""Operations: every candidate plan that the links of a question allow."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from worker.models.builtin.ranked.candidate import Asked, Candidate
from worker.models.builtin.ranked.comparisons import differences, placed, relative
from worker.models.builtin.ranked.groups import largest, modes, repeated
from worker.models.builtin.ranked.mentions import Links
from worker.models.builtin.ranked.table import Family
from worker.query.plan import Cell, Filter


def candidates(links: Links) -> list[Candidate]:
    """Every candidate, each plan once."""
    question = Asked(links)
    found: dict[str, Candidate] = {}
    for operation in _OPERATIONS:
        for made in operation(question):
            found.setdefault(f"{made.answer}{made.parts}", made)
    return list(found.values())


def _lookup(q: Asked) -> Iterator[Candidate]:
    """The values of a column in the rows selected."""
    for selection in q.selections:
        if selection.filters:
            for target in q.targets:
                parts = {"filters": selection.filters, "columns": [target.shown.name]}
                yield Candidate("lookup", parts, 0, selection, target)


def _count(q: Asked) -> Iterator[Candidate]:
    """How many rows, or different values."""
    if not q.says("counts"):
        return
    for selection in q.selections:
        rows = {"filters": selection.filters, "aggregates": [{"function": "count"}]}
        yield Candidate("count", rows, 0, selection)
        for target in q.targets[:4]:
            if target.type == "text" and q.links.columns[target.index].score > 0:
                figure = {"function": "count_distinct", "column": target.shown.name}
                parts = {"filters": selection.filters, "aggregates": [figure]}
                yield Candidate("distinct", parts, 0, selection, target)


def _figures(q: Asked) -> Iterator[Candidate]:
    """Totals, averages and extremes of a column."""
    functions = ["sum"] if q.says("sums") else []
    functions += ["mean"] if q.says("means") else []
    functions += ["max", "min"] if q.says("superlatives") else []
    for selection in q.selections[:6]:
        for measure in q.measures:
            for function in functions:
                if measure.numeric is None and function in {"sum", "mean"}:
                    continue
                figure = {"function": function, "column": measure.number}
                parts = {"filters": selection.filters, "aggregates": [figure]}
                yield Candidate(function, parts, 0, selection, measure=measure)


def _ranges(q: Asked) -> Iterator[Candidate]:
    """How far the highest value of a column is from its lowest."""
    if "difference" not in q.words or not q.says("superlatives"):
        return
    for selection in q.selections[:3]:
        for measure in q.measures:
            ends = [{"function": end, "column": measure.number} for end in ("max", "min")]
            gap = {"operation": "difference", "left": 0, "right": 1}
            parts = {"filters": selection.filters, "aggregates": ends, "calculate": [gap]}
            yield Candidate("range", parts, 2, selection, measure=measure)


def _gaps(q: Asked) -> Iterator[Candidate]:
    """How far apart two columns are in the rows selected: how long, how old, by how much."""
    if not q.says("gaps"):
        return
    columns = q.links.columns
    for selection in q.selections[:4]:
        if not selection.filters:
            continue
        for first, second in itertools.combinations(q.measures[:4], 2):
            named = min(columns[first.index].score, columns[second.index].score) > 0
            if not named and not (first.year and second.year):
                continue
            sides = [{"function": "min", "column": f.number} for f in (first, second)]
            gap = {"operation": "difference", "left": 0, "right": 1}
            parts = {"filters": selection.filters, "aggregates": sides, "calculate": [gap]}
            yield Candidate("gap", parts, 2, selection, first, second, magnitude=True)


def _extremes(q: Asked) -> Iterator[Candidate]:
    """The row with the highest or lowest value."""
    if not q.says("superlatives"):
        return
    for selection in q.selections[:6]:
        for measure in q.measures:
            for target in q.targets[:5]:
                if target is measure:
                    continue
                for operation, descending in (("argmax", True), ("argmin", False)):
                    parts = {
                        "filters": selection.filters,
                        "columns": [target.shown.name, measure.number],
                        "sort": [{"output": 1, "descending": descending}],
                        "limit": q.limit,
                    }
                    yield Candidate(operation, parts, 0, selection, target, measure)


def _ends(q: Asked) -> Iterator[Candidate]:
    """The first or last row, as the table stands or by date."""
    if not q.says("ends"):
        return
    orders = [("place", q.links.table.position)]
    dated = [f for f in q.families if f.date or f.year]
    orders += [("date", f.date or f.number) for f in dated[:2]]
    for selection in q.selections[:6]:
        for target in q.targets[:6]:
            for by, column in orders:
                for end, descending in (("first", False), ("last", True)):
                    if column is None:
                        continue
                    parts = {
                        "filters": (*selection.filters, *_known(target)),
                        "columns": [target.shown.name, column],
                        "sort": [{"output": 1, "descending": descending}],
                        "limit": q.limit,
                    }
                    yield Candidate(f"{end} by {by}", parts, 0, selection, target)


def _known(target: Family) -> list[Filter]:
    """Only rows that have a value, where some have none."""
    missing = target.shown.nulls > 0
    return [Filter(column=target.shown.name, operator="not_null")] if missing else []


def _neighbours(q: Asked) -> Iterator[Candidate]:
    """The row next to the one selected."""
    position = q.links.table.position
    if position is None or not q.says("neighbours"):
        return
    for selection in q.selections[:6]:
        if not selection.filters or selection.negated or selection.joined:
            continue
        for target in q.targets[:6]:
            for operation, offset in (("next", 1), ("previous", -1)):
                cell = Cell(column=position, filters=list(selection.filters), offset=offset)
                parts = {
                    "filters": [Filter(column=position, operator="eq", cell=cell)],
                    "columns": [target.shown.name],
                }
                yield Candidate(operation, parts, 0, selection, target)


_OPERATIONS: tuple[Callable[[Asked], Iterator[Candidate]], ...] = (
    _lookup,
    _count,
    _figures,
    _ranges,
    _gaps,
    _extremes,
    modes,
    largest,
    repeated,
    _ends,
    _neighbours,
    differences,
    relative,
    placed,
)
