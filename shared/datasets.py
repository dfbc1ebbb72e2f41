"""Datasets: the tables people may ask about, and what is known of their columns.

A worker reads the files of the datasets directory, profiles them (`worker/query/ingest.py`) and
publishes the profiles here; the API and the planners only read profiles, never the files.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

ColumnType = Literal["integer", "number", "boolean", "date", "datetime", "text"]


class Column(BaseModel):
    """One column of a dataset, as profiled.

    `minimum`/`maximum` are JSON values (ISO 8601 text for dates) and None for text columns;
    `top_values` are (value, number of rows), most frequent first, at most 10;
    `values` is every distinct value of a text column that has at most 1,000 of them, else None:
    the planners bind words of a question to it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    type: ColumnType
    description: str = ""
    unit: str | None = None
    nulls: int
    distinct: int
    minimum: Any = None
    maximum: Any = None
    mean: float | None = None
    top_values: list[tuple[Any, int]] = []
    values: list[str] | None = None


class Profile(BaseModel):
    """What is known of one dataset; `version` is the SHA-256 of the source file's bytes.

    `problems` are sentences about what was lost or guessed when the file was read.
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

    def column(self, name: str) -> Column:
        """The column called `name`; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
