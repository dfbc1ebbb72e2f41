"""Lists: columns of which a cell may name several things, "Brazil, Peru, Colombia"."""

from __future__ import annotations

import re
from collections import Counter

from shared.datasets import Column, Profile
from worker.query.plan import QueryPlan

_SEPARATOR = re.compile(r"\s*[,;/|]\s*")
# A column holds lists if this share of its values are, and so many parts are found in others, too.
_LISTS, _SHARED = 0.2, 2


def listed_parts(column: Column) -> list[str]:
    """What the cells of such a column name, each once; none for a column of plain values.

    A part within another ("Niger" in "Nigeria") is left out: no text search tells them apart.
    """
    cells = [_SEPARATOR.split(value) for value in column.values or []]
    lists = [cell for cell in cells if len(cell) > 1]
    if len(lists) < max(2, _LISTS * len(cells)):
        return []
    counts = Counter(part for cell in cells for part in set(cell) if part)
    if sum(count > 1 for count in counts.values()) < _SHARED:
        return []
    return [
        part
        for part in counts
        if not any(part.lower() in other.lower() and part != other for other in counts)
    ]


def blurred_groups(plan: QueryPlan, profile: Profile) -> str | None:
    """Why groups mean nothing: a river of two countries is of both, not of a third."""
    different = [a.column for a in plan.aggregates if a.function == "count_distinct" and a.column]
    for name in (*(key.column for key in plan.group_by), *different):
        if listed_parts(profile.column(name)):
            return f"“{name}” lists several things in one cell."
    return None
