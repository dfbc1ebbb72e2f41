"""Told: what an answer is told from, and the tokens it is told with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.datasets import Profile
from worker.agent.results import QueryResult
from worker.query.plan import QueryPlan
from worker.query.wording import chosen, output_names, output_starts


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
        """The plan's conditions with a space before them; "" without any."""
        return " {{filters}}" if chosen(self.plan, self.profile) else ""

    @property
    def keys(self) -> int:
        """How many of the columns are group keys."""
        return len(self.plan.group_by)

    @property
    def figures(self) -> list[str]:
        """What the figures are called."""
        return output_names(self.plan, self.profile, self.rows)[self.keys :]

    @property
    def starts(self) -> list[int]:
        """The column of each figure; of those with several, the first."""
        return output_starts(self.plan)[self.keys :]

    def counted(self, row: int, column: int, noun: str) -> str:
        """A cell that counts things, and what it counts."""
        value = self.cells[row][column]
        token = at(row, column) if value else "no"
        return f"{token} {singular(noun) if value == 1 else noun}"

    def in_all(self, noun: str) -> str:
        """The size of the whole result."""
        total = self.result.table.total_rows
        return f"{{{{rows_total}}}} {singular(noun) if total == 1 else noun}"


def at(row: int, column: int) -> str:
    """The token of a cell."""
    return f"{{{{r{row}c{column}}}}}"


def singular(noun: str) -> str:
    """One of what is called `noun` in the plural."""
    return noun.removesuffix("s")
