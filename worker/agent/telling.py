"""Telling: an answer's text as parts, by the template or by a model, each number bound by code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from worker.agent.claims import TOKEN, Facts, UnknownClaim, faults, parts_of
from worker.agent.evidence import TextPart

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
# Words that claim a number without a digit; "one" and "first" have other uses, and stay.
_NUMBER_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|"
    r"hundreds?|thousands?|millions?|billions?|dozens?|half|twice|thrice|doubled?|tripled?|"
    r"(two|three|four|five)fold)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:]|\band\b|\bthen\b|\bbut\b|\bwhile\b")
_PARTED = 1000
# A link or an image could carry what a cell says to somebody else.
_MARKUP = re.compile(r"\w+://\S*|\]\(|<\w")
_SHORTEST_NAME = 3


@dataclass(frozen=True)
class Grounds:
    """What a model's sentence is checked against.

    `said` is the text whose numbers it may repeat, `keys` the table's columns that name its rows.
    """

    facts: Facts
    said: str
    keys: frozenset[int]

    def checked(self, sentence: str) -> list[TextPart]:
        """A sentence with tokens as parts; raises UnknownClaim that says why it cannot be shown."""
        parts = parts_of(sentence, self.facts)
        wrong = faults(parts, self.facts, self.said)
        words = "".join(part.text for part in parts if part.cell is None and part.field is None)
        wrong += [m.group() for m in _NUMBER_WORDS.finditer(words) if m.group() not in self.said]
        wrong += [m.group() for m in _MARKUP.finditer(words)]
        wrong += self._names(words)
        if wrong:
            raise UnknownClaim(f"not in the result: {', '.join(wrong)}")
        if not self._paired(sentence):
            raise UnknownClaim("a number stands next to the name of another row")
        return parts

    def _names(self, words: str) -> list[str]:
        """Names of rows that are written out instead of bound: they could be the wrong ones."""
        rows = self.facts.table.rows
        if len(rows) < 2:
            return []
        names = {str(row[at]) for row in rows for at in self.keys}
        return [
            name
            for name in sorted(names)
            if len(name) >= _SHORTEST_NAME
            and name not in self.said
            and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words, re.IGNORECASE)
        ]

    def _paired(self, sentence: str) -> bool:
        """Whether every number stands nearest to the name of its own row, where rows are named."""
        found = [m for m in TOKEN.finditer(sentence) if m.group(1) is not None]
        names = [m for m in found if int(m.group(2)) in self.keys]
        figures = [m for m in found if int(m.group(2)) not in self.keys and m.group(3) is None]
        for one in figures if names else ():
            gaps = [_gap(one, name, sentence) for name in names]
            rows = {n.group(1) for n, gap in zip(names, gaps, strict=True) if gap == min(gaps)}
            if one.group(1) not in rows:
                return False
        return True


def _gap(one: re.Match[str], other: re.Match[str], sentence: str) -> int:
    """How far two tokens stand from each other; what a comma parts is far apart."""
    between = sentence[min(one.end(), other.end()) : max(one.start(), other.start())]
    return len(between) + _PARTED * len(_CLAUSE.findall(between))


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
