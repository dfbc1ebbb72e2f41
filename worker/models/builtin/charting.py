"""Charting: the kind of chart that a question names, and the question without it."""

from __future__ import annotations

import re

_KINDS = {
    "bar": "bar chart", "column": "bar chart", "pie": "pie chart", "donut": "pie chart",
    "doughnut": "pie chart", "line": "line chart", "area": "area chart", "scatter": "scatter plot",
}  # fmt: skip
_CHART = r"(?:charts?|graphs?|plots?|diagrams?)"
_ALONE = "bars|pie|donut|doughnut|scatter"
_NAMED = rf"(?:(?P<kind>{'|'.join(_KINDS)})[ -]?{_CHART}|(?P<alone>{_ALONE}))"
_ASKING = r"(?:please |can you |could you )?(?:show|draw|plot|make|give|create|display|put|have)"
_THEM = r"(?: (?:me|us|it|that|this|them|those|these))?"
# "... as a bar chart", "make it a pie chart": at the end.
_LAST = re.compile(
    rf"(?:^|[\s,])(?:{_ASKING}{_THEM} )?(?:(?:as|in|with|using|on|into) )?(?:an? |the )?{_NAMED}"
    r"(?: instead| please)*[\s?.!]*$",
    re.IGNORECASE,
)
# "Draw a line chart of ...": at the start.
_FIRST = re.compile(
    rf"^\s*(?:{_ASKING}(?: me| us)? )?(?:an? |the )?{_NAMED} (?:of|for|showing|with) ",
    re.IGNORECASE,
)
_ANYWHERE = re.compile(rf"\b{_NAMED}\b", re.IGNORECASE)
_VERB = re.compile(r"^\s*(?:plot|graph|chart|draw)\s+(?=\w)", re.IGNORECASE)


def without_chart(question: str) -> tuple[str, str]:
    """The question without words that only ask for a chart, and the kind they name ("": none).

    >>> without_chart("Average wind by year, as a bar chart")
    ('Average wind by year', 'bar chart')
    """
    for pattern in (_LAST, _FIRST):
        found = pattern.search(question)
        if found:
            rest = f"{question[: found.start()]} {question[found.end() :]}"
            return rest.strip(" ,"), _kind(found["kind"] or found["alone"])
    return _VERB.sub("", question), ""


def named_chart(question: str) -> str:
    """The kind of chart a question names anywhere: "bar chart", "pie chart" ...; "" for none."""
    found = _ANYWHERE.search(question)
    return _kind(found["kind"] or found["alone"]) if found else ""


def _kind(word: str) -> str:
    return _KINDS[word.lower().removesuffix("s")]
