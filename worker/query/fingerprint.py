"""Fingerprint: one hash of a result, so that two runs of a query can be compared without rows.

It is the SHA-256, in hexadecimal, of UTF-8 lines joined by line feeds: first the number of rows of
the whole result, then each row that was kept, in order, as compact JSON. Numbers with a fraction
are rounded to nine significant digits, because sums of such numbers depend on the order in which
threads add them; whole numbers are written without a fraction. Headers and units are not part of
it: they are wording.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

_DIGITS = 9


def result_hash(rows: list[list[Any]], total_rows: int) -> str:
    """The fingerprint of a result."""
    lines = [str(total_rows), *(_line(row) for row in rows)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _line(row: list[Any]) -> str:
    canonical = [_canonical(cell) for cell in row]
    return json.dumps(canonical, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _canonical(cell: Any) -> Any:
    if not isinstance(cell, float):
        return cell
    rounded = float(f"{cell:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded
