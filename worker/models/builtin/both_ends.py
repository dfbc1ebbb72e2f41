"""Both ends: "the smallest and the largest screen" asks for two figures."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from worker.models.builtin.frame import Frame
from worker.models.builtin.lexicon import Sense

_LOW, _HIGH = {"low", "extreme_low"}, {"high", "extreme_high"}


def both_ends(frame: Frame) -> None:
    """Read two opposite superlatives with an "and" between them as the least and the most."""
    for one, other in pairwise(frame.all("most")):
        ends = {one.name in _HIGH, other.name in _HIGH}
        known = {one.name, other.name} <= _LOW | _HIGH
        linked = frame.words_between(one, other) <= {"and", "the", "&"} and one.end < other.start
        if not (known and linked and ends == {True, False}):
            continue
        figures = {b: Sense("function", "max" if b.name in _HIGH else "min") for b in (one, other)}
        frame.reading = tuple(
            replace(b, kind="function", sense=figures[b]) if b in figures else b
            for b in frame.reading
        )
