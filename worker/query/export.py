"""Export, in the jail: the whole result of a query as one file that the worker has made.

Only DuckDB and the standard library are imported here, beside the modules of the jail.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypedDict

import duckdb

from shared.csv_text import csv_text
from worker.query.cells import bucketed
from worker.query.guard import refusal
from worker.query.locked import Reply, connect
from worker.query.sql import literal, quoted

_ROWS_AT_A_TIME = 5_000


class ExportRequest(TypedDict):
    """What a child is asked to write, and to `made`: an empty file that may grow to `file_bytes`.

    `columns` are the outputs of `sql` that the file has; `buckets` as in a query's request.
    """

    kind: Literal["export"]
    path: str
    table: str
    sql: str
    parameters: list[Any]
    columns: list[str]
    buckets: list[str | None]
    format: Literal["csv", "parquet"]
    made: str
    file_bytes: int
    cpu_s: int
    require_landlock: bool


def write(request: ExportRequest) -> Reply:
    """Write the file; errors of the query are replies."""
    try:
        with connect(request["path"], request["table"], request["made"]) as connection:
            refused = refusal(connection, request["sql"], request["table"])
            if refused is not None:
                return Reply(reason="query_refused", message=f"Refused: {refused}.")
            if request["format"] == "parquet":
                _parquet(connection, request)
            else:
                _csv(connection, request)
            return Reply(rows=[])
    except (MemoryError, duckdb.OutOfMemoryException):
        message = "The result needs more memory than one query may use; narrow the question."
        return Reply(reason="query_too_big", message=message)
    except OSError as error:
        return Reply(reason="query_too_big", message=f"The file could not be written: {error}")
    except duckdb.Error as error:
        first = str(error).partition("\n")[0].replace(request["made"], "the file")
        return Reply(reason="query_failed", message=f"The table could not be queried: {first}")


def _parquet(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> None:
    """Typed, as the query has them: DuckDB keeps the order of the query inside."""
    columns = ", ".join(quoted(name) for name in request["columns"])
    select = f"SELECT {columns} FROM ({request['sql']})"  # noqa: S608 - quoted, and guarded
    # Without the last option DuckDB writes beside the file first, which the jail forbids.
    options = "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false"
    target = literal(request["made"])
    connection.execute(f"COPY ({select}) TO {target} ({options})", request["parameters"])


def _csv(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> None:
    """As the table is shown: periods under the names people use."""
    connection.execute(request["sql"], request["parameters"])
    with Path(request["made"]).open("wb") as file:
        file.writelines(csv_text(_rows(connection, request)))


def _rows(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> Iterator[list[Any]]:
    yield request["columns"]
    while found := connection.fetchmany(_ROWS_AT_A_TIME):
        for row in found:
            # A query may have more columns than outputs; what it counts for itself comes last.
            pairs = zip(row, request["buckets"], strict=False)
            yield [bucketed(value, bucket) for value, bucket in pairs]
