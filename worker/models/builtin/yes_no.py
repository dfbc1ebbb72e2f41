"""Yes and no: columns of two answers, and the words that ask for those with a yes."""

from __future__ import annotations

from shared.datasets import Column
from worker.models.builtin.words import tokenize

_ANSWERS = (("yes", "no"), ("y", "n"), ("true", "false"), ("t", "f"))
# What the name of such a column may begin with: "Is member", "On loan".
_ASKING = frozenset({"is", "was", "has", "had", "on"})


def yes_of(column: Column) -> str | None:
    """The value that says yes in a text column of two answers."""
    said = {value.lower(): value for value in column.values or []}
    pair = next((yes for yes, no in _ANSWERS if set(said) == {yes, no}), None)
    return said[pair] if pair else None


def said_for_yes(name: str) -> set[tuple[str, ...]]:
    """The stems by which the name asks for a yes, without the "is" before it, or turned round."""
    said = tuple(token.stem for token in tokenize(name))
    turned = {said[::-1]} if len(said) == len(("pets", "allowed")) else set()
    return {said, said[1:]} if len(said) > 1 and said[0] in _ASKING else {said} | turned
