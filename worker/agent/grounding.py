"""Grounding: every number in a model's text must come from the result or from the question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from worker.agent.results import QueryResult

_NUMBER = re.compile(r"(?<![\w.])[-\u2212]?\d[\d,]*(?:\.\d+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


def ungrounded(text: str, question: str, result: QueryResult) -> list[str]:
    """The numbers of `text` that neither a cell nor the question has, as written.

    A number may be a cell rounded to as many decimals as are written.
    """
    known_text = set(_numbers(question))
    cells = [float(c) for c in _cells(result) if isinstance(c, int | float)]
    for value in _cells(result):
        if isinstance(value, str):
            known_text.update(_numbers(value))
    return [
        written
        for written in _numbers(text)
        if written not in known_text and not _rounds_to(written, cells)
    ]


def _cells(result: QueryResult) -> Iterator[Any]:
    for row in result.table.rows:
        yield from row
    yield from (result.rows_read, result.rows_used, result.table.total_rows)


def _numbers(text: str) -> Iterator[str]:
    for match in _NUMBER.finditer(text):
        yield match.group().replace(",", "").replace("\u2212", "-").lstrip("0") or "0"


def _rounds_to(written: str, cells: list[float]) -> bool:
    decimals = len(written.partition(".")[2])
    value = float(written)
    # Half a unit of the last digit, so that rounding half up and half to even both pass.
    slack = 0.5 * 10**-decimals + 1e-9
    return any(abs(abs(cell) - abs(value)) <= slack for cell in cells)


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Text that arrives in pieces, sentence by sentence, each with the space that follows it."""
    pending = ""
    for piece in pieces:
        pending += piece
        while match := _SENTENCE_END.search(pending):
            yield pending[: match.end()]
            pending = pending[match.end() :]
    if pending:
        yield pending
