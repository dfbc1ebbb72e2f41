"""A figure with its goal, and the table of all."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was measured, a ratio or an amount, and what it should be."""

    what: str
    value: float
    goal: float
    unit: str = "x"
    #: Whether less is better.
    at_most: bool = True
    #: The measurements behind it, in words.
    detail: str = ""

    @property
    def met(self) -> bool:
        """Whether it is as good as it should be."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    @property
    def row(self) -> str:
        """Of a Markdown table."""
        bound = "at most" if self.at_most else "at least"
        verdict = "met" if self.met else "**missed**"
        cells = (
            self.what, f"{self.value:.3g} {self.unit}", f"{bound} {self.goal:g} {self.unit}",
            verdict, self.detail,
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"


@dataclass
class Findings:
    """What one part of the bench found: figures, and lines of what was measured for them."""

    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    raw: dict[str, object] = field(default_factory=dict)


def table(figures: Iterable[Figure]) -> str:
    """Markdown."""
    head = ["| figure | measured | goal | | from |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *[figure.row for figure in figures]])


def median(values: Iterable[float]) -> float:
    """Of some measurements."""
    return statistics.median(values)


def span(values: Sequence[float], form: str = ".3g") -> str:
    """The median, and between what."""
    return f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})"
