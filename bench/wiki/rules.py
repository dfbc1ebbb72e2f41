"""The rules by which WikiTableQuestions compares answers, written anew from their description.

An answer is a list of values. Two lists agree if they have the same number of different values and
each value of one matches one of the other: as normalised text, as numbers, or as dates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_QUOTES = re.compile(r"[\u2018\u2019\u00b4`]")
_DOUBLE = re.compile(r"[\u201c\u201d]")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_NOTES = re.compile(r"((?<!^)\[[^\]]*\]|\[\d+\]|[•♦†‡*#+])*$")
_BRACKETS = re.compile(r"(?<!^)( \([^)]*\))*$")
_QUOTED = re.compile(r'^"([^"]*)"$')
_NUMBER = re.compile(r"[-+]?(\d[\d,]*(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_DATE = re.compile(r"(\d{4}|xx(?:xx)?)-(\d{1,2}|xx)-(\d{1,2}|xx)")
_ONLY_YEAR = re.compile(r"\d{4}-xx-xx")
_TINY = 1e-6


def normalised(text: str) -> str:
    """Text as it is compared: plain letters, quotes, dashes; no notes or brackets at its end."""
    decomposed = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in decomposed if not unicodedata.combining(c))
    text = _DASHES.sub("-", _DOUBLE.sub('"', _QUOTES.sub("'", text)))
    while True:
        before = text
        text = _NOTES.sub("", text.strip())
        text = _BRACKETS.sub("", text.strip())
        text = _QUOTED.sub(r"\1", text.strip())
        if text == before:
            break
    text = text.removesuffix(".")
    return re.sub(r"\s+", " ", text).lower().strip()


def number(text: str) -> float | None:
    """The number a value is, if it is one; a date of which only the year is known is a number."""
    text = text.strip()
    if _ONLY_YEAR.fullmatch(text.lower()):
        return float(text[:4])
    return float(text.replace(",", "")) if _NUMBER.fullmatch(text) else None


def date(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of an ISO date; unknown parts, "xx" or "xxxx", are -1."""
    found = _DATE.fullmatch(text.strip().lower())
    if not found:
        return None
    year, month, day = (-1 if part.startswith("x") else int(part) for part in found.groups())
    return year, month, day


def matches(wanted: str, given: str) -> bool:
    """Whether two values are the same."""
    if normalised(wanted) == normalised(given):
        return True
    numbers = number(wanted), number(given)
    if numbers[0] is not None and numbers[1] is not None:
        return abs(numbers[0] - numbers[1]) < _TINY
    return date(wanted) is not None and date(wanted) == date(given)


def agrees(wanted: Sequence[str], given: Sequence[str]) -> bool:
    """Whether an answer is right."""
    different = list(dict.fromkeys(_key(value) for value in given))
    expected = list(dict.fromkeys(_key(value) for value in wanted))
    if len(different) != len(expected):
        return False
    return all(any(matches(value, other) for other in given) for value in wanted)


def _key(value: str) -> str:
    """What two values share that count as one."""
    as_number = number(value)
    return normalised(value) if as_number is None else repr(as_number)
