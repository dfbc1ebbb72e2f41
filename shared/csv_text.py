"""Rows as CSV: RFC 4180, UTF-8, and nothing a spreadsheet would run.

Only the standard library is imported here: the query helper loads this module.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

#: A text that begins so is a formula to a spreadsheet; an apostrophe before it makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Rows of JSON cells as CSV, a few thousand at a time: None is empty, numbers are in full."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for at, row in enumerate(rows, 1):
        writer.writerow([_cell(value) for value in row])
        if at % 1000 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    # A lone surrogate, which JSON may hold and UTF-8 may not, becomes a question mark.
    return text.encode(errors="replace")
