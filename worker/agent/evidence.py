"""Evidence: what an answer's numbers are bound to, what they stand on, and what they cost."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

#: What came of a question, as far as a page must show it differently. A job that has no result
#: says `timed_out`, `refused` or `failed` in its `failed` event.
Kind = Literal[
    "answer", "empty", "truncated", "refused", "out_of_data", "timed_out", "failed",
    "clarification", "help", "end",
]  # fmt: skip


class TextPart(BaseModel):
    """A piece of an answer's text.

    With `cell` it is that cell of the table ([row, column]) as people write it, or, with `less`,
    how far the two cells are apart; with `field` it is that member of the coverage. Code wrote it
    in each of these cases. With neither it is words.
    """

    text: str
    cell: tuple[int, int] | None = None
    less: tuple[int, int] | None = None
    field: str | None = None


class Coverage(BaseModel):
    """What an answer stands on: counted by the engine, never written by a model.

    `dropped` says how many rows each condition took away, in order; `nulls` how many of the rows
    used have no value in a column that a figure is of; `time_window` is the oldest and the newest
    date among the rows used (`column`, `from`, `to`). `rows_total` counts the result before a
    limit that the plan set; `ties` the rows that share the extreme that was asked for. Members are
    None where a query is not a plan and nobody can know them.
    """

    sentence: str
    rows_in_table: int
    rows_used: int | None
    dropped: list[dict[str, Any]] = []
    nulls: dict[str, int] = {}
    filters: list[str] = []
    time_window: dict[str, str] | None = None
    truncated: bool = False
    rows_shown: int = 0
    rows_total: int = 0
    ties: int | None = None
    dataset_version: str


class Usage(BaseModel):
    """What models were asked: calls and tokens, as their servers count them.

    `unmetered_calls` are those whose server did not say.
    """

    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    unmetered_calls: int = 0

    def plus(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(**{name: n + getattr(other, name) for name, n in self.model_dump().items()})

    def less(self, other: Usage) -> Usage:
        """What came after `other`."""
        return Usage(**{name: n - getattr(other, name) for name, n in self.model_dump().items()})


class Cost(Usage):
    """What an answer took, in the attempt that gave it; `usd` is None unless prices are set."""

    elapsed_ms: float
    usd: float | None = None


class Receipt(BaseModel):
    """All that is needed to run an answer's query again and to see that it gives the same rows.

    Either `plan` or, for a query that no plan can say, `sql` alone is what was run. `result_hash`
    is defined in worker/query/fingerprint.py and docs/api.md.
    """

    receipt: Literal[1] = 1
    question: str
    resolved_question: str | None = None
    plan: dict[str, Any] | None
    sql: str
    planner: str
    versions: dict[str, str]
    dataset: dict[str, str]
    result_hash: str
