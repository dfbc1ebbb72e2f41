"""The locked connection: one table to read, and nothing else to reach or to change.

Runs inside the jailed child process; only DuckDB and the standard library are imported here.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

import duckdb

from worker.query.cage import caged
from worker.query.cells import bucketed
from worker.query.guard import limits, refusal
from worker.query.sql import literal, quoted

#: Rows of a result that are kept; whoever needs more narrows the question.
MOST_ROWS = 1000

# An honest group-by over ten million rows takes about 100 MB; the kernel's limit (jail.py) catches
# what DuckDB's own accounting misses.
_MEMORY_LIMIT = "1GB"


class Request(TypedDict):
    """What a child is asked: `path` is the only file it may read, `table` its name in the SQL.

    `counts_sql` may be "". `buckets` says for each output how its keys are written; None leaves
    the value as it is. No `buckets` at all means that a model wrote the SQL.
    """

    kind: Literal["query"]
    path: str
    table: str
    sql: str
    parameters: list[Any]
    buckets: list[str | None] | None
    counts_sql: str
    counts_parameters: list[Any]
    require_landlock: bool


class Reply(TypedDict, total=False):
    """What a child answers: JSON cells, or `reason` and `message` when there are none.

    `counts` is the row of `counts_sql`, if there is one; `total_rows` counts the result before it
    was cut. Of a model's SQL, `columns` are the names and types, and `limited` says that it cuts
    rows off itself.
    """

    rows: list[list[Any]]
    total_rows: int
    counts: list[Any]
    columns: list[tuple[str, str]]
    limited: bool
    reason: str
    message: str


def answer(request: Request) -> Reply:
    """Run one request on a connection of its own; errors of the query are replies, too."""
    try:
        with connect(request["path"], request["table"]) as connection:
            return answer_on(connection, request)
    except (MemoryError, duckdb.OutOfMemoryException):
        message = "The query needs more memory than one query may use; narrow it down."
        return Reply(reason="query_too_big", message=message)
    except duckdb.Error as error:
        first = str(error).partition("\n")[0]
        return Reply(reason="query_failed", message=f"The table could not be queried: {first}")


def connect(path: str, table: str, *written: str) -> duckdb.DuckDBPyConnection:
    """A connection whose only table is a view of the Parquet file at `path`, then locked.

    `written` are files that it may write. `allowed_paths` would also allow writing to the one it
    reads: that it does not happen is up to the guard and to Landlock.
    """
    rows = f"SELECT * FROM read_parquet({literal(path)})"  # noqa: S608 - quoted
    return caged([path, *written], _MEMORY_LIMIT, f"CREATE VIEW {quoted(table)} AS {rows}")


def answer_on(connection: duckdb.DuckDBPyConnection, request: Request) -> Reply:
    """Run one request that the guard lets pass; raises what DuckDB raises."""
    for sql in filter(None, (request["sql"], request["counts_sql"])):
        by_model = request["buckets"] is None
        refused = refusal(connection, sql, request["table"], by_model=by_model)
        if refused is not None:
            return Reply(reason="query_refused", message=f"Refused: {refused}.")
    return _run(connection, request)


def _run(connection: duckdb.DuckDBPyConnection, request: Request) -> Reply:
    cursor = connection.execute(request["sql"], request["parameters"])
    described = [(str(name), str(kind)) for name, kind, *_ in cursor.description or ()]
    found = cursor.fetchmany(MOST_ROWS + 1)
    total = len(found)
    if total > MOST_ROWS:
        whole = f"SELECT count(*) FROM ({request['sql']})"  # noqa: S608 - the query's own text
        total = _one(connection, whole, request["parameters"])[0]
    buckets = request["buckets"]
    written = [None] * len(described) if buckets is None else buckets
    rows = [
        [bucketed(value, bucket) for value, bucket in zip(row, written, strict=True)]
        for row in found[:MOST_ROWS]
    ]
    counts_sql = request["counts_sql"]
    counts = _one(connection, counts_sql, request["counts_parameters"]) if counts_sql else []
    reply = Reply(rows=rows, total_rows=total, counts=counts)
    if buckets is None:
        reply["columns"] = described
        reply["limited"] = limits(connection, request["sql"])
    return reply


def _one(connection: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any]) -> list[Any]:
    row = connection.execute(sql, parameters).fetchone()
    return list(row or ())
