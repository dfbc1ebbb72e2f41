"""Scales: units that say how many make one: millions, thousand km², M€."""

from __future__ import annotations

import re

_SCALES = {"k": 1e3, "thousand": 1e3, "1000": 1e3, "'000": 1e3, "000": 1e3, "m": 1e6, "mn": 1e6,
           "million": 1e6, "bn": 1e9, "billion": 1e9, "tn": 1e12, "trillion": 1e12}  # fmt: skip
_CURRENCY = re.compile(r"(k|m|mn|bn|tn)(€|\$|£|eur|usd|gbp)", re.IGNORECASE)


def scaled(unit: str | None) -> tuple[float, str | None]:
    """How many make one of a column's unit, and the unit itself: (1e6, "EUR") for "m EUR".

    The unit is None where only a number is told: "millions".
    """
    said = unit or ""
    joined = _CURRENCY.fullmatch(said)
    first, _, rest = (joined.expand(r"\1 \2") if joined else said).partition(" ")
    scale = _SCALES.get(first.lower()) or _SCALES.get(first.lower().removesuffix("s"))
    if scale is None or not (rest or len(first) > len("mn")):
        return 1.0, unit  # "m" alone is a metre
    return scale, rest or None
