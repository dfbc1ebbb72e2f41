"""Work: one file in the jail: its locked connection, how far it is, and what is noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Literal, TypedDict

import duckdb

from worker.query.cage import caged
from worker.query.sql import literal

Format = Literal["csv", "json", "excel", "parquet"]

# Enough for a hundred million rows in pieces; more would be memory that others need.
_MEMORY_LIMIT = "512MB"
# A row group is held in memory until it is whole; wide tables get smaller ones.
_GROUP_CELLS = 1_228_800
_GROUP_ROWS = (2_048, 122_880)
_TICK_S = 0.5
_TEXT_CHARS = 200

#: The share of a file's reading that each stage takes, for progress.
PARSING, TYPING, WRITING = (0.0, 0.6), (0.6, 0.75), (0.75, 1.0)

Part = tuple[float, float]
#: Hears the fraction that is done, 0 to 1.
Tell = Callable[[float], None]


class Unreadable(Exception):
    """The file is no table; the message says why, in words that follow the file's name."""


class ReadRequest(TypedDict):
    """What a child is asked to read.

    `sources` are files of one `format` (several only for Parquet); `scratch` and `text` are files
    for work in between and `made` the one for the result: all three exist and are empty, and none
    may grow past `file_bytes`.
    """

    kind: Literal["read"]
    format: Format
    sources: list[str]
    scratch: str
    text: str
    made: str
    file_bytes: int
    cpu_s: int
    require_landlock: bool


class Rejected(TypedDict):
    """A line that is no row of the table, and why; `text` is its beginning."""

    line: int
    reason: str
    text: str


@dataclass
class Notes:
    """What people are told of a file: what was understood, and what was lost or guessed."""

    understood: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    rows_lost: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    def reject(self, line: int, reason: str, text: str) -> None:
        """Show one lost line as an example."""
        shown = text if len(text) <= _TEXT_CHARS else text[:_TEXT_CHARS] + "…"
        self.rejected.append(Rejected(line=line, reason=reason, text=shown))


class Work:
    """One file being read."""

    def __init__(self, request: ReadRequest, tell: Tell) -> None:
        self.request = request
        self.notes = Notes()
        self._tell = tell
        paths = [*request["sources"], request["scratch"], request["text"], request["made"]]
        self.connection = locked(paths)

    def copy(self, select: str, target: str, width: int, part: Part) -> None:
        """Write a query's `width` columns as Parquet to one of the files the worker made."""
        compression = "zstd" if target == self.request["made"] else "snappy"
        low, high = _GROUP_ROWS
        rows = max(low, min(high, _GROUP_CELLS // max(width, 1) // low * low))
        options = f"FORMAT parquet, COMPRESSION {compression}, ROW_GROUP_SIZE {rows}"
        with self.watched(part):
            # Without the option DuckDB writes beside the file first, which the jail forbids.
            self.connection.execute(
                f"COPY ({select}) TO {literal(target)} ({options}, USE_TMP_FILE false)"
            )

    def done(self, part: Part, fraction: float = 1.0) -> None:
        """Tell how far a part of the work is."""
        low, high = part
        self._tell(low + (high - low) * fraction)

    @contextmanager
    def watched(self, part: Part) -> Iterator[None]:
        """Tell how far the connection's query is, while the block runs it."""
        over = Event()

        def watch() -> None:
            while not over.wait(_TICK_S):
                percent = self.connection.query_progress()
                if percent > 0:
                    self.done(part, min(percent / 100, 1.0))

        watcher = Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()
        self.done(part)


def many(number: int, noun: str) -> str:
    """A number and its noun: 1 row, 2,000 rows."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def locked(paths: list[str]) -> duckdb.DuckDBPyConnection:
    """A connection that can open nothing but `paths`, and whose settings stay as they are."""
    return caged(
        paths,
        _MEMORY_LIMIT,
        "SET TimeZone = 'UTC'",
        "SET enable_progress_bar = true",
        "SET enable_progress_bar_print = false",
    )
