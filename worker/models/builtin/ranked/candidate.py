"""A candidate plan, and what the operations look at to make one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.mentions import Links
from worker.models.builtin.ranked.selections import Selection, Use, selections
from worker.models.builtin.ranked.table import Family
from worker.query.plan import QueryPlan

_MOST_TARGETS = 8
_MOST_MEASURES = 5
_FEW = range(2, 11)


@dataclass(frozen=True)
class Candidate:
    """A plan that may be meant; `answer` is the output that answers, of every row.

    `parts` are the members of the plan; `magnitude` says that the answer has no sign.
    """

    operation: str
    parts: dict[str, Any]
    answer: int
    selection: Selection
    target: Family | None = None
    measure: Family | None = None
    magnitude: bool = False

    def plan(self, dataset_id: str) -> QueryPlan:
        """The plan itself; listed rows also show what they were chosen by."""
        parts = dict(self.parts)
        if "columns" in parts:
            chosen = [one.column for one in parts["filters"]]
            listed = list(dict.fromkeys([*parts["columns"], *chosen]))
            # A column that is both shown and sorted by stands there once.
            parts["sort"] = [
                {**one, "output": listed.index(parts["columns"][one["output"]])}
                for one in parts.get("sort", ())
            ]
            parts["columns"] = listed
        return QueryPlan.model_validate({"dataset_id": dataset_id, **parts})

    @property
    def uses(self) -> tuple[Use, ...]:
        """The mentions that have a part in it."""
        return self.selection.uses


class Asked:
    """What the operations look at."""

    def __init__(self, links: Links) -> None:
        self.links = links
        self.words = set(links.words)
        self.families = links.table.families
        self.selections = selections(links)
        self.targets = self._targets()
        self.measures = self._measures()

    @property
    def limit(self) -> int:
        """How many of the first or the highest are asked for: "the top three", 1 if not said."""
        for word, token in zip(self.links.words, self.links.tokens[1:], strict=False):
            if word in cues("firsts") and token.number is not None and token.number in _FEW:
                return int(token.number)
        return 1

    def says(self, kind: str) -> bool:
        """Whether the question has a word of this kind."""
        return bool(self.words & cues(kind))

    def _targets(self) -> list[Family]:
        name = self.links.table.name
        asked = set(self.links.asked)

        def likeness(family: Family) -> tuple[bool, float, bool, int]:
            link = self.links.columns[family.index]
            return (bool(link.tokens & asked), link.score, family is name, -family.index)

        return sorted(self.families, key=likeness, reverse=True)[:_MOST_TARGETS]

    def _measures(self) -> list[Family]:
        numbers = [f for f in self.families if f.number]
        numbers.sort(key=lambda f: (-self.links.columns[f.index].score, f.index))
        return numbers[:_MOST_MEASURES]
