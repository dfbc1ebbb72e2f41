"""Export, in the jail: the whole result of a query as one file that the worker has made.

DuckDB writes both formats itself, a million rows in about a second. Only DuckDB and the standard
library are imported here, beside the modules of the jail.
"""

from __future__ import annotations

from typing import Any, Literal, TypedDict

import duckdb

from shared.csv_text import FORMULA
from worker.query.cells import DAYS, MONTHS
from worker.query.guard import refusal
from worker.query.locked import Reply, connect
from worker.query.sql import literal, quoted

# Without the last option DuckDB writes beside the file first, which the jail forbids.
_OPTIONS = {
    "csv": "FORMAT csv, HEADER, NEW_LINE '\\r\\n', USE_TMP_FILE false",
    "parquet": "FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false",
}
_PERIODS = {"year": "%Y", "month": "%Y-%m", "week": "%G-W%V", "day": "%Y-%m-%d"}


class ExportRequest(TypedDict):
    """What a child is asked to write, and to `made`: an empty file that may grow to `file_bytes`.

    `columns` are the outputs of `sql` that the file has, with their `types`; `buckets` as in a
    query's request. With `buckets` None it is SQL that a model wrote: the file has all it selects,
    and `columns` and `types` are empty.
    """

    kind: Literal["export"]
    path: str
    table: str
    sql: str
    parameters: list[Any]
    columns: list[str]
    types: list[str]
    buckets: list[str | None] | None
    format: Literal["csv", "parquet"]
    made: str
    file_bytes: int
    cpu_s: int
    require_landlock: bool


def write(request: ExportRequest) -> Reply:
    """Write the file; errors of the query are replies."""
    try:
        with connect(request["path"], request["table"], request["made"]) as connection:
            by_model = request["buckets"] is None
            refused = refusal(connection, request["sql"], request["table"], by_model=by_model)
            if refused is not None:
                return Reply(reason="query_refused", message=f"Refused: {refused}.")
            # DuckDB keeps the order of the query inside.
            columns = _columns(connection, request)
            select = f"SELECT {columns} FROM ({request['sql']})"  # noqa: S608 - quoted
            target, options = literal(request["made"]), _OPTIONS[request["format"]]
            connection.execute(f"COPY ({select}) TO {target} ({options})", request["parameters"])
            return Reply(rows=[])
    except (MemoryError, duckdb.OutOfMemoryException):
        message = "The result needs more memory than one query may use; narrow the question."
        return Reply(reason="query_too_big", message=message)
    except duckdb.Error as error:
        if "File too large" in str(error):
            megabytes = request["file_bytes"] / (1 << 20)
            message = f"The file would be larger than {megabytes:.4g} MB; narrow the question."
            return Reply(reason="query_too_big", message=message)
        first = str(error).partition("\n")[0].replace(request["made"], "the file")
        return Reply(reason="query_failed", message=f"The table could not be queried: {first}")


def _columns(connection: duckdb.DuckDBPyConnection, request: ExportRequest) -> str:
    """The select list: typed values for Parquet, for CSV what `cells` and `csv_text` make of them.

    A query may have more columns than outputs, which it counts for itself.
    """
    names, types, buckets = request["columns"], request["types"], request["buckets"]
    if buckets is None:
        names, types = _described(connection, request["sql"])
        buckets = [None] * len(names)
    if request["format"] == "parquet":
        return ", ".join(map(quoted, names))
    parts = zip(names, types, buckets, strict=True)
    return ", ".join(
        f"{_text(quoted(name), kind, bucket)} AS {quoted(_harmless(name))}"
        for name, kind, bucket in parts
    )


def _described(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[str]]:
    """The columns of a statement, each under a name of its own, and their types."""
    described = connection.execute(f"DESCRIBE SELECT * FROM ({sql})").fetchall()  # noqa: S608 - guarded
    kinds = {"VARCHAR": "text", "DOUBLE": "number", "FLOAT": "number"}
    return [str(name) for name, *_ in described], [kinds.get(kind, "") for _, kind, *_ in described]


def _text(name: str, kind: str, bucket: str | None) -> str:
    """SQL for a column as people read it, and as no spreadsheet runs it."""
    match bucket:
        case "month_of_year" | "day_of_week":
            names = MONTHS if bucket == "month_of_year" else DAYS
            return f"[{', '.join(map(literal, names))}][{name}]"
        case "hour_of_day":
            return f"printf('%02d:00', {name})"
        case "quarter":
            return f"strftime({name}, '%Y-Q') || quarter({name})"
        case None:
            pass
        case _:
            return f"strftime({name}, '{_PERIODS.get(bucket, '%Y-%m-%d %H:%M')}')"
    if kind == "text":
        starts = ", ".join(f"chr({ord(start)})" for start in FORMULA)
        return f"CASE WHEN {name}[1] IN ({starts}) THEN chr(39) || {name} ELSE {name} END"
    return f"CASE WHEN isfinite({name}) THEN {name} END" if kind == "number" else name


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(FORMULA) else name
