"""Row nouns: what the rows of a table are called, and the columns that only number or name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.datasets import Column
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.words import stem, tokenize

if TYPE_CHECKING:
    from worker.models.builtin.vocabulary import Vocabulary

#: The stems of what a column is called that only numbers or names something.
NUMBERING = frozenset({"id", "number", "ref", "refer", "key", "code", "index", "name"})
# What was done with the pieces that a number column counts: "Tickets sold".
_DONE = frozenset({"sold", "issued", "ordered", "used", "delivered", "processed", "checked"})


def identifiers(vocab: Vocabulary, nouns: frozenset[str]) -> frozenset[str]:
    """The columns with a value of its own for each row that are called after rows or a number."""
    telling = nouns | NUMBERING
    return frozenset(
        column.name
        for column in vocab.of_type("integer", "text")
        if vocab.is_unique(column.name) and (vocab.columns[column.name] <= telling
                                             or _numbers_people(vocab, column))
    )  # fmt: skip


def _numbers_people(vocab: Vocabulary, column: Column) -> bool:
    """Whether whole numbers run through people: each "Respondent" has one."""
    words, low, high = vocab.columns[column.name], column.minimum, column.maximum
    if not words <= lexicon().persons or not (isinstance(low, int) and isinstance(high, int)):
        return False
    return high - low + 1 == vocab.profile.rows


def row_nouns(vocab: Vocabulary) -> frozenset[str]:
    """What one row may be called: its period, or the last word of the table's plural name."""
    nouns = {stem(vocab.grain)} if vocab.grain else set()
    done = (c.name for c in vocab.of_type("integer", "number") if vocab.spelled[c.name] & _DONE)
    counted = {word for name in done for word in vocab.columns[name]}
    for name in (vocab.profile.id, vocab.profile.title):
        tokens = tokenize(name)
        if tokens and tokens[-1].lower.endswith("s"):
            nouns.add(tokens[-1].stem)
            if len(tokens) > 1 and tokens[-1].stem in counted:
                nouns.add(tokens[-2].stem)  # with a number of tickets each, rows are concerts
    for synonym in vocab.profile.synonyms:
        nouns |= {token.stem for token in tokenize(synonym)}
    canon = lexicon().canonical
    alike = {canon[noun] for noun in nouns if noun in canon}
    return frozenset(nouns | {word for word, same in canon.items() if same in alike})
