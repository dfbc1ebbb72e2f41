"""Money names: what amounts of money are called besides their column's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.naming import name_words
from worker.models.builtin.words import stem

if TYPE_CHECKING:
    from worker.models.builtin.vocabulary import Vocabulary

# What a salary is called, and what people do to get it.
_EARNING = ("pay", "earn", "earner", "earnings", "wage", "salary")


def name_money(vocab: Vocabulary) -> None:
    """Money is all that such a column holds, and a salary is what people earn or are paid."""
    for name in [name for name in vocab.columns if vocab.is_money(name)]:
        earned = vocab.columns[name] & {stem("salary"), stem("wage")}
        for said in ("money", *(_EARNING if earned else ())):
            alias = name_words(said, lexicon())
            if name not in vocab.aliases.setdefault(alias, []):
                vocab.aliases[alias].append(name)
