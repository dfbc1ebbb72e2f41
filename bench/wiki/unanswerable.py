"""Questions without an answer, made from those that have one, to learn when not to answer.

Three kinds: a question asked of another table, one that knows many of its words but not all that it
turns on; a question of which one word of weight is replaced by a word of the same kind that the
table does not have; and one that asks besides for a name that the table does not have. What a
question turns on are the words that have a part in a right plan.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

from bench.wiki.tables import Question, fold_of
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.ranked.candidate import Candidate
from worker.models.builtin.ranked.cues import cues
from worker.models.builtin.ranked.features import Question as Asked
from worker.models.builtin.ranked.features import covered
from worker.models.builtin.ranked.mentions import is_glue
from worker.models.builtin.ranked.remains import Left, column_stems
from worker.models.builtin.words import Token, tokenize

_SEED = 20261130
_NEAREST = 6
_LEAST_LETTERS = 3
_TRIALS = 20
_WORDS_OF_VALUES = frozenset({"whole", "trimmed", "part", "inside"})
_ASKED = frozenset({"counted", "amount", "asked"})


@dataclass(frozen=True)
class Part:
    """Words of a question, as written, that a right plan turns on or that say what is asked.

    They stand at [start, end); `kind` is "value", "column" or one of a word that is left over.
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Known:
    """A question, its words, its parts, and the stems of its table's values and columns."""

    question: Question
    tokens: Sequence[Token]
    parts: Sequence[Part]
    table: frozenset[str]

    @property
    def fold(self) -> int:
        """The fold of its table."""
        return fold_of(self.question.table)

    @property
    def stems(self) -> set[str]:
        """The stems of its words that mean something by themselves."""
        return {token.stem for token in self.tokens if not is_glue(token)}

    def words(self, part: Part) -> list[Token]:
        """The words of a part."""
        return list(self.tokens[part.start : part.end])


def known_of(question: Question, asked: Asked, right: Candidate, over: Sequence[Left]) -> Known:
    """What a question turns on, by a right plan and the words it leaves over."""
    links = asked.links
    values = [(m.start, m.end) for m, option in right.uses if option.how in _WORDS_OF_VALUES]
    bound = covered(links, right)
    said = {at for mention, _ in right.uses for at in range(mention.start, mention.end)}
    left = zip(sorted(asked.content - bound), over, strict=True)
    parts = [Part(start, end, "value") for start, end in values]
    parts += [Part(at, at + 1, "column") for at in sorted((bound & asked.content) - said)]
    parts += [Part(at, at + 1, one.kind) for at, one in left if one.kind in _ASKED]
    heavy = [p for p in parts if links.words[p.start] not in cues("light") | cues("operations")]
    stems = frozenset(links.table.words) | column_stems(links) | links.table.entity
    return Known(question, links.tokens, heavy, stems)


def unanswerable(known: Sequence[Known]) -> list[Question]:
    """One question without an answer for each of these, where one can be made."""
    chance = random.Random(_SEED)
    others, words = _Others(known, chance), _Words(known, chance)
    ways = (others.asked, words.replaced)
    made = []
    for at, one in enumerate(known):
        found = words.added(one) if at % 10 == 0 else ways[at % 2](one)
        if found is not None:
            made.append(replace(found, answer=()))
    return made


class _Others:
    """Other tables of a fold, by the words they have."""

    def __init__(self, known: Sequence[Known], chance: random.Random) -> None:
        self._chance = chance
        self._stems = {one.question.table: one.table for one in known}
        self._having: dict[tuple[int, str], list[str]] = defaultdict(list)
        for name, stems in sorted(self._stems.items()):
            for word in stems:
                self._having[fold_of(name), word].append(name)

    def asked(self, one: Known) -> Question | None:
        """The question asked of a table with many of its words, but not all it turns on."""
        needed = {
            token.stem
            for part in one.parts
            if part.kind not in _ASKED
            for token in one.words(part)
            if token.number is None and token.stem in one.table
        }
        score: dict[str, float] = defaultdict(float)
        for word in sorted(one.stems):
            names = self._having.get((one.fold, word), [])
            for name in names:
                score[name] += 1 / log(2 + len(names))
        ranked = sorted(score, key=lambda name: (-score[name], name))
        near = [name for name in ranked if not needed <= self._stems[name]]
        return replace(one.question, table=self._chance.choice(near[:_NEAREST])) if near else None


class _Words:
    """Words of questions by kind, to put in the place of others."""

    def __init__(self, known: Sequence[Known], chance: random.Random) -> None:
        self._chance = chance
        self._pools: dict[str, list[str]] = defaultdict(list)
        for one in known:
            for part in one.parts:
                self._pools[part.kind].append(" ".join(t.text for t in one.words(part)))

    def replaced(self, one: Known) -> Question | None:
        """The question with one part replaced."""
        if not one.parts:
            return None
        part = self._chance.choice(one.parts)
        words = [token.text for token in one.tokens]
        other = self._foreign(one, part.kind)
        text = " ".join([*words[: part.start], other, *words[part.end :]])
        return replace(one.question, text=text) if other else None

    def added(self, one: Known) -> Question | None:
        """The question with a name besides."""
        other = self._foreign(one, "value").title()
        text = f"{one.question.text.rstrip(' ?.')} in {other}?"
        return replace(one.question, text=text) if other else None

    def _foreign(self, one: Known, kind: str) -> str:
        """Words of a kind, all of which mean something, and none of which the table has."""
        canon = lexicon().canon
        for _ in range(_TRIALS):
            other = self._chance.choice(self._pools[kind])
            words = [token for token in tokenize(other) if len(token.lower) >= _LEAST_LETTERS]
            stems = {token.stem for token in words} | {canon(token.stem) for token in words}
            if words and not stems & (one.table | one.stems):
                return other
        return ""
