"""Values: the words by which those of text and of yes and no are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.datasets import Column
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.naming import unhyphened
from worker.models.builtin.words import Token, root, stem, tokenize
from worker.models.builtin.yes_no import said_for_yes, yes_of

if TYPE_CHECKING:
    from worker.models.builtin.vocabulary import Vocabulary

_MIN_ROOT = 3
_MIN_CONTAINED = 4
_LONGEST_VALUE = 6
_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
)


@dataclass(frozen=True)
class Value:
    """A value of a text or boolean column; `whole` is False when only a word of it was said.

    `operator` says where in the whole value such a part is sought.
    """

    column: str
    value: str | bool
    whole: bool = True
    operator: str = "contains"


def add_value(vocab: Vocabulary, column: Column, text: str, *, whole: bool) -> None:
    """Have a value be found by its words; one that is not `whole` is only part of a cell."""
    tokens = tokenize(text)
    if not tokens:
        return
    value = Value(column.name, text, whole)
    if len(tokens) == 1:
        vocab.words.add(tokens[0].lower)
    if len(tokens) <= _LONGEST_VALUE:
        said = tuple(token.stem for token in tokens)
        spelled = text.translate(_SPELLED)  # Muenchen is München
        others = [*lexicon().value_names.get(said, ()), *unhyphened(text)]
        others += [spelled] if spelled != text else []
        if stem("sex") in vocab.columns[column.name]:
            others += lexicon().sexes.get(text.lower(), ())
        for stems in (said, *(tuple(t.stem for t in tokenize(other)) for other in others)):
            vocab.values.setdefault(stems, []).append(value)
    if len(tokens) == 1 and len(tokens[0].lower) >= _MIN_ROOT:
        vocab.roots.setdefault(root(tokens[0].lower), []).append(value)
    elif len(tokens) > 1:
        for token in _worth_finding(tokens):
            partial = Value(column.name, token.text, whole=False)
            vocab.contained.setdefault(token.stem, {}).setdefault(column.name, partial)


def forget_signs(vocab: Vocabulary) -> None:
    """Let no word stand for values that only signs or capitals tell apart: an "O" for O+ or O-."""
    for said, found in vocab.values.items():
        if len(found) > 1:
            spelled = Counter(map(_letters, set(found)))  # a value may be found by a word twice
            vocab.values[said] = [value for value in found if spelled[_letters(value)] == 1]


def _letters(value: Value) -> tuple[str, str]:
    """What tokens keep of a value, and its column."""
    return value.column, " ".join(token.lower for token in tokenize(str(value.value)))


def _worth_finding(tokens: Iterable[Token]) -> Iterable[Token]:
    return (t for t in tokens if len(t.lower) >= _MIN_CONTAINED and t.lower.isalpha())


def add_boolean(vocab: Vocabulary, column: Column) -> None:
    """A yes/no column is a value named like the column: "how many survived"."""
    value = Value(column.name, value=yes_of(column) or True)
    for name in (column.name, *unhyphened(column.name)):
        for tokens in said_for_yes(name):
            vocab.values.setdefault(tokens, []).append(value)
