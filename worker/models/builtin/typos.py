"""Typos: long unknown words that are nearly known ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapidfuzz.distance import OSA

from worker.models.builtin.words import Token, stem

_MIN_LETTERS = 6
_LONG_WORD = 9
# Words of their own that are nearly others.
_WORDS = frozenset({"capita", "planet", "planets", "customs", "country", "county", "counties"})


def meant(word: str, known: Mapping[tuple[str, int], Sequence[str]]) -> Token | None:
    """The one known word that a lower-case word nearly is; None if there is none, or several.

    `known` has words by their first letter and their length.
    """
    if len(word) < _MIN_LETTERS or not word.isalpha() or word in _WORDS:
        return None
    allowed = 1 if len(word) < _LONG_WORD else 2
    lengths = range(max(len(word) - allowed, _MIN_LETTERS - 1), len(word) + allowed + 1)
    near = (one for n in lengths for one in known.get((word[0], n), ()))
    ranked = sorted(
        (distance, one)
        for one in near
        if (distance := OSA.distance(word, one, score_cutoff=allowed)) <= allowed
    )
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return Token(word, ranked[0][1], stem(ranked[0][1]))
