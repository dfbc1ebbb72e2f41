"""Parquet: files that have types already, one or a folder of them."""

from __future__ import annotations

from worker.query.intake.forms import date_readings, day_reading, finite
from worker.query.intake.readings import Typed, fitting, of_text
from worker.query.intake.work import TYPING, Unreadable, Work
from worker.query.sql import literal, quoted

# DuckDB's Brotli decoder has had memory errors; files are not worth that risk.
_CODECS = frozenset({"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4", "LZ4_RAW"})
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
)
_NUMBERS = frozenset({"FLOAT", "DOUBLE", "HUGEINT", "UHUGEINT", "UBIGINT"})


def read(work: Work) -> list[Typed]:
    """The files as the view `source`, and its columns."""
    files = f"[{', '.join(literal(path) for path in work.request['sources'])}]"
    _check_codecs(work, files)
    work.connection.execute(
        f"CREATE VIEW source AS SELECT * FROM read_parquet({files}, union_by_name = true)"  # noqa: S608 - quoted
    )
    described = work.connection.execute("SELECT column_name, column_type FROM (DESCRIBE source)")
    kinds = described.fetchall()
    if len(work.request["sources"]) > 1:
        work.notes.understood.append(f"{len(work.request['sources']):,} files as one table.")
    columns = []
    for at, (name, kind) in enumerate(kinds):
        columns.append(_typed(work, str(name), str(kind)))
        work.done(TYPING, (at + 1) / len(kinds))
    return columns


def _check_codecs(work: Work, files: str) -> None:
    found = work.connection.execute(f"SELECT DISTINCT compression FROM parquet_metadata({files})")  # noqa: S608 - quoted
    for (codec,) in found.fetchall():
        if str(codec).upper() not in _CODECS:
            name = str(codec).capitalize()
            raise Unreadable(f"it is packed with {name}; write it with zstd instead.")


def _typed(work: Work, column: str, kind: str) -> Typed:
    """A column that has a type already, as one of ours; text is only looked through for dates."""
    name = quoted(column)
    if kind in _INTEGERS:
        return Typed(column, "integer", f"CAST({name} AS BIGINT)")
    if kind in _NUMBERS or kind.startswith("DECIMAL"):
        return Typed(column, "number", finite(f"CAST({name} AS DOUBLE)"))
    if kind == "BOOLEAN":
        return Typed(column, "boolean", name)
    if kind == "DATE":
        return Typed(column, "date", name)
    if kind.startswith("TIMESTAMP"):
        moment = f"CAST({name} AS TIMESTAMP)"
        if fitting(work.connection, "source", moment, [day_reading("{v}")]):
            return Typed(column, "date", f"CAST({moment} AS DATE)")
        return Typed(column, "datetime", moment)
    if kind == "VARCHAR":
        return of_text(work, column, date_readings())
    work.notes.problems.append(f'"{column}" holds values of type {kind}; they are kept as text.')
    return Typed(column, "text", f"CAST({name} AS VARCHAR)")
