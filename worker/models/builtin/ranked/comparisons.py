"""Comparisons: candidates that set one selection against another."""

from __future__ import annotations

from collections.abc import Iterator

from worker.models.builtin.ranked.candidate import Asked, Candidate
from worker.models.builtin.ranked.selections import Selection
from worker.models.builtin.ranked.table import Family
from worker.query.plan import Cell, Filter


def _pairs(q: Asked) -> Iterator[tuple[Selection, Filter, Filter, list[Filter]]]:
    """Two mentions of one column set against each other, with what else is selected."""
    for selection in q.selections[:4]:
        for one in selection.filters:
            if one.operator == "in" and len(one.values) == 2 and not selection.joined:
                first, second = (
                    one.model_copy(update={"operator": "eq", "values": [value]})
                    for value in one.values
                )
                yield selection, first, second, [f for f in selection.filters if f is not one]
        if not selection.joined:
            continue
        for at, (_, left) in enumerate(selection.uses):
            for _, right in selection.uses[at + 1 :]:
                if left.filter.column == right.filter.column:
                    rest = [f for f in selection.filters if f.column != left.filter.column]
                    yield selection, left.filter, right.filter, rest


def differences(q: Asked) -> Iterator[Candidate]:
    """How much one selection has more than another."""
    if not q.says("differences"):
        return
    for selection, left, right, rest in _pairs(q):
        sides = {"filters": rest, "compare": {"left": left, "right": right}}
        counted = {**sides, "aggregates": [{"function": "count"}]}
        yield Candidate("difference in rows", counted, 2, selection, magnitude=True)
        for measure in q.measures:
            figure = {"function": "sum", "column": measure.number}
            parts = {**sides, "aggregates": [figure]}
            yield Candidate("difference", parts, 2, selection, None, measure, magnitude=True)


def relative(q: Asked) -> Iterator[Candidate]:
    """Rows with more or less than the selected one has, or the same."""
    words = q.words & {"than", "same", "before", "after", "as", "above", "below"}
    if not words:
        return
    name = q.links.table.name
    for selection in q.selections[:5]:
        if not selection.filters or selection.negated or selection.joined:
            continue
        for family, operators in _compared(q, words):
            if family.index in selection.families:
                continue
            column = (family.number or family.date) if operators != ("eq",) else family.shown.name
            for operator in operators:
                cell = Cell(column=column or "", filters=list(selection.filters))
                own: list[Filter] = [Filter(column=column or "", operator=operator, cell=cell)]
                if operator == "eq":
                    own += [_unlike(f) for f in selection.filters if f.operator in {"eq", "in"}]
                yield from _listed(q, f"rows {operator}", own, selection, family, name)


def placed(q: Asked) -> Iterator[Candidate]:
    """Rows that stand above or below the selected one."""
    position = q.links.table.position
    if position is None or not q.words & {"before", "after", "above", "below", "listed"}:
        return
    for selection in q.selections[:3]:
        if not selection.filters or selection.negated or selection.joined:
            continue
        for operator, name in (("lt", "rows above"), ("gt", "rows below")):
            cell = Cell(column=position, filters=list(selection.filters))
            own = [Filter(column=position, operator=operator, cell=cell)]
            yield from _listed(q, name, own, selection, None, q.links.table.name)


def _compared(q: Asked, words: set[str]) -> Iterator[tuple[Family, tuple[str, ...]]]:
    if words & {"than", "before", "after", "above", "below"}:
        dated = [f for f in q.families if f.date]
        yield from ((f, ("gt", "lt")) for f in [*q.measures[:4], *dated[:1]])
    if "same" in words or "as" in words:
        linked = sorted(q.families, key=lambda f: -q.links.columns[f.index].score)
        yield from ((f, ("eq",)) for f in linked[:3] if q.links.columns[f.index].score > 0)


def _unlike(one: Filter) -> Filter:
    return one.model_copy(update={"operator": "ne" if one.operator == "eq" else "not_in"})


def _listed(
    q: Asked,
    operation: str,
    filters: list[Filter],
    selection: Selection,
    measure: Family | None,
    name: Family | None,
) -> Iterator[Candidate]:
    if q.says("counts"):
        parts = {"filters": filters, "aggregates": [{"function": "count"}]}
        yield Candidate(f"count of {operation}", parts, 0, selection, None, measure)
    for target in dict.fromkeys(f.index for f in [*q.targets[:2], *([name] if name else [])]):
        family = q.families[target]
        parts = {"filters": filters, "columns": [family.shown.name]}
        yield Candidate(operation, parts, 0, selection, family, measure)
