"""Readers: CSV and Parquet files as typed sources, with nothing lost without a word."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from worker.query.conditions import quoted
from worker.query.errors import UnreadableTable
from worker.query.readings import (
    Reading,
    Typed,
    date_readings,
    day_reading,
    finite,
    fitting,
    of_text,
    text_readings,
)

SUFFIXES = frozenset({".csv", ".tsv", ".parquet"})

_DELIMITERS = ",;\t|"
_CHUNK_BYTES = 1 << 20
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
)
_NUMBERS = frozenset({"FLOAT", "DOUBLE", "HUGEINT", "UHUGEINT", "UBIGINT"})


@dataclass(frozen=True)
class Source:
    """A relation of the connection, its typed columns, and what was noticed while reading."""

    relation: str
    columns: list[Typed]
    problems: list[str]


def read(connection: duckdb.DuckDBPyConnection, path: Path) -> Source:
    """The file as a source; raises UnreadableTable with what is wrong."""
    connection.execute("SET TimeZone = 'UTC'")
    try:
        if path.suffix.lower() == ".parquet":
            return _parquet(connection, path)
        return _csv(connection, path)
    except duckdb.Error as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = " ".join(lines[:2])
        raise UnreadableTable(f"it cannot be read as a table: {said}") from error


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Source:
    coded = connection.execute("SELECT DISTINCT compression FROM parquet_metadata($1)", [str(path)])
    # DuckDB's Brotli decoder has had memory errors; files are not worth that risk.
    if any("BROTLI" in str(row[0]).upper() for row in coded.fetchall()):
        raise UnreadableTable("it is packed with Brotli; write it with zstd instead.")
    connection.read_parquet(str(path)).create_view("source")
    problems: list[str] = []
    columns = [
        _of_type(connection, column, kind, problems) for column, kind in _described(connection)
    ]
    return Source("source", columns, problems)


def _of_type(
    connection: duckdb.DuckDBPyConnection, column: str, kind: str, problems: list[str]
) -> Typed:
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
        if fitting(connection, "source", moment, [day_reading("{v}")]):
            return Typed(column, "date", f"CAST({moment} AS DATE)")
        return Typed(column, "datetime", moment)
    if kind == "VARCHAR":
        return of_text(connection, "source", column, date_readings(), problems)
    return Typed(column, "text", f"CAST({name} AS VARCHAR)")


def _csv(connection: duckdb.DuckDBPyConnection, path: Path) -> Source:
    problems: list[str] = []
    encoding = _encoding(path)
    if encoding == "latin-1":
        problems.append("The file is not UTF-8; it was read as Latin-1.")
    dialect = _dialect(connection, path, encoding)
    if dialect.skipped:
        problems.append(f"{dialect.skipped:,} lines before the header were skipped.")
    if not dialect.header:
        problems.append("The file has no header; its columns are called column0, column1 ...")
    connection.execute(
        "CREATE TABLE source AS SELECT * FROM read_csv($1, delim = $2, quote = $3, escape = $4, "
        "skip = $5, header = $6, encoding = $7, all_varchar = true, store_rejects = true)",
        [
            str(path),
            dialect.delimiter,
            dialect.quote,
            dialect.escape,
            dialect.skipped,
            dialect.header,
            encoding,
        ],
    )
    lost = connection.execute("SELECT count(DISTINCT line) FROM reject_errors")
    rows_lost = lost.fetchall()[0][0]
    if rows_lost:
        problems.append(f"{rows_lost:,} rows do not fit the header and were left out.")
    readings: list[Reading] = text_readings(decimal_comma=dialect.delimiter != ",")
    columns = [
        of_text(connection, "source", name, readings, problems)
        for name, _ in _described(connection)
    ]
    return Source("source", columns, problems)


@dataclass(frozen=True)
class _Dialect:
    """How a CSV is written; `skipped` lines come before the header or the first row."""

    delimiter: str
    quote: str
    escape: str
    skipped: int
    header: bool


def _dialect(connection: duckdb.DuckDBPyConnection, path: Path, encoding: str) -> _Dialect:
    try:
        found = _sniffed(connection, path, encoding, lenient=False)
    except duckdb.Error:
        found = _sniffed(connection, path, encoding, lenient=True)
    delimiter, quote, escape, skipped, header, columns = found
    if len(columns) == 1:
        # Rows of uneven length make the sniffer miss the delimiter that the header shows.
        name = columns[0]["name"]
        best = max(_DELIMITERS, key=name.count)
        delimiter = best if best in name else delimiter
    # The sniffer names the quote only if its sample has one; later rows may.
    quote, escape = (mark if len(mark) == 1 else '"' for mark in (quote, escape))
    # Where all is text a header cannot be told from a row; people's files have one.
    header = bool(header) or all(column["type"] == "VARCHAR" for column in columns)
    return _Dialect(delimiter, quote, escape, int(skipped), header)


def _sniffed(
    connection: duckdb.DuckDBPyConnection, path: Path, encoding: str, *, lenient: bool
) -> tuple[Any, ...]:
    found = connection.execute(
        "SELECT Delimiter, Quote, Escape, SkipRows, HasHeader, Columns "
        "FROM sniff_csv($1, encoding = $2, ignore_errors = $3)",
        [str(path), encoding, lenient],
    )
    return tuple(found.fetchall()[0])


def _encoding(path: Path) -> str:
    """UTF-8 or UTF-16 if the bytes are that, else Latin-1, which all bytes are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(2)
        if start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        try:
            decoder.decode(start)
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8"


def _described(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Names and DuckDB types of the source's columns."""
    rows = connection.execute("SELECT column_name, column_type FROM (DESCRIBE source)").fetchall()
    return [(str(name), str(kind)) for name, kind in rows]
