"""CSV, TSV and their kin: one row per line, however it is delimited, quoted and encoded."""

from __future__ import annotations

import csv
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from worker.query.intake.encodings import as_utf8
from worker.query.intake.forms import text_readings
from worker.query.intake.headers import named
from worker.query.intake.readings import Reading
from worker.query.intake.work import PARSING, Unreadable, Work, many
from worker.query.sql import literal

_DELIMITERS = ",;\t|"
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
#: The longest line; DuckDB holds several of them in memory.
_MOST_LINE_BYTES = 4 << 20
_MOST_REJECTED = 100_000
_EXAMPLES = 5
_REASONS = {
    "MISSING COLUMNS": "a row has fewer values than the header",
    "TOO MANY COLUMNS": "a row has more values than the header",
    "UNQUOTED VALUE": "the quotes do not match",
    "LINE SIZE OVER MAXIMUM": "a line is longer than 4 MB",
    "INVALID ENCODING": "a line is not text",
}


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written; `skipped` lines come before the header or the first row."""

    delimiter: str
    quote: str
    escape: str
    skipped: int
    header: bool


def read(work: Work) -> list[Reading]:
    """The file as text columns in `work.request["text"]`; how its values may be read."""
    source = Path(work.request["sources"][0])
    path = as_utf8(source, Path(work.request["scratch"]), work.notes)
    return read_text(work, path, sniffed(work, path))


def read_text(work: Work, path: Path, dialect: Dialect) -> list[Reading]:
    """A UTF-8 file of a known dialect."""
    cells = _header(path, dialect)
    headless = [f"column {at}" for at in range(1, len(cells) + 1)]
    names = named(cells if dialect.header else headless, work.notes)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    select = (
        f"SELECT * FROM read_csv({literal(str(path))}, delim = {literal(dialect.delimiter)}, "  # noqa: S608 - all quoted
        f"quote = {literal(dialect.quote)}, escape = {literal(dialect.escape)}, "
        f"skip = {dialect.skipped}, header = {dialect.header}, columns = {{{columns}}}, "
        f"auto_detect = false, max_line_size = {_MOST_LINE_BYTES}, "
        f"store_rejects = true, rejects_limit = {_MOST_REJECTED})"
    )
    work.copy(select, work.request["text"], len(names), PARSING)
    _note_rejected(work)
    return text_readings(decimal_comma=dialect.delimiter != ",")


def sniffed(work: Work, path: Path, delimiter: str = "") -> Dialect:
    """How the file is written; all of it is guessed but a `delimiter` that is given."""
    try:
        found = _sniff(work.connection, path, delimiter, lenient=False)
    except duckdb.Error:
        found = _sniff(work.connection, path, delimiter, lenient=True)
    sniffed_delimiter, quote, escape, skipped, header, columns = found
    if not delimiter:
        delimiter = sniffed_delimiter
        if len(columns) == 1:
            # Rows of uneven length make the sniffer miss the delimiter that the header shows.
            name = columns[0]["name"]
            best = max(_DELIMITERS, key=name.count)
            delimiter = best if best in name else delimiter
        work.notes.understood.append(f"Values are separated by {_NAMES.get(delimiter, delimiter)}.")
    # The sniffer names the quote only if its sample has one; later rows may.
    quote, escape = (mark if len(mark) == 1 else '"' for mark in (quote, escape))
    # Where all is text a header cannot be told from a row; people's files have one.
    header = bool(header) or all(column["type"] == "VARCHAR" for column in columns)
    dialect = Dialect(delimiter, quote, escape, int(skipped), header)
    _note_header(work, dialect)
    return dialect


def _sniff(
    connection: duckdb.DuckDBPyConnection, path: Path, delimiter: str, *, lenient: bool
) -> tuple[Any, ...]:
    given = f", delim = {literal(delimiter)}" if delimiter else ""
    options = f"ignore_errors = {lenient}, max_line_size = {_MOST_LINE_BYTES}{given}"
    found = connection.execute(
        "SELECT Delimiter, Quote, Escape, SkipRows, HasHeader, Columns "  # noqa: S608 - quoted
        f"FROM sniff_csv({literal(str(path))}, {options})"
    )
    return tuple(found.fetchall()[0])


def _note_header(work: Work, dialect: Dialect) -> None:
    if dialect.skipped:
        skipped = many(dialect.skipped, "line")
        work.notes.problems.append(f"Skipped before the header: {skipped}.")
    if dialect.header:
        work.notes.understood.append(f"Line {dialect.skipped + 1:,} names the columns.")
    else:
        work.notes.problems.append(
            "The file has no header; its columns are called column 1, column 2 ..."
        )


def _header(path: Path, dialect: Dialect) -> list[str]:
    """The cells of the first line."""
    csv.field_size_limit(_MOST_LINE_BYTES)
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = itertools.islice(file, dialect.skipped, None)
        rows = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote)
        try:
            first = next((row for row in rows if row), None)
        except csv.Error as error:
            raise Unreadable(f"its first line cannot be read ({error}).") from error
    if first is None:
        raise Unreadable("it is empty.")
    return first


def _note_rejected(work: Work) -> None:
    """Count and show the lines that are no rows."""
    lost = work.connection.execute(
        "SELECT line, min_by(error_type::VARCHAR, byte_position), any_value(csv_line) "
        "FROM reject_errors GROUP BY file_id, line ORDER BY line"
    ).fetchall()
    if len(lost) >= _MOST_REJECTED:
        raise Unreadable(f"more than {_MOST_REJECTED:,} of its lines do not fit its header.")
    if not lost:
        return
    work.notes.rows_lost = len(lost)
    reasons: dict[str, list[int]] = {}
    for line, kind, text in lost:
        reason = _REASONS.get(kind, "a line cannot be read")
        reasons.setdefault(reason, []).append(line)
        if len(work.notes.rejected) < _EXAMPLES:
            work.notes.reject(line, reason, text or "")
    for reason, lines in reasons.items():
        which = f"line {lines[0]:,}" if len(lines) == 1 else f"the first is line {lines[0]:,}"
        work.notes.problems.append(
            f"Left out because {reason}: {many(len(lines), 'row')} ({which})."
        )
