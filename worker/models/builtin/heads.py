"""Heads: whether a noun is all that a column is called, or only what its classes are of."""

from __future__ import annotations

from worker.models.builtin.binding import Binding
from worker.models.builtin.frame import Frame
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.words import tokenize


def names_all_of(frame: Frame, noun: Binding) -> bool:
    """Whether the noun names the column, not what its values sort: "riders" is no "Rider type".

    A column of types, levels or groups of something has fewer values than there are of that.
    """
    said = {token.stem for token in frame.tokens[noun.start : noun.end]}
    said |= {frame.words[noun.end]} if noun.end < len(frame.words) else set()
    for name in noun.columns:
        classes = frame.vocab.columns[name] & lexicon().classes
        if classes and not classes & {*said, *(t.stem for t in tokenize(noun.said))}:
            return False
    return True
