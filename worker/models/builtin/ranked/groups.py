"""Groups: candidates that count or add up the rows of each value of a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from worker.models.builtin.ranked.candidate import Asked, Candidate

_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_MORE = frozenset({"more", "least", "over"})
_MANY = frozenset({"multiple", "several"})
_SINGLE = frozenset({"one", "single"})
_SMALL = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "1": 1, "2": 2, "3": 3, "4": 4}
_EXTREMES = (("mode", True), ("rarest", False))


def modes(q: Asked) -> Iterator[Candidate]:
    """The value that most rows have, or fewest."""
    if not q.says("superlatives"):
        return
    for selection in q.selections[:5]:
        for target in q.targets[:5]:
            for operation, descending in _EXTREMES:
                parts: dict[str, Any] = {
                    "filters": selection.filters,
                    "group_by": [{"column": target.shown.name}],
                    "aggregates": [{"function": "count"}],
                    "sort": [{"output": 1, "descending": descending}],
                    "limit": 1,
                }
                yield Candidate(operation, parts, 0, selection, target)


def largest(q: Asked) -> Iterator[Candidate]:
    """The value whose rows have the largest or the smallest total."""
    if not q.says("superlatives"):
        return
    for selection in q.selections[:3]:
        for target in q.targets[:4]:
            if target.shown.distinct >= 0.95 * q.links.table.profile.rows:
                continue
            for measure in q.measures[:3]:
                if measure is target or measure.numeric is None:
                    continue
                for operation, descending in (("largest total", True), ("smallest total", False)):
                    parts: dict[str, Any] = {
                        "filters": selection.filters,
                        "group_by": [{"column": target.shown.name}],
                        "aggregates": [{"function": "sum", "column": measure.number}],
                        "sort": [{"output": 1, "descending": descending}],
                        "limit": 1,
                    }
                    yield Candidate(operation, parts, 0, selection, target, measure)


def repeated(q: Asked) -> Iterator[Candidate]:
    """The values that so many rows have: "which driver won twice", "more than one time"."""
    for operator, times in _wanted(q.links.words):
        for selection in _without_numbers(q)[:4]:
            for target in q.targets[:5]:
                parts: dict[str, Any] = {
                    "filters": selection.filters,
                    "group_by": [{"column": target.shown.name}],
                    "aggregates": [{"function": "count"}],
                    "having": [{"output": 1, "operator": operator, "values": [times]}],
                }
                yield Candidate(f"rows {operator} times", parts, 0, selection, target)


def _without_numbers(q: Asked) -> list[Any]:
    return [
        selection
        for selection in q.selections
        if not any(option.how.startswith("number") for _, option in selection.uses)
    ]


def _wanted(words: list[str]) -> Iterator[tuple[str, int]]:
    """How often a value is to occur, by words such as "once" or "more than two times"."""
    for at, word in enumerate(words):
        before = words[max(0, at - 3) : at]
        operator = "gt" if "than" in before else "ge" if _MORE & set(before) else "eq"
        if word in _MANY or (word in _SINGLE and before[-1:] == ["than"]):
            yield "gt", 1
        elif word in _TIMES:
            yield operator, _TIMES[word]
        elif word in {"time", "times"} and before and before[-1] in _SMALL:
            yield operator, _SMALL[before[-1]]
    if "only" in words and {"one", "1", "once"} & set(words):
        yield "eq", 1
