"""Datasets: the tables people may ask about, and what is known of their columns.

A worker reads the files of the datasets directory, profiles them (`worker/query/ingest.py`) and
publishes the profiles here; the API and the planners only read profiles, never the files.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

ColumnType = Literal["integer", "number", "boolean", "date", "datetime", "text"]


class Bin(BaseModel):
    """One bar of a histogram: the rows with `low` <= value < `high` (the last bar: <=)."""

    model_config = ConfigDict(frozen=True)

    low: Any
    high: Any
    rows: int


class Column(BaseModel):
    """One column of a dataset, as profiled.

    `synonyms` are other words for it that people gave. `minimum`/`maximum` are JSON values
    (ISO 8601 text for dates) and None for text columns; `top_values` are (value, number of rows),
    most frequent first, at most 10; `values` is every distinct value of a text column that has at
    most 1,000 of them, else None: the planners bind words of a question to it. `estimated` says
    that `distinct` is an estimate, as it is for millions of values.

    For numbers: `deviation` (standard), `quantiles` ("0.05", "0.25", "0.5", "0.75", "0.95").
    For dates and times: `grain`, the longest calendar unit whose starts all values are. For both,
    `histogram` in at most 20 bins. For text: `longest` in characters.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    type: ColumnType
    description: str = ""
    unit: str | None = None
    synonyms: list[str] = []
    nulls: int
    distinct: int
    estimated: bool = False
    minimum: Any = None
    maximum: Any = None
    mean: float | None = None
    deviation: float | None = None
    quantiles: dict[str, Any] = {}
    histogram: list[Bin] = []
    grain: str | None = None
    longest: int | None = None
    top_values: list[tuple[Any, int]] = []
    values: list[str] | None = None


class Rejected(BaseModel):
    """A line of a file that is no row of its table, and why; `text` is its beginning."""

    model_config = ConfigDict(frozen=True)

    line: int
    reason: str
    text: str


class Report(BaseModel):
    """How a file was read: sentences about what was understood, and what is not in the table.

    `rejected` shows the first of the `rows_lost`.
    """

    model_config = ConfigDict(frozen=True)

    format: str
    bytes: int
    understood: list[str] = []
    rows_lost: int = 0
    rejected: list[Rejected] = []


class Profile(BaseModel):
    """What is known of one dataset; `version` is the SHA-256 of the source's bytes.

    `problems` are sentences about what was lost or guessed when the file was read. `uploaded`
    tables belong to who uploaded them, the others to all. `synonyms` are other words for a row.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    description: str = ""
    source: str
    version: str
    rows: int
    columns: list[Column]
    sample: list[list[Any]]
    questions: list[str] = []
    problems: list[str] = []
    report: Report | None = None
    uploaded: bool = False
    synonyms: list[str] = []

    def column(self, name: str) -> Column:
        """The column called `name`; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
