"""The two things a jailed child can be asked about a table: to read one, and to count it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypedDict

import duckdb

from worker.query.intake import csv_files, excel, json_lines, parquet
from worker.query.intake.readings import Reading, Typed, of_text
from worker.query.intake.statistics import ALL_VALUES, MOST_VALUES, Counted, counted, shown
from worker.query.intake.work import (
    TYPING,
    WRITING,
    ReadRequest,
    Rejected,
    Tell,
    Unreadable,
    Work,
    locked,
)
from worker.query.sql import literal, quoted

_SAMPLE_ROWS = 5
_TEXT_READERS: dict[str, Callable[[Work], list[Reading]]] = {
    "csv": csv_files.read,
    "json": json_lines.read,
    "excel": excel.read,
}


class ReadReply(TypedDict, total=False):
    """What came of reading: the table that is now in `made`, or `reason` and `message`.

    `columns` are (name, type); the other lists are sentences, see `Notes`.
    """

    rows: int
    columns: list[tuple[str, str]]
    units: dict[str, str]
    understood: list[str]
    problems: list[str]
    rows_lost: int
    rejected: list[Rejected]
    reason: str
    message: str


class CountRequest(TypedDict):
    """Which of our own Parquet files to count, and its columns as (name, type)."""

    kind: Literal["count"]
    path: str
    columns: list[tuple[str, str]]
    cpu_s: int
    require_landlock: bool


class CountReply(TypedDict, total=False):
    """The statistics of each column, in order, and the first rows; or `reason` and `message`."""

    columns: list[Counted]
    sample: list[list[Any]]
    reason: str
    message: str


def read(request: ReadRequest, tell: Tell) -> ReadReply:
    """Read a file as Parquet of ours."""
    try:
        work = Work(request, tell)
        with work.connection:
            return _read(work)
    except Unreadable as error:
        return ReadReply(reason="unreadable", message=str(error))
    except (MemoryError, duckdb.OutOfMemoryException):
        message = "reading it needs more memory than one file may use."
        return ReadReply(reason="unreadable", message=message)
    except duckdb.Error as error:
        message = _said(error, *request["sources"], request["scratch"], request["text"])
        return ReadReply(reason="unreadable", message=message)


def count(request: CountRequest, tell: Tell) -> CountReply:
    """Count every column of a file that `read` made."""
    try:
        with locked([request["path"]]) as connection:
            table = f"read_parquet({literal(request['path'])})"
            most_values = min(MOST_VALUES, ALL_VALUES // len(request["columns"]))
            columns = []
            for at, (name, kind) in enumerate(request["columns"], 1):
                columns.append(counted(connection, table, name, kind, most_values))
                tell(at / len(request["columns"]))
            first = connection.execute(f"SELECT * FROM {table} LIMIT {_SAMPLE_ROWS}").fetchall()  # noqa: S608 - ours
            return CountReply(
                columns=columns, sample=[[shown(value) for value in row] for row in first]
            )
    except (MemoryError, duckdb.OutOfMemoryException):
        message = "counting its values needs more memory than one table may use."
        return CountReply(reason="unreadable", message=message)
    except duckdb.Error as error:
        return CountReply(reason="unreadable", message=_said(error, request["path"]))


def _read(work: Work) -> ReadReply:
    request, notes = work.request, work.notes
    if request["format"] == "parquet":
        typed = parquet.read(work)
    else:
        typed = _typed(work, _TEXT_READERS[request["format"]](work))
    listed = ", ".join(f"{column.sql} AS {quoted(column.name)}" for column in typed)
    work.copy(f"SELECT {listed} FROM source", request["made"], len(typed), WRITING)  # noqa: S608 - quoted
    metadata = f"SELECT num_rows FROM parquet_file_metadata({literal(request['made'])})"  # noqa: S608 - quoted
    rows = int(work.connection.execute(metadata).fetchall()[0][0])
    if not rows:
        raise Unreadable(" ".join(["it has no rows.", *notes.problems[-1:]]))
    return ReadReply(
        rows=rows,
        columns=[(column.name, column.type) for column in typed],
        units={column.name: column.unit for column in typed if column.unit},
        understood=notes.understood,
        problems=notes.problems,
        rows_lost=notes.rows_lost,
        rejected=notes.rejected,
    )


def _typed(work: Work, readings: list[Reading]) -> list[Typed]:
    """The text columns in `text`, now the view `source`, each read as the type all values have."""
    text = literal(work.request["text"])
    work.connection.execute(f"CREATE VIEW source AS SELECT * FROM read_parquet({text})")  # noqa: S608 - quoted
    described = work.connection.execute("SELECT column_name FROM (DESCRIBE source)").fetchall()
    typed = []
    for at, (name,) in enumerate(described, 1):
        typed.append(of_text(work, str(name), readings))
        work.done(TYPING, at / len(described))
    return typed


def _said(error: duckdb.Error, *paths: str) -> str:
    """DuckDB's first lines, short enough to be shown, without where our files are."""
    text = str(error)
    if "aximum line size" in text:
        return "one of its lines is longer than 4 MB."
    for path in paths:
        text = text.replace(path, path.rpartition("/")[2])
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return f"it cannot be read as a table: {' '.join(lines[:2])[:300]}"
