"""The files of WikiTableQuestions: questions with answers, and tables read as typed columns.

A cell of a web page holds more than its value: "12,467 km[3]", "May 3, 2001", "2003-04". A column
whose cells are all plain numbers is a number column. A column of other text stays as it is, and
where most of its cells begin with a number or a date, a second column holds just that: "Height
(number)", "Released (date)". Rows that are totals of the others are left out, and each row gets
its place on the page as "row number".
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.datasets import ColumnType
from worker.query.cells import MONTHS

ROW = "row number"
FOLDS = 5
_ESCAPES = {"\\n": "\n", "\\p": "|", "\\\\": "\\"}
_NOTHING = {"", "-", "n/a", "na", "none", "?", "tba", "tbd", "unknown"}
_MOST = 0.7
_NOTE = re.compile(r"(\[[^\]]*\]|[•♦†‡*^])+\s*$")
_LEADING = re.compile(
    r"^(?:[^\w\s.+-]{0,3}|us\$|[a-z]{0,2}\$|no\.|#|~|c\.|ca\.|about|over|est\.)\s*"
    r"([-+]?\d{1,3}(?:[ ]\d{3})+(?!\d)|[-+]?\d[\d,]*(?:\.\d+)?|[-+]?\.\d+)(?![\d:]|-\d|/\d|\.\d)"
)
_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)\b")
_PLAIN = re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|[-+]?\.\d+")
_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)\b")
_TOTAL = re.compile(r"^(grand )?(totals?|sum|average|overall)\b")
_MONTH = {name[:3].lower(): at for at, name in enumerate(MONTHS, 1)}
_NO_YEAR = 1904
_DAYS = range(1, 32)


@dataclass(frozen=True)
class Question:
    """One question with its right answer."""

    id: str
    text: str
    table: str
    answer: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """A table by columns: names, types and values."""

    names: list[str]
    types: list[ColumnType]
    values: list[list[Any]]


def questions(path: Path) -> list[Question]:
    """The questions of a file."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = [line.rstrip("\n").split("\t") for line in file][1:]
    return [
        Question(line[0], line[1], line[2], tuple(_unescaped(v) for v in line[3].split("|")))
        for line in lines
        if len(line) > 3
    ]


def fold_of(table: str) -> int:
    """The fold that a table is dealt into."""
    return zlib.crc32(table.encode()) % FOLDS


def _unescaped(value: str) -> str:
    return re.sub(r"\\[np\\]", lambda found: _ESCAPES[found.group()], value)


def read(path: Path) -> Columns:
    """A table of the collection."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, doublequote=False, escapechar="\\"))
    header, body = _names(rows[0]), rows[1:]
    cells = [
        [_clean(row[at]) if at < len(row) else "" for at in range(len(header))] for row in body
    ]
    kept = [row for row in cells if not _is_total(row)] or cells
    names, types, values = [ROW], ["integer"], [list(range(1, len(kept) + 1))]
    for at, name in enumerate(header):
        for own, kind, column in _typed(name, [row[at] for row in kept]):
            names.append(own)
            types.append(kind)
            values.append(column)
    return Columns(names, types, values)  # type: ignore[arg-type]


def _is_total(row: list[str]) -> bool:
    first = next((cell for cell in row if cell), "")
    return bool(_TOTAL.match(first.lower()))


def _names(header: list[str]) -> list[str]:
    names: list[str] = []
    for at, text in enumerate(header):
        base = _clean(text) or f"column {at + 1}"
        name, number = base, 2
        while name.lower() in {ROW, *(other.lower() for other in names)}:
            name, number = f"{base} {number}", number + 1
        names.append(name)
    return names


def _clean(cell: str) -> str:
    return re.sub(r"\s+", " ", cell.replace("\\n", " ")).strip()


def _plain(cell: str) -> str:
    text = unicodedata.normalize("NFKC", cell)
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    return _NOTE.sub("", text).strip().lower()


def _typed(name: str, cells: list[str]) -> list[tuple[str, str, list[Any]]]:
    """The column itself, and what it begins with as a column of its own."""
    plain = [_plain(cell) for cell in cells]
    some = [text for text in plain if text not in _NOTHING]
    if not some:
        return [(name, "text", [cell or None for cell in cells])]
    if all(_PLAIN.fullmatch(text) for text in some):
        numbers = [_number(text) for text in plain]
        whole = all(n is None or n.is_integer() for n in numbers)
        if whole:
            return [(name, "integer", [None if n is None else int(n) for n in numbers])]
        return [(name, "number", numbers)]
    kept = [cell if text not in _NOTHING else None for cell, text in zip(cells, plain, strict=True)]
    found: list[tuple[str, str, list[Any]]] = [(name, "text", kept)]
    dates = [_date(text) for text in plain]
    if sum(d is not None for d in dates) >= _MOST * len(some):
        return [*found, (f"{name} (date)", "date", dates)]
    numbers = [_number(text) for text in plain]
    if sum(n is not None for n in numbers) < _MOST * len(some):
        numbers = [_year(text) for text in plain]
    if sum(n is not None for n in numbers) >= _MOST * len(some):
        found.append((f"{name} (number)", "number", numbers))
    return found


def _number(text: str) -> float | None:
    clock = _CLOCK.match(text)
    if clock:
        hours, minutes, seconds = clock.groups()
        return float(hours or 0) * 3600 + float(minutes) * 60 + float(seconds)
    found = _LEADING.match(text)
    return float(re.sub(r"[, ]", "", found.group(1))) if found else None


def _year(text: str) -> float | None:
    found = _YEAR.search(text)
    return float(found.group()) if found else None


def _date(text: str) -> dt.date | None:
    """A date with at least its month; a missing year is the same leap year for all."""
    iso = re.search(r"\b(\d{4})-(\d\d)-(\d\d)\b", text)
    dotted = re.search(r"\b(\d\d?)\.(\d\d?)\.(\d{4})\b", text)
    words = re.findall(r"[a-z]+", text)
    month = next((_MONTH[w[:3]] for w in words if w[:3] in _MONTH and _is_month(w)), None)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif dotted:
        day, month, year = (int(part) for part in dotted.groups())
    elif month is None:
        return None
    else:
        years = _YEAR.search(text)
        year = int(years.group()) if years else _NO_YEAR
        days = [int(d) for d in re.findall(r"\b(\d{1,2})(?:st|nd|rd|th)?\b", text)]
        day = next((d for d in days if d in _DAYS), 1)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _is_month(word: str) -> bool:
    names = {name.lower() for name in MONTHS}
    return word in names or word in {name[:3] for name in names} or word == "sept"
