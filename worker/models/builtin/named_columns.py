"""Named columns: which of a table's columns some words of a question are the name of."""

from __future__ import annotations

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.row_nouns import NUMBERING
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import Token, stem

#: How sure a name is that is said in full, by a synonym, or in part.
EXACT, SYNONYM, PARTIAL = 1.0, 0.97, 0.94
# Words that may stand inside the name of a column but neither begin nor end it.
_EDGE = frozenset({"of", "in", "on", "at", "the", "per", "$"})


def named_columns(span: list[Token], vocab: Vocabulary) -> tuple[tuple[str, ...], float]:
    """The columns that a span names, and how sure: all of a name's words, or some of them.

    No weak word alone makes part of a name; without any column, there is none.
    """
    words = lexicon()
    if span[0].lower in _EDGE or span[-1].lower in _EDGE:
        return (), 0.0
    said = {words.canon(t.stem) for t in span if t.lower not in _EDGE}
    if len(said) < len([t for t in span if t.lower not in _EDGE]):
        return (), 0.0
    full = [name for name, own in vocab.columns.items() if own == said]
    if any(token.lower == "per" for token in span):  # a "price per sale" is no "Sale price"
        full = [name for name in full if "per" in vocab.spelled[name]]
    full = full or vocab.aliases.get(frozenset(said), [])
    full = _as_written(span, full, vocab) or _literally(span, full, vocab) or full
    if len(span) == 1 and span[0].lower.endswith("ed"):
        full = [name for name in full if name in vocab.events] or full  # booked is no booking
    exact = all(t.stem == words.canon(t.stem) for t in span)
    if full:
        columns = (*full, *_spelled_so(span, full, vocab))
        return columns, EXACT if exact else SYNONYM
    if said <= {words.canon(word) for word in words.weak}:
        return (), 0.0
    if all(token.lower in words.filler for token in span):
        return (), 0.0  # the "which" of "of which children"
    partial = tuple(name for name, own in vocab.columns.items() if said < own)
    if not partial and len(span) == 1:  # "who directed" asks for the director
        ends = {stem(f"{span[0].stem}{end}") for end in ("or", "er")}
        partial = tuple(name for name, own in vocab.columns.items() if own & ends)
    return _named_by(span, partial, vocab), PARTIAL


def _named_by(span: list[Token], partial: tuple[str, ...], vocab: Vocabulary) -> tuple[str, ...]:
    """Of columns that have the words in their name, those that may be called by them.

    "Guests" have a "Guest ID" rather than a "Guest country"; who "finished" speaks of no "Finish
    time", though who was "delayed" had a "Dep. Delay", and who was "hired" a "Hire date".
    """
    said = {lexicon().canon(t.stem) for t in span}
    if len(span) == 1:
        word = span[0].lower
        forms = {word, f"{word}s", word.removesuffix("s"), word.removesuffix("es")}
        others = vocab.numbers | vocab.identifiers | vocab.labels
        partial = tuple(
            name
            for name in partial
            if name not in others or forms & vocab.spelled[name] or vocab.heads[name] in said
        )
    own = tuple(name for name in partial if vocab.columns[name] - said <= NUMBERING)
    written = _as_written(span, list(partial), vocab)
    return own or (tuple(written) if len(written) == 1 else partial)


def _as_written(span: list[Token], names: list[str], vocab: Vocabulary) -> list[str]:
    """The columns with these very words in their names: a plug is not when it was plugged in."""
    written = {t.lower for t in span if t.lower not in _EDGE}
    return [name for name in names if written <= vocab.spelled[name]]


def _literally(span: list[Token], full: list[str], vocab: Vocabulary) -> list[str]:
    """The columns that are called so themselves, not by another word for it: cost, not fare."""
    written = {t.stem for t in span if t.lower not in _EDGE}
    return [name for name in full if written <= {stem(word) for word in vocab.spelled[name]}]


def _spelled_so(span: list[Token], full: list[str], vocab: Vocabulary) -> list[str]:
    """Columns that have the very words when `full` only shares their stems.

    "Unemployment" has the stem of `unemployed` but is a word of `unemployment_rate`.
    """
    written = {t.lower for t in span if t.lower not in _EDGE}
    if any(written <= vocab.spelled[name] for name in full):
        return []
    return [n for n, own in vocab.spelled.items() if written <= own and n not in full]
